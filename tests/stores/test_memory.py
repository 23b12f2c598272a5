"""What is particular to the store of a single process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from otp_sandbox.domain.store import WHOLE, Change, Event, Key, State, Table
from otp_sandbox.stores.memory import MemoryStore

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LANE = "lane"
NOTES = Table[str]("notes")
LETTERS = Table[str]("letters", log=True)


def _reads(state: State) -> Change[object]:
    return Change(state.get(NOTES, "n"), {(NOTES, "n"): "new"})


def _lists(state: State) -> Change[object]:
    return Change([*state.entries(LETTERS)], {(NOTES, "n"): "new"})


@pytest.mark.parametrize(
    ("decision", "keys", "complaint"),
    [
        pytest.param(_reads, (), "reads notes/n", id="no key"),
        pytest.param(_reads, ((NOTES, "m"), (LETTERS, "n")), "reads notes/n", id="other keys"),
        pytest.param(_reads, ((NOTES, WHOLE),), "reads notes/n", id="the whole table"),
        pytest.param(_lists, (), "lists letters", id="no log"),
        pytest.param(_lists, ((LETTERS, "l"),), "lists letters", id="one entry"),
    ],
)
async def test_a_strict_store_refuses_what_was_not_named(
    decision: Callable[[State], Change[object]], keys: tuple[Key, ...], complaint: str
) -> None:
    """A shared store could not have read it; nothing is changed."""
    store = MemoryStore(strict=True)

    with pytest.raises(LookupError, match=complaint):
        await store.decide(LANE, keys, decision)

    assert await store.get(LANE, NOTES, "n") is None


@pytest.mark.parametrize("decision", [_reads, _lists])
async def test_a_store_as_it_comes_does_not_look_at_the_names(decision: Callable[[State], Change[object]]) -> None:
    """The check costs time in every request."""
    store = MemoryStore()

    await store.decide(LANE, (), decision)

    assert await store.get(LANE, NOTES, "n") == "new"


async def test_the_next_event_is_told_before_it_is_taken() -> None:
    """Nothing, then the instant."""
    store = MemoryStore()
    before = await store.next_due(LANE)

    await store.decide(LANE, (), lambda _: Change(None, due=[Event(NOW, "expiry", "esms", "e")]))

    assert before is None
    assert await store.next_due(LANE) == NOW


async def test_waiting_leaves_nothing_behind() -> None:
    """Neither when it ended well nor when time was up."""
    store = MemoryStore()
    await store.wait(LANE, LETTERS, 0, 0)
    await store.append(LANE, LETTERS, "a", "a")
    await store.wait(LANE, LETTERS, 0, 0)

    assert store._lane(LANE).waiters == {}
