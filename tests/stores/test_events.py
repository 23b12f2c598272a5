"""Events hang on the schedule of their lane until they are fired, each once and together with what it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from equipment.stores import (
    COUNTS,
    LANE,
    LETTERS,
    NOTES,
    NOW,
    OTHER,
    SECOND,
    TICK,
    Failed,
    due,
    event,
    fired,
    listed,
    write,
)
from otp_sandbox.domain.store import Change, Event, Fired, Key, State, Store


def no_keys(_: Event) -> Sequence[Key]:
    return ()


def in_vain(*_: object) -> Change[bool]:
    return Change(verdict=False)


async def test_an_empty_schedule_has_nothing_due(store: Store) -> None:
    """Neither next nor ever."""
    assert await store.next_due(LANE) is None
    assert await store.fire(LANE, datetime.max.replace(tzinfo=UTC), in_vain, no_keys) is None


async def test_the_earliest_event_is_next(store: Store) -> None:
    """Whenever it was scheduled."""
    await due(store, event(NOW + SECOND, "late"), event(NOW, "early"))

    assert await store.next_due(LANE) == NOW
    assert await fired(store, NOW + SECOND) == ["early", "late"]
    assert await store.next_due(LANE) is None


async def test_events_of_one_instant_come_as_they_were_scheduled(store: Store) -> None:
    """In one change and over several."""
    await due(store, event(NOW, "z"), event(NOW, "a"))
    await due(store, event(NOW, "m"), event(NOW - TICK, "first"))

    assert await fired(store, NOW) == ["first", "z", "a", "m"]


@pytest.mark.parametrize(
    ("until", "found"),
    [
        pytest.param(NOW - TICK, [], id="before"),
        pytest.param(NOW, ["e"], id="at"),
        pytest.param(NOW + TICK, ["e"], id="after"),
    ],
)
async def test_an_event_is_due_from_its_instant(store: Store, until: datetime, found: list[str]) -> None:
    """And stays on the schedule before."""
    await due(store, event(NOW, "e"))

    assert await fired(store, until) == found
    assert await store.next_due(LANE) == (None if found else NOW)


@pytest.mark.parametrize("happened", [True, False])
async def test_a_fired_event_is_what_was_scheduled(store: Store, *, happened: bool) -> None:
    """All its fields, and whether anything happened; and it is fired once."""
    scheduled = Event(NOW, "arrival", "thuesim", "1.02", "m1")
    await due(store, scheduled)

    assert await store.fire(LANE, NOW, lambda *_: Change(happened), no_keys) == Fired(scheduled, happened, None)
    assert await store.fire(LANE, NOW, lambda *_: Change(happened), no_keys) is None


async def test_an_event_is_fired_together_with_what_it_changes(store: Store) -> None:
    """Records, log entries and new events; the decision is told which event it is."""
    await write(store, (NOTES, "e", "note"))
    await due(store, event(NOW, "e"))

    def decide(each: Event, state: State) -> Change[bool]:
        told = f"{each.id} {state.get(NOTES, each.id)}"
        return Change(
            verdict=True, writes={(NOTES, each.id): None, (LETTERS, "l"): told}, due=[event(NOW + SECOND, "next")]
        )

    done = await store.fire(LANE, NOW, decide, lambda each: ((NOTES, each.id),))

    assert done == Fired(event(NOW, "e"), happened=True, next_due=NOW + SECOND)
    assert await store.get(LANE, NOTES, "e") is None
    assert await listed(store) == ["e note"]
    assert await store.next_due(LANE) == NOW + SECOND


async def test_a_fired_event_tells_when_the_next_one_is_due(store: Store) -> None:
    """One that was there, or one that came of it; None when nothing is left."""
    await due(store, event(NOW, "first"), event(NOW + 2 * SECOND, "second"))
    new = event(NOW + SECOND, "new")

    told = [
        await store.fire(
            LANE, NOW + 9 * SECOND, lambda each, _: Change(verdict=True, due=[new][: each.id == "first"]), no_keys
        )
        for _ in range(3)
    ]

    assert [each and each.next_due for each in told] == [new.at, NOW + 2 * SECOND, None]


async def test_an_event_reads_what_it_did_not_name(store: Store) -> None:
    """Its keys are a hint as well."""
    await write(store, (NOTES, "n", "note"))
    await due(store, event(NOW, "e"))

    await store.fire(
        LANE, NOW, lambda _, state: Change(verdict=True, writes={(NOTES, "copy"): state.get(NOTES, "n")}), no_keys
    )

    assert await store.get(LANE, NOTES, "copy") == "note"


async def test_an_event_that_goes_wrong_stays_on_the_schedule(store: Store) -> None:
    """Nothing of its change is applied, and it can be fired again."""
    await due(store, event(NOW, "e"), event(NOW + SECOND, "later"))

    def decide(*_: object) -> Change[bool]:
        Change(verdict=True, writes={(NOTES, "n"): "note"})
        raise Failed

    with pytest.raises(Failed):
        await store.fire(LANE, NOW, decide, no_keys)

    assert await store.next_due(LANE) == NOW
    assert await store.get(LANE, NOTES, "n") is None
    assert await fired(store, NOW + SECOND) == ["e", "later"]


async def test_keys_that_go_wrong_leave_the_event_too(store: Store) -> None:
    """They are asked before anything is done."""
    await due(store, event(NOW, "e"))

    def keys(_: Event) -> Sequence[Key]:
        raise Failed

    def decide(each: Event, state: State) -> Change[bool]:
        return Change(verdict=state.get(NOTES, each.id) is None)

    try:
        await store.fire(LANE, NOW, decide, keys)
    except Failed:
        assert await fired(store, NOW) == ["e"]
    else:  # a store that has all at hand need not ask
        assert await fired(store, NOW) == []


async def test_what_an_event_schedules_at_its_own_instant_comes_after_what_was_there(store: Store) -> None:
    """And before what is later."""
    await due(store, event(NOW, "first"), event(NOW, "second"), event(NOW + TICK, "later"))

    await store.fire(LANE, NOW, lambda *_: Change(verdict=True, due=[event(NOW, "new")]), no_keys)

    assert await fired(store, NOW + SECOND) == ["second", "new", "later"]


async def test_an_event_before_the_one_that_schedules_it_comes_next(store: Store) -> None:
    """The schedule is by instants; nothing is lost because time has gone on."""
    await due(store, event(NOW, "first"), event(NOW, "second"))

    await store.fire(LANE, NOW, lambda *_: Change(verdict=True, due=[event(NOW - SECOND, "missed")]), no_keys)

    assert await fired(store, NOW) == ["missed", "second"]


async def test_concurrent_firing_fires_each_event_once(store: Store) -> None:
    """However many fire at the same time."""
    await due(store, *(event(NOW, str(number)) for number in range(20)))

    def decide(_: Event, state: State) -> Change[bool]:
        return Change(verdict=True, writes={(COUNTS, "c"): (state.get(COUNTS, "c") or 0) + 1})

    async def fire() -> str | None:
        await asyncio.sleep(0)
        done = await store.fire(LANE, NOW, decide, lambda _: ((COUNTS, "c"),))
        return done.event.id if done is not None else None

    done = await asyncio.gather(*(fire() for _ in range(30)))

    assert sorted(filter(None, done), key=int) == [str(number) for number in range(20)]
    assert await store.get(LANE, COUNTS, "c") == 20


async def test_the_schedules_of_two_lanes_are_strangers(store: Store) -> None:
    """The same instant is due in one and not in the other."""
    await due(store, event(NOW, "mine"))
    await due(store, event(NOW - SECOND, "theirs"), lane=OTHER)

    assert await fired(store, NOW) == ["mine"]
    assert await store.next_due(OTHER) == NOW - SECOND


async def test_all_that_is_due_is_fired_in_order(store: Store) -> None:
    """With what falls due by it; each event is told when the next one is due. What is not due stays."""
    await due(store, event(NOW, "b"), event(NOW - SECOND, "a"), event(NOW + TICK, "later"))

    def decide(each: Event, state: State) -> Change[bool]:
        count = state.get(COUNTS, "c") or 0
        follows = [event(NOW, "c")] if each.id == "a" else []
        return Change(each.id != "b", {(COUNTS, "c"): count + 1}, due=follows)

    fired = await store.fire_all(LANE, NOW, decide, lambda _: ((COUNTS, "c"),), most=10)

    assert [(each.event.id, each.happened) for each in fired] == [("a", True), ("b", False), ("c", True)]
    assert fired[-1].next_due == NOW + TICK
    assert await store.get(LANE, COUNTS, "c") == len(fired)
    assert await store.fire_all(LANE, NOW, decide, no_keys, most=10) == []


@pytest.mark.parametrize(("most", "found"), [(1, "a"), (2, "ab"), (3, "abc"), (4, "abc")])
async def test_no_more_is_fired_at_once_than_was_asked_for(store: Store, most: int, found: str) -> None:
    """The rest stays due."""
    await due(store, *(event(NOW, each) for each in "abc"))

    fired = await store.fire_all(LANE, NOW, lambda *_: Change(verdict=False), no_keys, most=most)

    assert "".join(each.event.id for each in fired) == found
    assert fired[-1].next_due == (None if found == "abc" else NOW)


@pytest.mark.parametrize(
    ("waiting", "found"), [("abC", "ab"), ("Cab", "C"), ("CC", "C"), ("aC", "a"), ("ab", "ab"), ("C", "C")]
)
async def test_what_is_fired_alone_ends_what_is_fired_at_once(store: Store, waiting: str, found: str) -> None:
    """Before it, and behind it: whoever fires has something to do then. The rest stays due."""
    await due(store, *(event(NOW, each) for each in waiting))

    fired = await store.fire_all(
        LANE, NOW, lambda *_: Change(verdict=False), no_keys, most=10, alone=lambda each: each.id.isupper()
    )

    assert "".join(each.event.id for each in fired) == found
    assert fired[-1].next_due == (NOW if found != waiting else None)


async def test_lanes_are_named(store: Store) -> None:
    """Those that have begun, and are not forgotten."""
    await store.forget(OTHER)
    await store.begin("new")

    assert sorted(await store.lanes()) == [LANE, "new"]
