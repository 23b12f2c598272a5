"""Who waits for a log is woken by its entries, and by nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from equipment.stores import CARDS, LANE, LETTERS, LONG, NOTES, OTHER, fill, turns, waiting, write
from otp_sandbox.domain.store import Store, Table

SOON = 0.001


async def test_waiting_for_what_is_there_returns_at_once(store: Store) -> None:
    """No entry has to come."""
    await fill(store, "a")

    assert await store.wait(LANE, (LETTERS,), 0, LONG) is True


@pytest.mark.parametrize("timeout", [0, SOON], ids=["at once", "soon"])
async def test_waiting_ends_when_nothing_comes(store: Store, timeout: float) -> None:  # noqa: ASYNC109  (the port's)
    """The answer is False."""
    await fill(store, "a")

    assert await store.wait(LANE, (LETTERS,), await store.place(LANE), timeout) is False


async def test_waiting_with_no_time_still_looks(store: Store) -> None:
    """An entry that is there is found."""
    await fill(store, "a")

    assert await store.wait(LANE, (LETTERS,), 0, 0) is True


async def _append(store: Store) -> None:
    await store.append(LANE, LETTERS, "b", "b")


async def _write(store: Store) -> None:
    await write(store, (LETTERS, "b", "b"))


async def _move(store: Store) -> None:
    await write(store, (LETTERS, "a", "A"), moved={(LETTERS, "a")})


@pytest.mark.parametrize("happens", [_append, _write, _move], ids=["append", "write", "move"])
async def test_an_entry_wakes_who_waits(store: Store, happens: Callable[[Store], Awaitable[None]]) -> None:
    """However it came to the end of the log, and all who wait."""
    await fill(store, "a")
    tasks = [await waiting(store, LETTERS, after=1) for _ in range(3)]
    before = [task.done() for task in tasks]

    await happens(store)

    assert before == [False] * 3
    assert await asyncio.gather(*tasks) == [True] * 3


async def _other_table(store: Store) -> None:
    await fill(store, "b", CARDS)


async def _other_lane(store: Store) -> None:
    await fill(store, "b", lane=OTHER)


async def _update(store: Store) -> None:
    await write(store, (LETTERS, "a", "A"))


async def _delete(store: Store) -> None:
    await write(store, (LETTERS, "a", None))


async def _record(store: Store) -> None:
    await write(store, (NOTES, "letters", "note"))


@pytest.mark.parametrize(
    "happens",
    [_other_table, _other_lane, _update, _delete, _record],
    ids=["another log", "another lane", "an update in place", "a deletion", "a plain record"],
)
async def test_nothing_else_wakes_who_waits(store: Store, happens: Callable[[Store], Awaitable[None]]) -> None:
    """They wait for entries of their own log."""
    await fill(store, "a")
    task = await waiting(store, LETTERS, after=1)

    await happens(store)
    await turns()

    assert not task.done()
    await _append(store)
    assert await task is True


async def test_clearing_does_not_lose_who_waits(store: Store) -> None:
    """The next entry wakes them."""
    await fill(store, "a")
    task = await waiting(store, LETTERS, after=1)

    await store.clear(LANE, ["letters"])
    await turns()
    done = task.done()
    await _append(store)

    assert done is False
    assert await task is True


async def test_forgetting_a_lane_sends_away_who_waits(store: Store) -> None:
    """Nothing can come any more."""
    task = await waiting(store, LETTERS)

    await store.forget(LANE)

    assert await task is False


async def test_who_stops_waiting_leaves_the_others_waiting(store: Store) -> None:
    """A client that hangs up."""
    gone = await waiting(store, LETTERS)
    stays = await waiting(store, LETTERS)

    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    await _append(store)

    assert gone.cancelled()
    assert await stays is True


@pytest.mark.parametrize("table", [LETTERS, CARDS], ids=["one", "the other"])
async def test_who_waits_for_several_logs_is_woken_by_any(store: Store, table: Table[str]) -> None:
    """Once; what comes to the others later wakes nobody."""
    await fill(store, "a")
    await fill(store, "a", CARDS)
    task = await waiting(store, LETTERS, CARDS, after=await store.place(LANE))
    before = task.done()

    await fill(store, "b", table)
    woken = await task
    await fill(store, "c")
    await fill(store, "c", CARDS)

    assert before is False
    assert woken is True


@pytest.mark.parametrize("table", [LETTERS, CARDS], ids=["one", "the other"])
async def test_who_waits_for_several_logs_sees_what_is_there_in_any(store: Store, table: Table[str]) -> None:
    """Nothing has to come."""
    await fill(store, "ab")
    await fill(store, "ab", CARDS)
    place = await store.place(LANE)
    await fill(store, "c", table)

    assert await store.wait(LANE, (LETTERS, CARDS), place, LONG) is True
    assert await store.wait(LANE, (LETTERS, CARDS), place + 1, 0) is False


async def test_who_waits_for_no_log_waits_for_nothing(store: Store) -> None:
    """Time is up."""
    await fill(store, "a")

    assert await store.wait(LANE, (), 0, 0) is False


async def test_who_waits_for_several_logs_is_sent_away_once(store: Store) -> None:
    """When the lane is forgotten."""
    task = await waiting(store, LETTERS, CARDS)

    await store.forget(LANE)

    assert await task is False


async def test_who_waits_in_another_life_is_not_woken(store: Store) -> None:
    """A lane that begins again is another one."""
    old = await waiting(store, LETTERS)
    await store.forget(LANE)
    await store.begin(LANE)
    new = await waiting(store, LETTERS)

    await _append(store)

    assert await old is False
    assert await new is True
