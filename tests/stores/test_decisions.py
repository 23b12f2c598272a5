"""A decision reads, and what it decides is applied whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest

from equipment.stores import (
    CARDS,
    COUNTS,
    LANE,
    LETTERS,
    NOTES,
    NOW,
    SECOND,
    TICK,
    Failed,
    due,
    event,
    fill,
    fired,
    listed,
    nothing,
    write,
)
from otp_sandbox.domain import challenges
from otp_sandbox.domain.challenges import CODES, Challenge
from otp_sandbox.domain.store import WHOLE, Change, Key, State, Store


async def test_a_decision_gives_its_verdict(store: Store) -> None:
    """Whatever it is."""
    change = await store.decide(LANE, lambda _: Change("verdict"))

    assert change.verdict == "verdict"


async def test_a_decision_gives_its_warnings(store: Store) -> None:
    """Once, however often it ran."""

    def decision(_: State) -> Change[None]:
        change: Change[None] = Change(None)
        change.warnings.append("odd")
        return change

    change = await store.decide(LANE, decision)

    assert change.warnings == ["odd"]


async def test_a_decision_applies_all_that_it_wrote(store: Store) -> None:
    """Records, log entries and events alike."""
    await store.decide(
        LANE, lambda _: Change(None, {(NOTES, "n"): "note", (LETTERS, "l"): "letter"}, due=[event(NOW, "e")])
    )

    assert await store.get(LANE, NOTES, "n") == "note"
    assert await store.get(LANE, LETTERS, "l") == "letter"
    assert await store.next_due(LANE) == NOW


async def test_a_decision_that_raises_changes_nothing(store: Store) -> None:
    """What it had put into its change before is dropped with it."""
    await write(store, (NOTES, "n", "old"), (LETTERS, "l", "old"))
    place = await store.place(LANE)

    def decision(state: State) -> Change[None]:
        change = Change(None, {(NOTES, "n"): "new", (LETTERS, "l"): None}, due=[event(NOW, "e")])
        if state.get(NOTES, "n") == "old":
            raise Failed
        return change

    with pytest.raises(Failed):
        await store.decide(LANE, decision, lambda: ((NOTES, "n"),))

    assert await store.get(LANE, NOTES, "n") == "old"
    assert await listed(store) == ["old"]
    assert await store.next_due(LANE) is None
    assert await store.place(LANE) == place


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(((NOTES, "n"), (LETTERS, "l"), (NOTES, "none"), (CARDS, "none")), id="all named"),
        pytest.param(((NOTES, "n"), (NOTES, "other")), id="one named, and one that it does not read"),
        pytest.param(((NOTES, WHOLE), (LETTERS, WHOLE)), id="whole tables"),
        pytest.param((), id="none named"),
    ],
)
async def test_a_decision_reads_records_whatever_it_named(store: Store, keys: tuple[Key, ...]) -> None:
    """Plain records and log entries; None where there is nothing. The names are a hint."""
    await write(store, (NOTES, "n", "note"), (LETTERS, "l", "letter"))

    change = await store.decide(
        LANE,
        lambda state: Change(
            [state.get(NOTES, "n"), state.get(LETTERS, "l"), state.get(NOTES, "none"), state.get(CARDS, "none")]
        ),
        lambda: keys,
    )

    assert change.verdict == ["note", "letter", None, None]


async def test_a_decision_may_leave_the_names_out(store: Store) -> None:
    """Then the store finds out what it reads."""
    await write(store, (NOTES, "n", "note"))

    change = await store.decide(LANE, lambda state: Change(state.get(NOTES, "n")))

    assert change.verdict == "note"


@pytest.mark.parametrize("keys", [((LETTERS, WHOLE),), ((LETTERS, "a"),), ()], ids=["named", "one entry", "not named"])
async def test_a_decision_lists_a_whole_log_newest_first(store: Store, keys: tuple[Key, ...]) -> None:
    """The whole-key names the log."""
    await fill(store, "abc")

    change = await store.decide(LANE, lambda state: Change([*state.entries(LETTERS)]), lambda: keys)

    assert change.verdict == ["c", "b", "a"]


async def test_a_decision_lists_nothing_in_an_empty_log(store: Store) -> None:
    """It is no error."""
    change = await store.decide(LANE, lambda state: Change([*state.entries(LETTERS)]), lambda: ((LETTERS, WHOLE),))

    assert change.verdict == []


async def test_none_deletes_a_record(store: Store) -> None:
    """Records and log entries; deleting what is not there is allowed."""
    await write(store, (NOTES, "n", "note"), (LETTERS, "l", "letter"))

    await write(store, (NOTES, "n", None), (LETTERS, "l", None), (NOTES, "none", None), (CARDS, "none", None))

    assert await store.get(LANE, NOTES, "n") is None
    assert await store.get(LANE, LETTERS, "l") is None
    assert await listed(store) == []


async def test_falsy_values_are_values(store: Store) -> None:
    """Only None deletes."""
    await write(store, (NOTES, "n", ""), (COUNTS, "c", 0), (LETTERS, "l", ""))

    assert await store.get(LANE, NOTES, "n") == ""
    assert await store.get(LANE, COUNTS, "c") == 0
    assert await listed(store) == [""]


@pytest.mark.parametrize("wrong", ["000000", "123456"], ids=["with the other wrong", "all the same"])
async def test_one_of_many_concurrent_checks_wins(new_store: Callable[..., Awaitable[Store]], wrong: str) -> None:
    """A code is accepted once, however many try it at the same time."""
    store = await new_store(budget=10_000)
    key = challenges.recipient_key("esms", "+84900000001")
    challenge = Challenge("c1", "esms", "+84900000001", "123456", NOW, NOW + SECOND)

    def issue(state: State) -> Change[None]:
        change: Change[None] = Change(None)
        challenges.issue(change, state, challenge, keep_all=False)
        return change

    async def verify(code: str) -> str | None:
        def decision(state: State) -> Change[str | None]:
            change: Change[str | None] = Change(None)
            change.verdict = challenges.verify(change, state, key, code, NOW, ignore_case=False, wrong_tries_max=None)
            return change

        await asyncio.sleep(0)
        change = await store.decide(LANE, decision, lambda: ((challenges.RECIPIENTS, key), (CODES, "c1")))
        return change.verdict

    await store.decide(LANE, issue, lambda: challenges.keys_of_issuing("esms", "+84900000001"))
    causes = await asyncio.gather(*(verify(code) for code in ["123456", wrong] * 25))

    used = await store.get(LANE, CODES, "c1")
    assert causes.count(None) == 1
    assert used is not None
    assert used.used_at == NOW


async def test_concurrent_decisions_lose_no_update(store: Store) -> None:
    """Each sees what the one before has written."""

    async def count() -> int:
        await asyncio.sleep(0)
        change = await store.decide(
            LANE,
            lambda state: Change((state.get(COUNTS, "c") or 0) + 1, {(COUNTS, "c"): (state.get(COUNTS, "c") or 0) + 1}),
            lambda: ((COUNTS, "c"),),
        )
        return change.verdict

    counted = await asyncio.gather(*(count() for _ in range(50)))

    assert sorted(counted) == list(range(1, 51))


# What is due comes first


@pytest.mark.parametrize(
    ("settled", "decided"),
    [
        pytest.param(NOW - TICK, True, id="just before"),
        pytest.param(NOW, False, id="at"),
        pytest.param(NOW + TICK, False, id="just after"),
    ],
)
async def test_nothing_is_decided_while_an_event_is_due(store: Store, settled: datetime, *, decided: bool) -> None:
    """At the instant or before it; the decision does not even run."""
    await due(store, event(NOW, "e"), event(NOW + SECOND, "later"))
    ran = []

    def decision(_: State) -> Change[None]:
        ran.append(1)
        return Change(None, {(NOTES, "n"): "note"}, due=[event(NOW, "new")])

    change = await store.decide(LANE, decision, settled=settled)

    assert (change is not None) is decided
    assert bool(ran) is decided
    assert await store.get(LANE, NOTES, "n") == ("note" if decided else None)
    assert await fired(store, NOW) == (["e", "new"] if decided else ["e"])


async def test_it_is_decided_when_what_was_due_has_been_fired(store: Store) -> None:
    """The next event is later."""
    await due(store, event(NOW, "e"), event(NOW + SECOND, "later"))
    await fired(store, NOW)

    change = await store.decide(LANE, lambda _: Change("verdict"), settled=NOW)

    assert change is not None
    assert change.verdict == "verdict"


async def test_a_lane_without_events_is_settled(store: Store) -> None:
    """At any instant."""
    assert await store.decide(LANE, nothing, settled=NOW) is not None


async def test_without_an_instant_it_is_decided_at_once(store: Store) -> None:
    """Whatever is due."""
    await due(store, event(NOW, "e"))

    await write(store, (NOTES, "n", "note"))

    assert await store.get(LANE, NOTES, "n") == "note"


async def test_a_change_tells_when_the_next_event_is_due(store: Store) -> None:
    """After it: what it schedules itself is counted, and so is what was there."""
    before = await store.decide(LANE, nothing)
    own = await store.decide(LANE, lambda _: Change(None, due=[event(NOW + SECOND, "late"), event(NOW, "early")]))
    after = await store.decide(LANE, nothing, settled=NOW - TICK)
    later = await store.decide(LANE, lambda _: Change(None, due=[event(NOW + SECOND, "later")]))

    assert after is not None
    assert [each.next_due for each in (before, own, after, later)] == [None, NOW, NOW, NOW]
