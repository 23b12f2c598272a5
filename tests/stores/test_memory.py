"""What is particular to the store of a single process."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipment.stores import BOXES, LANE, LETTERS, NOW, OTHER, PARCELS, SECOND, due, event, fired, waiting, write
from otp_sandbox.domain.challenges import SEQUENCES
from otp_sandbox.domain.store import Change, Event, Table
from otp_sandbox.stores import memory
from otp_sandbox.stores.memory import MemoryStore

LANES = [LANE, OTHER, "third"]
LOGS: dict[str, Table[str]] = {each.name: each for each in (PARCELS, BOXES, LETTERS)}


@pytest.fixture
async def store() -> MemoryStore:
    store = MemoryStore()
    await store.begin(LANE)
    return store


@pytest.mark.parametrize("tables", [(LETTERS,), (LETTERS, PARCELS)], ids=["one log", "several"])
async def test_waiting_leaves_nothing_behind(store: MemoryStore, tables: tuple[Table[str], ...]) -> None:
    """Neither when it ended well, nor when time was up, nor when the client hung up."""
    await store.wait(LANE, tables, 0, 0)
    cut = await waiting(store, *tables)
    cut.cancel()
    woken = await waiting(store, *tables)
    await store.append(LANE, LETTERS, "a", "a")
    await asyncio.gather(cut, woken, return_exceptions=True)
    await store.wait(LANE, tables, 0, 0)

    assert store._lane(LANE).waiters == {}


# The weight


_PLACES = st.tuples(st.sampled_from(LANES), st.sampled_from([*LOGS]), st.sampled_from("abc"))
_ACTIONS = st.one_of(
    st.tuples(st.just("append"), _PLACES, st.integers(0, 40)),
    st.tuples(st.just("write"), _PLACES, st.integers(0, 40) | st.none()),
    st.tuples(st.just("move"), _PLACES, st.integers(0, 40)),
    st.tuples(st.sampled_from(["clear", "forget"]), _PLACES, st.none()),
)


async def _act(store: MemoryStore, action: str, place: tuple[str, str, str], length: int | None) -> None:
    lane, log, name = place
    value = name * length if length is not None else None
    match action:
        case "append":
            await store.append(lane, LOGS[log], name, value)
        case "write":
            await write(store, (LOGS[log], name, value), lane=lane)
        case "move":
            await write(store, (LOGS[log], name, value), lane=lane, moved=[(LOGS[log], name)])
        case "clear":
            await store.clear(lane, [log])
        case "forget":
            await store.forget(lane)
            await store.begin(lane)


async def _weighed(store: MemoryStore) -> int:
    return sum(
        [len(each.entry) for lane in LANES for log in (PARCELS, BOXES) for each in await store.entries(lane, log)]
    )


@settings(deadline=None, derandomize=True)
@given(st.lists(_ACTIONS, max_size=40))
def test_the_weight_is_that_of_all_entries(actions: list[Any]) -> None:
    """Whatever comes, changes, moves, is deleted, cut, cleared or forgotten; and it is within the budget."""

    async def run() -> None:
        store = MemoryStore(ring=2, budget=90)
        for lane in LANES:
            await store.begin(lane)
        for action in actions:
            await _act(store, *action)

            assert store.weight == await _weighed(store) <= 90

    asyncio.run(run())


# The bound of the schedule


async def _bounded(*events: Event, most: int = 4) -> MemoryStore:
    store = MemoryStore(schedule=most)
    await store.begin(LANE)
    for each in events:
        await due(store, each)
    return store


def _in(seconds: int) -> Event:
    return event(NOW + seconds * SECOND, str(seconds))


async def test_a_schedule_that_is_full_at_the_bound_has_lost_nothing() -> None:
    """Just as many as there may be."""
    store = await _bounded(*map(_in, (3, 1, 4, 2)))

    assert await fired(store, NOW + 9 * SECOND) == ["1", "2", "3", "4"]


async def test_a_full_schedule_does_not_take_what_is_later_than_all() -> None:
    """What waits already comes first."""
    store = await _bounded(*map(_in, (3, 1, 4, 2, 5, 6)))

    assert await fired(store, NOW + 9 * SECOND) == ["1", "2", "3", "4"]


async def test_a_full_schedule_takes_what_is_earlier_than_some() -> None:
    """One that is later goes for it."""
    store = await _bounded(*map(_in, (1, 2, 8, 9, 3)))

    assert await fired(store, NOW + 9 * SECOND) == ["1", "2", "3", "8"]


async def test_a_full_schedule_takes_what_is_earlier_than_all() -> None:
    """One of the others goes, never the next one."""
    store = await _bounded(*map(_in, (3, 2, 4, 5, 1)))

    found = await fired(store, NOW + 9 * SECOND)

    assert len(found) == 4
    assert found[:2] == ["1", "2"]


@settings(deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 50), unique=True, max_size=30), st.integers(2, 8))
def test_a_schedule_is_bounded_and_in_order(instants: list[int], most: int) -> None:
    """Never more than may be, never out of order, and the earliest of all is never lost."""

    async def run() -> list[str]:
        store = await _bounded(*map(_in, instants), most=most)
        assert len(store._lane(LANE).due) == min(len(instants), most)
        return await fired(store, NOW + 99 * SECOND)

    found = [int(each) for each in asyncio.run(run())]

    assert found == sorted(found)
    assert found[:1] == sorted(instants)[:1]


async def test_a_schedule_has_room_again_when_something_fired() -> None:
    """The bound is on what waits."""
    store = await _bounded(*map(_in, (1, 2, 3, 4)))
    await fired(store, NOW + 2 * SECOND)

    await due(store, _in(8), _in(7))

    assert await fired(store, NOW + 9 * SECOND) == ["3", "4", "7", "8"]


async def test_much_is_let_go_of_a_little_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lane of a million codes would hold everybody up else."""
    monkeypatch.setattr(memory, "_FREED_AT_ONCE", 10)
    turns = 0

    async def turn(_: float) -> None:
        nonlocal turns
        turns += 1

    monkeypatch.setattr(memory.asyncio, "sleep", turn)
    store = MemoryStore()
    await store.begin("a")
    await store.decide("a", lambda _: Change(None, {(SEQUENCES, str(number)): 1 for number in range(35)}))
    await store.decide("a", lambda _: Change(None, {(SEQUENCES, "x"): 1}))

    await store.clear("a", [SEQUENCES.name])
    cleared = turns
    await store.decide("a", lambda _: Change(None, {(SEQUENCES, str(number)): 1 for number in range(11)}))
    await store.forget("a")

    assert cleared == 3
    assert turns == 4
    assert store.weight == 0


async def test_a_lane_that_is_forgotten_while_it_is_loaded_is_held_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else all that was in it would stay."""
    monkeypatch.setattr(memory, "_LOADED_AT_ONCE", 1)
    full, store = MemoryStore(), MemoryStore()
    await full.begin(LANE)
    await full.append(LANE, PARCELS, "a", "a")
    content = await full.content(LANE, [PARCELS])
    await store.begin(LANE)

    loading = asyncio.create_task(store.load(LANE, content))
    await asyncio.sleep(0)
    await store.forget(LANE)
    await loading

    assert store._with_entries.first() is None
    assert store._with_records.first() is None
