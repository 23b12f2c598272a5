"""ContactList, ContactListUpdates, ContactSearch and the labels: what the address book tells of many."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.amoot.cases.contacts import DELETE, EDIT, create
from otp_conformance.providers.amoot.steps import CLOCK, NOON, ask_data

lists_case = partial(case, "amoot", "contact lists")

LIST, UPDATES, SEARCH = "ContactList", "ContactListUpdates", "ContactSearch"
GROUPS, CHANGE = "ContactGroupList", "ContactChangeLabel"
ALONE = [Feature.LANES]
ANYBODY = {"Mobile": None, "FName": None, "LName": None}


async def search(amoot: Driver, **fields: Any) -> list[str]:
    """Give the first names of the contacts that have some values, and nothing else that is named."""
    return [row["FName"] for row in await ask_data(amoot, SEARCH, **{**ANYBODY, **fields})]


async def groups(amoot: Driver) -> dict[str, tuple[int, int, int]]:
    """Give number and counts of the labels by their titles."""
    rows = await ask_data(amoot, GROUPS)
    return {row["Title"]: (row["ContactGroupID"], row["ContactsCount"], row["ContactsActiveCount"]) for row in rows}


@lists_case(
    rule="ContactList gives all contacts for 0 and for no field, those without label for -1, those of a group else.",
    sources=["D, parameter table", "R, sample without the field"],
    needs=ALONE,
    covers=["amoot.contact-list", "amoot.contact-list-order", "amoot:contact_group_id_invalid"],
    kills=["amoot.contact-list-newest-first"],
    rows={
        "all": ("0", ["a", "b", "c", "d"]),
        "absent": (None, ["a", "b", "c", "d"]),
        "empty": ("", ["a", "b", "c", "d"]),
        "unlabelled": ("-1", ["b"]),
        "first": ("first", ["a", "c"]),
        "second": ("second", ["c", "d"]),
        "below": ("-2", None),
        "unknown": ("9", None),
        "word": ("a", None),
    },
)
async def by_group(amoot: Driver, group: str | None, found: list[str] | None) -> None:
    for name, labels in (("a", "first"), ("b", ""), ("c", "first,second"), ("d", "second")):
        await create(amoot, FName=name, Labels=labels)
    known = await groups(amoot)
    number = known[group][0] if group in known else group
    answer = await amoot.call(LIST, ContactGroupID=number)

    expect(answer, "success" if found is not None else "contact_group_id_invalid")
    equal([row["FName"] for row in answer.json["Data"]], found or [], "contacts")


@lists_case(
    rule="ContactListUpdates has number, last change and false for all contacts, whatever the group is.",
    sources=["D, parameter table and sample"],
    needs=[*ALONE, *CLOCK],
    choices={"amoot.status-format": "name"},
    covers=["amoot.contact-updates", "amoot.contact-list-order", "amoot.contact-updated", "amoot.dates-local"],
    rows={"zero": ("0",), "absent": (None,), "some": ("123456",)},
)
async def updates(amoot: Driver, group: str | None) -> None:
    await amoot.stop_clock(NOON)
    first, second = (await create(amoot))["ID"], (await create(amoot, Labels="label"))["ID"]
    await amoot.advance("90s")
    expect(await amoot.call(EDIT, ContactID=first), "success")

    rows = (
        f'{{"ID":{first},"UpdateDateTime":"2031-05-02T12:01:30","Deleted":false}},'
        f'{{"ID":{second},"UpdateDateTime":"2031-05-02T12:00:00","Deleted":false}}'
    )
    equal((await amoot.call(UPDATES, ContactGroupID=group)).text, f'{{"Status":"Success","Data":[{rows}]}}', "body")


@lists_case(
    rule="A ContactGroupID of ContactListUpdates that is below zero, or no number, is ContactGroupID_Invalid.",
    sources=["D, parameter table and sample"],
    tier=Tier.READS,
    covers=["amoot.contact-updates", "amoot:contact_group_id_invalid"],
    rows={"below": ("-1",), "word": ("a",), "beyond-64-bits": ("9223372036854775808",)},
)
async def updates_refused(amoot: Driver, group: str) -> None:
    answer = expect(await amoot.call(UPDATES, ContactGroupID=group), "contact_group_id_invalid")

    equal(answer.json["Data"], [], "Data")


@lists_case(
    rule="A contact is found when all that is named is the same to the letter, and it has one of the labels.",
    sources=["D, parameter table"],
    covers=["amoot.contact-search", "amoot.contact-list-order", "amoot.list-separators"],
    kills=[
        "amoot.contact-search-city-ignored",
        "amoot.contact-search-labels-ignored",
        "amoot.contact-search-mobile-ignored",
    ],
    rows={
        "mobile": ({"Mobile": "9350000000"}, ["a", "b"]),
        "mobile-folded": ({"Mobile": "+98 935 000 0000"}, ["a", "b"]),
        "mobile-and-text": ({"Mobile": "9350000000", "CityName": "two"}, ["b"]),
        "mobile-of-other": ({"Mobile": "9350000000", "CityName": "three"}, []),
        "text": ({"CityName": "two"}, ["b", "c"]),
        "other-case": ({"CityName": "TWO"}, []),
        "part": ({"CityName": "tw"}, []),
        "two-texts": ({"CityName": "two", "CustomText6": "six"}, ["c"]),
        "day": ({"CustomDate3": "1398-12-10"}, ["b"]),
        "day-and-text": ({"CustomDate3": "2020-02-29", "CityName": "one"}, []),
        "label": ({"Labels": "x"}, ["a", "c"]),
        "one-of-labels": ({"Labels": "y|nobody;x"}, ["a", "b", "c"]),
        "label-of-nobody": ({"Labels": "nobody"}, []),
        "label-and-text": ({"Labels": "x", "CityName": "two"}, ["c"]),
        "label-and-mobile": ({"Labels": "y", "Mobile": "9350000000"}, ["b"]),
    },
)
async def searched(amoot: Driver, fields: dict[str, str], found: list[str]) -> None:
    mark = amoot.mark
    own = {"Mobile": "9350000000", "CompanyTitle": mark}
    await create(amoot, **own, FName="a", CityName="one", Labels=f"x{mark}")
    await create(amoot, **own, FName="b", CityName="two", Labels=f"y{mark}", CustomDate3="2020-02-29")
    await create(
        amoot,
        **{**own, "Mobile": "9360000000"},
        FName="c",
        CityName="two",
        Labels=f"x{mark},y{mark}",
        CustomText6="six",
    )
    labels = re.sub(r"\w+", lambda label: f"{label[0]}{mark}", fields.get("Labels", ""))

    equal(await search(amoot, **{**fields, "CompanyTitle": mark, "Labels": labels}), found, "contacts")


@lists_case(
    rule="A mobile number that is none is Mobile_Invalid; a day that is none finds nobody; nothing named finds all.",
    level=Level.SHOULD,
    needs=ALONE,
    covers=["amoot.contact-search-odd", "amoot.contact-search", "amoot:mobile_invalid"],
)
async def odd_search(amoot: Driver) -> None:
    await create(amoot, FName="a")
    refused = expect(await amoot.call(SEARCH, **{**ANYBODY, "Mobile": "123"}), "mobile_invalid")

    equal(refused.json["Data"], [], "Data")
    equal([await search(amoot, BornDate="tomorrow"), await search(amoot)], [[], ["a"]], "contacts")


@lists_case(
    rule="A contact is found by the mobile number that it has, not by the one that it had.",
    level=Level.SHOULD,
    covers=["amoot.contact-search", "amoot.contact-edit"],
    kills=["amoot.contact-found-by-old-mobile"],
)
async def moved(amoot: Driver) -> None:
    mark = amoot.mark
    number = (await create(amoot, Mobile="9350000000", FName=mark))["ID"]
    expect(await amoot.call(EDIT, ContactID=number, Mobile="9360000000", FName=mark), "success")

    found = [await search(amoot, Mobile=mobile, FName=mark) for mobile in ("9350000000", "9360000000")]
    equal(found, [[], [mark]], "contacts by the old and by the new number")


@lists_case(
    rule="Groups are the labels, the oldest first, with all contacts and active ones; one without contacts stays.",
    needs=ALONE,
    choices={"amoot.status-format": "name"},
    covers=["amoot.label-groups"],
    kills=["amoot.label-count-of-active", "amoot.label-gone-when-empty"],
)
async def counted(amoot: Driver) -> None:
    await create(amoot, Labels="a,b")
    second = (await create(amoot, Labels="b", Active="false"))["ID"]
    third = (await create(amoot, Labels="c"))["ID"]
    before = await groups(amoot)
    expect(await amoot.call(EDIT, ContactID=second, Active="true"), "success")
    expect(await amoot.call(DELETE, ContactID=third), "success")
    answer = await amoot.call(GROUPS)

    equal([(title, *counts[1:]) for title, counts in before.items()], [("a", 1, 1), ("b", 2, 1), ("c", 1, 1)], "groups")
    rows = ",".join(
        f'{{"ContactGroupID":{before[title][0]},"Title":"{title}","ContactsCount":{count},"ContactsActiveCount":{count}}}'
        for title, count in (("a", 1), ("b", 2), ("c", 0))
    )
    equal(answer.text, f'{{"Status":"Success","Data":[{rows}]}}', "body")


@lists_case(
    rule="Contacts have the new label and not the old one; a new title has the group's number, a known one its own.",
    level=Level.SHOULD,
    needs=ALONE,
    choices={"amoot.status-format": "name"},
    covers=["amoot.label-change", "amoot.label-change-shape"],
    kills=["amoot.label-copied"],
)
async def label_changed(amoot: Driver) -> None:
    for name, labels in (("x", "a"), ("y", "a,b"), ("z", "b")):
        await create(amoot, FName=name, Labels=labels)
    known = await groups(amoot)
    renamed = await amoot.call(CHANGE, FromLabel=" a ", ToLabel="c")
    after = await groups(amoot)
    joined = await amoot.call(CHANGE, FromLabel="c", ToLabel="b")

    equal([renamed.text, joined.text], ['"Success"'] * 2, "bodies")
    equal(after, {"c": (known["a"][0], 2, 2), "b": known["b"]}, "groups when the title was new")
    equal(await groups(amoot), {"b": (known["b"][0], 3, 3)}, "groups when it was known")
    found = [await search(amoot, Labels=label) for label in ("a", "c", "b")]
    equal(found, [[], [], ["x", "y", "z"]], "contacts")
    await create(amoot, FName="w", Labels="a")
    equal(await search(amoot, Labels="a"), ["w"], "contacts of a label that is new again")


@lists_case(
    rule="A label that nobody has is FromRow_Invalid; a label into itself, none, or what no list can name is Failed.",
    sources=["D, sample of FromRow_Invalid", "I"],
    level=Level.SHOULD,
    covers=["amoot.label-from-wrong", "amoot.label-to-wrong", "amoot:from_row_invalid", "amoot:failed"],
    rows={
        "unknown": ("nobody", "b", "from_row_invalid"),
        "no-from": (None, "b", "from_row_invalid"),
        "blank-from": (" ", "b", "from_row_invalid"),
        "other-case": ("A{0}", "b", "from_row_invalid"),
        "no-to": ("a{0}", None, "failed"),
        "blank-to": ("a{0}", " ", "failed"),
        "itself": ("a{0}", "a{0}", "failed"),
        "itself-with-blanks": ("a{0}", " a{0} ", "failed"),
        "list": ("a{0}", "b,c", "failed"),
        "lines": ("a{0}", "b\nc", "failed"),
        "longest": ("a{0}", "x" * 1000, "success"),
        "too-long": ("a{0}", "x" * 1001, "failed"),
    },
)
async def label_wrong(amoot: Driver, old: str | None, new: str | None, outcome: str) -> None:
    await create(amoot, FName="x", Labels=f"a{amoot.mark}")
    named = {
        name: each.replace("{0}", amoot.mark) if each else None for name, each in (("FromLabel", old), ("ToLabel", new))
    }
    expect(await amoot.call(CHANGE, **named), outcome)

    left = [] if outcome == "success" else ["x"]
    equal(await search(amoot, Labels=f"a{amoot.mark}"), left, "contacts with the old label")
