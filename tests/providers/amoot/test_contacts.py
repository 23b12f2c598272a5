"""The address book of Amoot: what it costs when it is large, and what becomes of what goes beyond its bounds."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change
from otp_sandbox.providers.amoot import contacts
from otp_sandbox.providers.amoot.contacts import (
    CONTACTS,
    CONTACTS_MOST,
    HOLDERS,
    LABELS,
    LABELS_MOST,
    NOBODY,
    TOLD_MOST,
    UPDATES_MOST,
    Label,
)
from otp_sandbox.stores.lane_state import LaneState
from otp_sandbox.stores.memory import BUDGET, MemoryStore


def filled(count: int, **fields: Any) -> LaneState:
    """Make a lane with many contacts."""
    state = LaneState(MemoryStore())
    for number in range(count):
        change = Change(None)
        mobile = fields.get("mobile", f"+989{number:09}")
        contact = replace(NOBODY, id=contacts.next_contact(change, state), mobile=mobile)
        contacts.put_contact(change, state, None, contact)
        state.apply(change)
    return state


async def data(lane: Any, name: str, **fields: Any) -> Any:
    """Make a call, and give its data."""
    return orjson.loads((await lane.answer(name, **fields)).body)["Data"]


async def keep(lane: Any, count: int) -> None:
    """Put many contacts into a lane at once."""
    made = {
        (CONTACTS, str(n)): replace(NOBODY, id=n, mobile="+989120000000", texts=("A", *[""] * 12))
        for n in range(1, count + 1)
    }
    await lane.write(made)


async def test_a_call_about_one_contact_names_all_that_it_reads(lane: Any) -> None:
    """However many there are: nothing but their records is read. An edit finds out what the number was before."""
    await lane.answer("ContactCreate", Labels="a,b")
    await lane.answer("ContactGet", ContactID="10000001")
    await lane.answer("ContactEdit", ContactID="10000001", Labels="b,c")
    assert lane.store.unnamed == []

    await lane.answer("ContactEdit", ContactID="10000001", Mobile="9130000000")
    await lane.answer("ContactDelete", ContactID="10000001")
    assert lane.store.unnamed == ["amoot_contacts_by_mobile/+989120000000", "amoot_contacts_by_mobile/+989130000000"]


@pytest.mark.parametrize(
    ("count", "told"), [(TOLD_MOST - 1, TOLD_MOST - 1), (TOLD_MOST, TOLD_MOST), (TOLD_MOST + 1, TOLD_MOST)]
)
async def test_an_answer_tells_the_newest_contacts_and_says_so(lane: Any, count: int, told: int) -> None:
    await keep(lane, count)
    for name, fields in [
        ("ContactList", {}),
        ("ContactSearch", {"FName": "A"}),
        ("ContactList", {"ContactGroupID": "-1"}),
    ]:
        found = [each["ID"] for each in await data(lane, name, **fields)]

        assert found == list(range(count - told + 1, count + 1))
        assert lane.warnings == (
            [f"{name} tells the newest 1000 contacts here, and there are more"] if count > told else []
        )


async def test_updates_have_a_bound_of_their_own(lane: Any) -> None:
    await keep(lane, UPDATES_MOST + 1)
    found = await data(lane, "ContactListUpdates")

    assert (found[0]["ID"], found[-1]["ID"], len(found)) == (2, UPDATES_MOST + 1, UPDATES_MOST)
    assert lane.warnings == ["ContactListUpdates tells the newest 5000 contacts here, and there are more"]


def test_a_lane_holds_a_hundred_thousand_contacts_within_the_budget() -> None:
    """A new one takes the place of the oldest, and what is said of the weight is not far from what it is."""
    state = filled(CONTACTS_MOST + 1)

    assert len(state.logs[CONTACTS.name].entries) == CONTACTS_MOST
    assert state.get(CONTACTS, "10000001") is None
    assert contacts.holders_of(state, "+989000000000") == []
    assert [each.id for each in contacts.holders_of(state, "+989000000001")] == [10000002]
    assert state.store.weight < BUDGET / 2


def test_a_mobile_number_of_very_many_contacts_is_found_as_often_as_is_told() -> None:
    """So that writing one more costs no more."""
    state = filled(TOLD_MOST + 5, mobile="+989120000000")
    found = contacts.holders_of(state, "+989120000000")

    assert (len(found), found[-1].id) == (TOLD_MOST, 10_000_000 + TOLD_MOST + 5)


def test_the_weight_grows_with_the_texts() -> None:
    bare, full = NOBODY, replace(NOBODY, texts=("x" * 1000,) * 13, labels=(1,) * 50)
    weigh: Any = CONTACTS.weigh

    assert weigh(full) - weigh(bare) == 13 * (64 + 2000) + 50 * 40


async def test_what_is_deleted_or_was_changed_leaves_nothing_behind(lane: Any) -> None:
    await lane.answer("ContactCreate")
    await lane.answer("ContactEdit", ContactID="10000001", Mobile="9130000000")
    await lane.answer("ContactDelete", ContactID="10000001")

    assert await lane.get((CONTACTS, "10000001")) is None
    assert [await lane.get((HOLDERS, f"+98{each}0000000")) for each in ("912", "913")] == [None, None]


async def test_numbers_are_never_given_again(lane: Any) -> None:
    first = (await data(lane, "ContactCreate"))["ID"]
    await lane.answer("ContactDelete", ContactID=str(first))

    assert (await data(lane, "ContactCreate"))["ID"] == first + 1


async def test_a_label_takes_over_so_many_others_at_most(lane: Any) -> None:
    """Renaming to and fro makes it no larger."""
    await lane.write({(LABELS, "a"): Label("a", tuple(range(1, LABELS_MOST))), (LABELS, "b"): Label("b", (5000,))})

    assert (await lane.send("ContactChangeLabel", FromLabel="a", ToLabel="c")).cause == "success"
    assert (await lane.send("ContactChangeLabel", FromLabel="c", ToLabel="a")).cause == "success"
    assert (await lane.send("ContactChangeLabel", FromLabel="b", ToLabel="a")).cause == "success"
    await lane.write({(LABELS, "b"): Label("b", (5001,))})
    assert (await lane.send("ContactChangeLabel", FromLabel="b", ToLabel="a")).cause == "label_unusable"


async def test_a_contact_with_labels_that_became_one_counts_once(lane: Any) -> None:
    await lane.answer("ContactCreate", Labels="a,b,c")
    for old in "bc":
        await lane.answer("ContactChangeLabel", FromLabel=old, ToLabel="a")

    rows = await data(lane, "ContactGroupList")
    assert rows == [{"ContactGroupID": 100001, "Title": "a", "ContactsCount": 1, "ContactsActiveCount": 1}]


async def test_what_cannot_be_read_is_told_in_the_journal(lane: Any) -> None:
    await lane.answer("ContactCreate", BornDate="x", GenderType="x", Active="x", ContactGroupID="7")

    assert [each.partition("=")[0].partition(" ")[0] for each in lane.warnings] == [
        "BornDate",
        "GenderType",
        "Active",
        "ContactGroupID",
    ]
