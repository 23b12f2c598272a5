"""The strict store finds what would break in a store that is shared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any

import pytest

from equipment.stores import CARDS, LANE, LETTERS, NOTES, NOW, due, event, fill, write
from equipment.strict import NotKeptError, NotPureError, StrictStore
from otp_sandbox.domain.record import Record
from otp_sandbox.domain.store import WHOLE, Change, Key, State, Table


class Sloppy(Record):
    """A record whose hints promise what its values do not keep."""

    words: tuple[str, ...]
    hold: Any = None


SLOPPY = Table("sloppy", Sloppy)
SLOPPY_LOG = Table("sloppy_log", Sloppy, log=True)
INSTANTS = Table("instants", datetime)


@pytest.fixture
async def store() -> StrictStore:
    store = StrictStore()
    await store.begin(LANE)
    return store


# Decisions that are not pure


def _counts_outside() -> Callable[[State], Change[Any]]:
    counter = count()
    return lambda _: Change(next(counter))


def _gathers_in_a_list() -> Callable[[State], Change[Any]]:
    seen: list[int] = []

    def decision(_: State) -> Change[Any]:
        seen.append(1)
        return Change(seen)

    return decision


def _warns_in_a_list() -> Callable[[State], Change[Any]]:
    warnings: list[str] = []

    def decision(_: State) -> Change[Any]:
        warnings.append("odd")
        return Change(None, warnings=warnings)

    return decision


def _writes_another_value() -> Callable[[State], Change[Any]]:
    counter = count()
    return lambda _: Change(None, {(NOTES, "n"): str(next(counter))})


def _writes_another_key() -> Callable[[State], Change[Any]]:
    counter = count()
    return lambda _: Change(None, {(NOTES, str(next(counter))): "n"})


def _schedules_once() -> Callable[[State], Change[Any]]:
    events = [event(NOW, "e")]
    return lambda _: Change(None, due=[events.pop()] if events else [])


def _changes_what_it_read() -> Callable[[State], Change[Any]]:
    def decision(state: State) -> Change[Any]:
        held = state.get(SLOPPY, "s")
        assert held is not None
        held.hold.append("more")
        return Change(len(held.hold))

    return decision


@pytest.mark.parametrize(
    "make",
    [
        _counts_outside,
        _gathers_in_a_list,
        _warns_in_a_list,
        _writes_another_value,
        _writes_another_key,
        _schedules_once,
    ],
)
async def test_a_decision_that_is_not_pure_is_found(
    store: StrictStore, make: Callable[[], Callable[[State], Change[Any]]]
) -> None:
    """It comes to another end when it runs again. Nothing of it is applied."""
    with pytest.raises(NotPureError):
        await store.decide(LANE, make())

    assert await store.get(LANE, NOTES, "n") is None
    assert await store.next_due(LANE) is None


async def test_an_event_that_is_not_pure_is_found(store: StrictStore) -> None:
    """It stays on the schedule."""
    counter = count()
    await due(store, event(NOW, "e"))

    with pytest.raises(NotPureError):
        await store.fire(LANE, NOW, lambda *_: Change(verdict=next(counter) == 0), lambda _: ())

    assert await store.next_due(LANE) == NOW


async def test_what_a_decision_does_to_what_it_read_reaches_nobody(store: StrictStore) -> None:
    """It has a copy, as it would have over a connection."""
    await write(store, (SLOPPY, "s", Sloppy((), ["one"])))

    change = await store.decide(LANE, _changes_what_it_read())

    assert change.verdict == 2
    assert await store.get(LANE, SLOPPY, "s") == Sloppy((), ["one"])


async def test_what_becomes_of_a_written_value_later_reaches_nobody(store: StrictStore) -> None:
    """What is kept is a copy too."""
    words = ["one"]
    await write(store, (SLOPPY, "s", Sloppy((), words)))

    words.append("two")

    assert await store.get(LANE, SLOPPY, "s") == Sloppy((), ["one"])


async def test_a_pure_decision_runs_twice(store: StrictStore) -> None:
    """And is applied once."""
    ran = []

    def decision(state: State) -> Change[int]:
        ran.append(1)
        return Change(len([*state.entries(LETTERS)]), {(LETTERS, f"l{len(ran)}"[:1]): "l"})

    change = await store.decide(LANE, decision, lambda: ((LETTERS, WHOLE),))

    assert len(ran) == 2
    assert change.verdict == 0
    assert len(await store.entries(LANE, LETTERS)) == 1


# What was not named


def _reads(state: State) -> Change[Any]:
    return Change(state.get(NOTES, "n"))


def _reads_entry(state: State) -> Change[Any]:
    return Change(state.get(LETTERS, "a"))


def _lists(state: State) -> Change[Any]:
    return Change([*state.entries(LETTERS)])


@pytest.mark.parametrize(
    ("decision", "keys", "unnamed"),
    [
        pytest.param(_reads, (), ["notes/n"], id="no key"),
        pytest.param(_reads, ((NOTES, "m"), (LETTERS, "n")), ["notes/n"], id="other keys"),
        pytest.param(_reads, ((NOTES, WHOLE),), ["notes/n"], id="the whole of what is no log"),
        pytest.param(_reads, ((NOTES, "n"), (NOTES, "m")), [], id="named, and more"),
        pytest.param(_reads_entry, (), ["letters/a"], id="no entry"),
        pytest.param(_reads_entry, ((LETTERS, WHOLE),), [], id="an entry of the whole log"),
        pytest.param(_lists, (), ["letters/*"], id="no log"),
        pytest.param(_lists, ((LETTERS, "a"),), ["letters/*"], id="one entry"),
        pytest.param(_lists, ((CARDS, WHOLE),), ["letters/*"], id="another log"),
        pytest.param(_lists, ((LETTERS, WHOLE),), [], id="the log"),
    ],
)
async def test_what_was_not_named_is_fetched_and_told(
    store: StrictStore, decision: Callable[[State], Change[Any]], keys: tuple[Key, ...], unnamed: list[str]
) -> None:
    """The decision comes to its end all the same."""
    await write(store, (NOTES, "n", "note"))
    await fill(store, "a")

    change = await store.decide(LANE, decision, lambda: keys)

    assert change.verdict in ("note", "a", ["a"])
    assert store.unnamed == unnamed


async def test_what_an_event_did_not_name_is_told_too(store: StrictStore) -> None:
    """Once for each key, in the order in which they were missed."""
    await due(store, event(NOW, "e"))

    def decide(_: object, state: State) -> Change[bool]:
        return Change(verdict=state.get(NOTES, "a") == state.get(NOTES, "b") == state.get(NOTES, "a"))

    await store.fire(LANE, NOW, decide, lambda _: ())

    assert store.unnamed == ["notes/a", "notes/b"]


async def test_what_a_decision_learns_from_a_key_may_lead_to_the_next(store: StrictStore) -> None:
    """Each is fetched in its turn."""
    await write(store, (NOTES, "a", "b"), (NOTES, "b", "c"), (NOTES, "c", "end"))

    def decision(state: State) -> Change[str]:
        name = "a"
        while (after := state.get(NOTES, name)) is not None:
            name = after
        return Change(name)

    change = await store.decide(LANE, decision, lambda: ((NOTES, "a"),))

    assert change.verdict == "end"
    assert store.unnamed == ["notes/b", "notes/c", "notes/end"]


# What does not come back


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(Sloppy(["a"]), id="a list for a tuple"),  # type: ignore[arg-type]
        pytest.param(Sloppy(("a",), ("b",)), id="a tuple that nothing tells"),
        pytest.param(Sloppy(("a",), NOW), id="an instant that nothing tells"),
        pytest.param(Sloppy(("a",), {1: "one"}), id="a number as a name"),
        pytest.param(Sloppy(("a",), object()), id="what cannot be written"),
        pytest.param(Sloppy((1,)), id="another type than the hint says"),  # type: ignore[arg-type]
        pytest.param(Sloppy(("\ud800",)), id="half a character"),
        pytest.param("text", id="no such record"),
    ],
)
async def test_a_record_that_does_not_come_back_is_found(store: StrictStore, value: Any) -> None:
    """However it is written; nothing of it is kept."""
    with pytest.raises(NotKeptError, match="sloppy/s"):
        await write(store, (SLOPPY, "s", value), (NOTES, "n", "note"))
    with pytest.raises(NotKeptError, match="sloppy_log/s"):
        await write(store, (SLOPPY_LOG, "s", value))
    with pytest.raises(NotKeptError, match="sloppy_log/s"):
        await store.append(LANE, SLOPPY_LOG, "s", value)

    assert await store.get(LANE, NOTES, "n") is None
    assert await store.entries(LANE, SLOPPY_LOG) == []


async def test_an_instant_that_would_be_shown_otherwise_is_found(store: StrictStore) -> None:
    """Equal instants are not enough; offsets that can be written come back."""
    at = NOW.astimezone(timezone(timedelta(hours=7)))

    await write(store, (INSTANTS, "i", at))
    kept = await store.get(LANE, INSTANTS, "i")

    assert kept is not None
    assert kept.isoformat() == at.isoformat()
    with pytest.raises(NotKeptError):
        await write(store, (INSTANTS, "i", NOW.astimezone(timezone(timedelta(seconds=1)))))
