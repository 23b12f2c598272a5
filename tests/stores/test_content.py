"""All that a lane holds can be taken out, and put into another one: what is asked of that one is answered alike."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from equipment.stores import (
    CARDS,
    COUNTS,
    LANE,
    LETTERS,
    NOTES,
    NOW,
    OTHER,
    PARCELS,
    SECOND,
    TICK,
    due,
    event,
    fill,
    fired,
    listed,
    places,
    write,
)
from otp_sandbox.domain.content import Content
from otp_sandbox.domain.store import Store, Table, declared

TABLES = (NOTES, COUNTS, LETTERS, CARDS, PARCELS)
FOUR = Table("four", int, most=4)
NewStore = Callable[..., Awaitable[Store]]


async def copied(store: Store, to: str = OTHER, tables: tuple[Table[Any], ...] = TABLES) -> None:
    await store.load(to, await store.content(LANE, tables))


def logs_of(content: Content) -> Any:
    return {
        table: {key: (each.place, each.entry) for key, each in entries.items()}
        for table, entries in content.logs.items()
    }


async def test_an_empty_lane_has_nothing(store: Store) -> None:
    assert await store.content(LANE, TABLES) == Content()


async def test_records_and_entries_come_with_their_keys(store: Store) -> None:
    """Only of the tables that are asked for."""
    await write(store, (NOTES, "a", "A"), (COUNTS, "n", 3))
    await fill(store, "xy")

    content = await store.content(LANE, (NOTES, LETTERS))

    assert content.records == {NOTES: {"a": "A"}}
    assert logs_of(content) == {LETTERS: {"x": (1, "x"), "y": (2, "y")}}
    assert content.place == 2


async def test_a_copy_holds_the_same(store: Store) -> None:
    """Logs with their places, what was moved where it was moved to."""
    await write(store, (NOTES, "a", "A"), (COUNTS, "n", 3))
    await fill(store, "xyz")
    await store.append(LANE, LETTERS, "x", "X")
    await fill(store, "pq", PARCELS)
    await store.count(LANE, "requests")

    await copied(store)

    one, other = await store.content(LANE, TABLES), await store.content(OTHER, TABLES)
    assert logs_of(one) == logs_of(other)
    assert (one.records, one.due, one.place, one.counts) == (other.records, other.due, other.place, other.counts)
    assert await listed(store, lane=OTHER) == ["y", "z", "X"]
    assert [each.place for each in await store.entries(OTHER, LETTERS)] == list((await places(store)).values())
    assert await store.count(OTHER, "requests") == 2


async def test_what_comes_then_stands_after_all_that_was(store: Store) -> None:
    """Also after the entries that are forgotten."""
    await fill(store, "abcd", CARDS)
    await store.clear(LANE, ["cards"])
    await copied(store)

    await store.append(OTHER, LETTERS, "new", "new")

    assert await store.place(OTHER) == 5


async def test_places_and_counts_never_go_back(store: Store) -> None:
    """A lane that took over more keeps it; entries have the places that they had."""
    await fill(store, "a")
    await fill(store, "abcdef", lane=OTHER)
    for _ in range(3):
        await store.count(OTHER, "requests")
    await store.count(LANE, "requests")
    await store.begin("next", after=OTHER)

    await copied(store, "next")

    assert await store.place("next") == 6
    assert await store.count("next", "requests") == 4
    assert [each.place for each in await store.entries("next", LETTERS)] == [1]


async def test_events_fire_in_the_same_order(store: Store) -> None:
    """Those of one instant as they came, also when some were taken already."""
    at = [NOW, NOW + SECOND, NOW + TICK, NOW + SECOND, NOW + 20 * SECOND, NOW + timedelta(seconds=1.1)]
    await due(store, *(event(each, str(number)) for number, each in enumerate(at)))
    assert await fired(store, NOW) == ["0"]
    await due(store, event(NOW + SECOND, "late"), event(NOW, "early"))
    await copied(store)

    expected = ["early", "2", "1", "3", "late", "5", "4"]
    assert await store.next_due(OTHER) == NOW
    assert await fired(store, NOW + 60 * SECOND, OTHER) == expected
    assert await fired(store, NOW + 60 * SECOND) == expected


async def test_a_copy_is_as_it_was_at_one_instant(store: Store) -> None:
    """What is written later is not in it, and it does not come back into the lane."""
    await fill(store, "a")
    content = await store.content(LANE, TABLES)
    await fill(store, "b")

    await store.load(OTHER, content)
    await fill(store, "c", lane=OTHER)

    assert await listed(store, lane=OTHER) == ["a", "c"]
    assert await listed(store) == ["a", "b"]


async def test_bounds_hold_for_what_is_loaded(new_store: NewStore) -> None:
    """A store that keeps less keeps the newest; the budget over all lanes holds too."""
    large, small = await new_store(ring=9), await new_store(ring=3, budget=5)
    await fill(large, "abcde")
    await write(large, *((PARCELS, name, name * 4) for name in "xyz"))

    await small.load(OTHER, await large.content(LANE, TABLES))

    assert await listed(small, lane=OTHER) == ["c", "d", "e"]
    assert await listed(small, PARCELS, lane=OTHER) == ["zzzz"]


async def test_a_bounded_table_forgets_in_the_same_order(new_store: NewStore) -> None:
    """What was not written for the longest time."""
    store = await new_store()
    for name in "abcda":
        await write(store, (FOUR, name, 1))
    await copied(store, tables=(FOUR,))

    await write(store, (FOUR, "e", 1), lane=OTHER)

    assert [name for name in "abcde" if await store.get(OTHER, FOUR, name) is not None] == ["a", "c", "d", "e"]


async def test_others_have_their_turn_while_much_is_loaded(new_store: NewStore) -> None:
    store = await new_store(ring=100_000, budget=10**9)
    content = Content({NOTES: {str(each): "x" for each in range(20_000)}})
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count_turns())
    await store.load(OTHER, content)
    counting.cancel()

    assert turns >= 10


def test_every_table_is_known_by_its_name() -> None:
    assert declared()["letters"] is LETTERS
    assert declared()["messages"].log


def test_no_two_tables_have_the_same_name() -> None:
    """A store knows a table by its name, and a snapshot finds it so."""
    with pytest.raises(ValueError, match="letters"):
        Table("letters", str, log=True)

    assert declared()["letters"] is LETTERS
