"""A lane exists from its beginning until it is forgotten; what was in it does not come back."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from equipment.stores import (
    CARDS,
    LANE,
    LETTERS,
    NOTES,
    NOW,
    OTHER,
    PARCELS,
    SECOND,
    STORES,
    due,
    event,
    fill,
    fired,
    listed,
    nothing,
    write,
)
from otp_sandbox.domain.content import Content
from otp_sandbox.domain.store import Change, Store
from otp_sandbox.domain.store_errors import LaneGone
from otp_sandbox.stores.lane_state import LaneState

NEW = "new"

CALLS: dict[str, Callable[[Store], Awaitable[Any]]] = {
    "decide": lambda store: store.decide(NEW, nothing),
    "decide when settled": lambda store: store.decide(NEW, nothing, settled=NOW),
    "fire": lambda store: store.fire(NEW, NOW, lambda *_: Change(verdict=False), lambda _: ()),
    "fire_all": lambda store: store.fire_all(NEW, NOW, lambda *_: Change(verdict=False), lambda _: (), most=1),
    "next_due": lambda store: store.next_due(NEW),
    "count": lambda store: store.count(NEW, "requests"),
    "append": lambda store: store.append(NEW, LETTERS, "l", "letter"),
    "get": lambda store: store.get(NEW, NOTES, "n"),
    "get of a log": lambda store: store.get(NEW, LETTERS, "l"),
    "entries": lambda store: store.entries(NEW, LETTERS),
    "place": lambda store: store.place(NEW),
    "news": lambda store: store.news(NEW, (LETTERS,), 0, 1),
    "wait": lambda store: store.wait(NEW, (LETTERS,), 0, 0),
    "clear": lambda store: store.clear(NEW, ["notes"]),
    "content": lambda store: store.content(NEW, (NOTES, LETTERS)),
    "load": lambda store: store.load(NEW, Content(counts={"requests": 3})),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_nothing_can_be_asked_of_a_lane_that_does_not_exist(
    store: Store, call: Callable[[Store], Awaitable[Any]]
) -> None:
    """Neither before it has begun nor when it was forgotten; asking does not make it."""
    for _ in range(2):
        with pytest.raises(LaneGone):
            await call(store)

    await store.begin(NEW)
    await call(store)
    await store.forget(NEW)

    with pytest.raises(LaneGone):
        await call(store)


async def test_every_method_of_the_port_is_asked() -> None:
    """A new one is not left out."""
    methods = {name for name in vars(Store) if not name.startswith("_")}

    assert {name.partition(" ")[0] for name in CALLS} == methods


async def test_a_lane_that_does_not_exist_runs_no_decision(store: Store) -> None:
    """It could not be applied."""
    ran = []

    with pytest.raises(LaneGone):
        await store.decide(NEW, lambda _: ran.append(1) or Change(None))  # type: ignore[func-returns-value]

    assert ran == []


async def test_a_lane_begins_empty(store: Store) -> None:
    """Nothing in it, nothing due, and its numbers from the start."""
    await store.begin(NEW)

    assert await store.get(NEW, NOTES, "n") is None
    assert await listed(store, lane=NEW) == []
    assert await store.next_due(NEW) is None
    assert await store.place(NEW) == 0
    assert await store.count(NEW, "requests") == 1


@pytest.mark.parametrize("after", [None, OTHER, "never heard of"])
async def test_a_lane_that_exists_stays_as_it_is(store: Store, after: str | None) -> None:
    """Beginning it again changes nothing, whatever it would come after."""
    await write(store, (NOTES, "n", "note"), (LETTERS, "l", "letter"))
    await due(store, event(NOW, "e"))
    await store.count(LANE, "requests")
    await fill(store, "abc", lane=OTHER)

    await store.begin(LANE, after)

    assert await store.get(LANE, NOTES, "n") == "note"
    assert await listed(store) == ["letter"]
    assert await store.place(LANE) == 1
    assert await store.count(LANE, "requests") == 2
    assert await fired(store, NOW) == ["e"]


async def test_a_lane_takes_over_places_and_counts(store: Store) -> None:
    """They go on in the new lane, so that a cursor or an id of the old one is never given again."""
    await fill(store, "abc")
    for _ in range(2):
        await store.count(LANE, "requests")

    await store.begin(NEW, after=LANE)
    begun = await store.place(NEW)
    await fill(store, "d", lane=NEW)

    assert begun == 3
    assert await listed(store, lane=NEW, after=3) == ["d"]
    assert await store.place(NEW) > 3
    assert [await store.count(NEW, name) for name in ("requests", "requests", "others")] == [3, 4, 1]


async def test_a_lane_takes_over_nothing_else(store: Store) -> None:
    """No record, no entry, no event."""
    await write(store, (NOTES, "n", "note"), (LETTERS, "l", "letter"))
    await due(store, event(NOW, "e"))

    await store.begin(NEW, after=LANE)

    assert await store.get(NEW, NOTES, "n") is None
    assert await listed(store, lane=NEW) == []
    assert await store.next_due(NEW) is None


async def test_a_lane_and_the_one_before_it_are_strangers(store: Store) -> None:
    """What goes on in one, its end included, does not touch the other."""
    await fill(store, "abc")
    await store.count(LANE, "requests")
    await store.begin(NEW, after=LANE)

    await fill(store, "d")
    await store.count(LANE, "requests")
    places = await store.place(LANE), await store.place(NEW)
    await store.forget(LANE)

    assert places == (4, 3)
    assert await store.place(NEW) == 3
    assert await store.count(NEW, "requests") == 2


async def test_a_lane_may_come_after_one_that_does_not_exist(store: Store) -> None:
    """It begins at the start."""
    await store.begin(NEW, after="never heard of")

    assert await store.place(NEW) == 0
    assert await store.count(NEW, "requests") == 1


async def test_a_forgotten_lane_begins_again(store: Store) -> None:
    """With nothing; its places and counts too."""
    await write(store, (NOTES, "n", "note"), (LETTERS, "l", "letter"))
    await due(store, event(NOW, "e"))
    await store.count(LANE, "requests")

    await store.forget(LANE)
    await store.begin(LANE)

    assert await store.get(LANE, NOTES, "n") is None
    assert await listed(store) == []
    assert await store.next_due(LANE) is None
    assert await store.place(LANE) == 0
    assert await store.count(LANE, "requests") == 1


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_a_forgotten_lane_is_freed_at_once(tmp_path: Path, kind: str) -> None:
    """Nobody looks for what is left of it: a look at all that there is takes a second where there is much."""
    store = STORES[kind](tmp_path)
    await store.open()
    await store.begin(LANE)
    await fill(store, "abc", PARCELS)
    await write(store, (CARDS, "a", "a"))
    await due(store, event(NOW, "a"))
    gc.collect()  # those of other tests
    gc.disable()
    try:
        assert _lane_states() == 1
        await store.forget(LANE)
        await store.keep()
        assert _lane_states() == 0
    finally:
        gc.enable()
        await store.close()


def _lane_states() -> int:
    return sum(isinstance(each, LaneState) for each in gc.get_objects())


async def test_an_unknown_lane_can_be_forgotten(store: Store) -> None:
    """It is no error, nor is forgetting twice."""
    await store.forget("never heard of")
    await store.forget(LANE)
    await store.forget(LANE)

    with pytest.raises(LaneGone):
        await store.place(LANE)


# Counting


async def test_counts_begin_at_one_under_each_name(store: Store) -> None:
    """In each lane."""
    counted = [
        await store.count(lane, name)
        for lane, name in [(LANE, "a"), (LANE, "a"), (LANE, "b"), (OTHER, "a"), (LANE, "a"), (OTHER, "a")]
    ]

    assert counted == [1, 2, 1, 1, 3, 2]


async def test_no_number_is_given_twice(store: Store) -> None:
    """However many ask at the same time."""

    async def count() -> int:
        await asyncio.sleep(0)
        return await store.count(LANE, "a")

    counted = await asyncio.gather(*(count() for _ in range(50)))

    assert sorted(counted) == list(range(1, 51))


async def test_a_count_is_no_table(store: Store) -> None:
    """Neither clearing nor a table of its name touches it."""
    await store.count(LANE, "notes")

    await write(store, (NOTES, "notes", "note"))
    await store.clear(LANE, ["notes"])

    assert await store.count(LANE, "notes") == 2


# Clearing


async def test_clearing_tables_leaves_the_others(store: Store) -> None:
    """And the schedule."""
    await write(store, (NOTES, "n", "note"), (LETTERS, "l", "letter"), (CARDS, "c", "card"))
    await due(store, event(NOW, "e"))

    await store.clear(LANE, ["notes", "letters", "never heard of"])

    assert await store.get(LANE, NOTES, "n") is None
    assert await listed(store) == []
    assert await store.get(LANE, LETTERS, "l") is None
    assert await listed(store, CARDS) == ["card"]
    assert await store.next_due(LANE) == NOW


async def test_a_cleared_table_can_be_used_again(store: Store) -> None:
    """It is as good as new; places go on."""
    await fill(store, "ab", PARCELS)
    await write(store, (NOTES, "n", "note"))
    await store.clear(LANE, ["notes", "parcels"])

    await fill(store, "a", PARCELS)
    await write(store, (NOTES, "n", "again"))

    assert await listed(store, PARCELS, after=2) == ["a"]
    assert await store.get(LANE, NOTES, "n") == "again"


async def test_clearing_nothing_clears_nothing(store: Store) -> None:
    """An empty list of names is not all names."""
    await write(store, (NOTES, "n", "note"))
    await due(store, event(NOW, "e"))

    await store.clear(LANE, [])

    assert await store.get(LANE, NOTES, "n") == "note"
    assert await store.next_due(LANE) == NOW


async def _clear(store: Store) -> None:
    await store.clear(OTHER, ["notes", "letters"])


async def _begin_again(store: Store) -> None:
    await store.forget(OTHER)
    await store.begin(OTHER)


@pytest.mark.parametrize("happens", [_clear, _begin_again], ids=["cleared", "begun again"])
async def test_lanes_are_strangers(store: Store, happens: Callable[[Store], Awaitable[None]]) -> None:
    """The same keys hold other things; what becomes of one lane does not touch the other."""
    for lane, value in ((LANE, "mine"), (OTHER, "theirs")):
        await write(store, (NOTES, "k", value), (LETTERS, "k", value), lane=lane)
        await due(store, event(NOW, value), lane=lane)

    before = await store.get(OTHER, NOTES, "k"), await listed(store, lane=OTHER), await store.place(OTHER)
    await happens(store)

    assert before == ("theirs", ["theirs"], 1)
    assert await store.get(OTHER, NOTES, "k") is None
    assert (await store.get(LANE, NOTES, "k"), await listed(store), await store.place(LANE)) == ("mine", ["mine"], 1)
    assert await fired(store, NOW + SECOND) == ["mine"]
