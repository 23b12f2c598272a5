"""Logs keep their order, and each entry its place."""

from __future__ import annotations

from typing import Any

import pytest

from equipment.stores import CARDS, LANE, LETTERS, NOTES, fill, listed, places, write
from otp_sandbox.domain.store import Placed, Store


async def test_appended_entries_stand_in_their_order(store: Store) -> None:
    """Newest last."""
    await fill(store, "abc")

    assert await listed(store) == ["a", "b", "c"]
    assert await store.get(LANE, LETTERS, "b") == "b"


async def test_appending_a_known_key_moves_it_to_the_end(store: Store) -> None:
    """There is one entry under a key."""
    await fill(store, "abc")

    await store.append(LANE, LETTERS, "a", "A")

    assert await listed(store) == ["b", "c", "A"]


async def test_a_written_entry_comes_last(store: Store) -> None:
    """Decisions append by writing a new key."""
    await fill(store, "ab")

    await write(store, (LETTERS, "c", "c"), (LETTERS, "d", "d"))

    assert await listed(store) == ["a", "b", "c", "d"]


async def test_an_update_keeps_its_place(store: Store) -> None:
    """A delivered message stands where it was sent."""
    await fill(store, "abc")
    before = await places(store)

    await write(store, (LETTERS, "b", "B"))

    assert await places(store) == {"a": before["a"], "B": before["b"], "c": before["c"]}
    assert await store.place(LANE) == before["c"]


async def test_a_moved_entry_goes_to_the_end(store: Store) -> None:
    """A cursor taken before still finds it."""
    await fill(store, "abc")
    cursor = await store.place(LANE)

    await write(store, (LETTERS, "a", "A"), moved={(LETTERS, "a")})

    assert await listed(store) == ["b", "c", "A"]
    assert await listed(store, after=cursor) == ["A"]


async def test_places_grow_over_all_logs_of_a_lane(store: Store) -> None:
    """So they can be compared between logs."""
    await fill(store, "a")
    await fill(store, "b", CARDS)
    await fill(store, "c")

    found = {**await places(store), **await places(store, CARDS)}

    assert sorted(found, key=found.__getitem__) == ["a", "b", "c"]
    assert len(set(found.values())) == 3
    assert await store.place(LANE) == found["c"]


async def test_the_place_of_an_empty_lane_is_before_all_entries(store: Store) -> None:
    """A cursor taken at the very beginning misses nothing."""
    cursor = await store.place(LANE)

    await fill(store, "a")

    assert cursor == 0
    assert await listed(store, after=cursor) == ["a"]


async def test_the_place_never_goes_back(store: Store) -> None:
    """Also when logs are cleared: a cursor stays good."""
    await fill(store, "abc")
    cursor = await store.place(LANE)

    await store.clear(LANE, ["letters"])
    cleared = await store.place(LANE)
    await fill(store, "d")

    assert cleared == cursor
    assert await listed(store, after=cursor) == ["d"]


async def test_the_place_does_not_go_back_when_an_entry_goes(store: Store) -> None:
    """The newest entry may be deleted."""
    await fill(store, "ab")
    cursor = await store.place(LANE)

    await write(store, (LETTERS, "b", None))

    assert await store.place(LANE) == cursor


@pytest.mark.parametrize(
    ("asked", "letters"),
    [
        pytest.param({}, "abcde", id="all"),
        pytest.param({"limit": 2}, "de", id="the last two"),
        pytest.param({"limit": 9}, "abcde", id="more than there are"),
        pytest.param({"limit": 0}, "", id="none"),
        pytest.param({"after": "b"}, "cde", id="after b"),
        pytest.param({"after": "e"}, "", id="after the last"),
        pytest.param({"after": "b", "limit": 2}, "cd", id="the first two after b"),
        pytest.param({"after": "b", "limit": 0}, "", id="none after b"),
        pytest.param({"where": "ace"}, "ace", id="of some"),
        pytest.param({"where": "ace", "limit": 2}, "ce", id="the last two of some"),
        pytest.param({"where": "ace", "after": "a", "limit": 1}, "c", id="the first of some after a"),
    ],
)
async def test_a_log_is_listed_from_either_end(store: Store, asked: dict[str, Any], letters: str) -> None:
    """The last N of all, or the first N after a place; always newest last."""
    await fill(store, "abcde")
    if "after" in asked:
        asked = {**asked, "after": (await places(store))[asked["after"]]}
    if "where" in asked:
        asked = {**asked, "where": asked["where"].__contains__}

    found = await listed(store, **asked)

    assert found == [*letters]


async def test_listed_entries_carry_their_places(store: Store) -> None:
    """They can be used as cursors."""
    await fill(store, "ab")

    found = await store.entries(LANE, LETTERS)

    assert [each.entry for each in found] == ["a", "b"]
    assert all(isinstance(each, Placed) for each in found)
    assert 0 < found[0].place < found[1].place == await store.place(LANE)


async def test_a_deleted_entry_comes_back_at_the_end(store: Store) -> None:
    """It has a new place."""
    await fill(store, "abc")
    await write(store, (LETTERS, "a", None))

    await write(store, (LETTERS, "a", "A"))

    assert await listed(store) == ["b", "c", "A"]


async def test_plain_records_have_no_place(store: Store) -> None:
    """Only logs move the place on."""
    await fill(store, "a")

    await write(store, (NOTES, "n", "note"))

    assert await store.place(LANE) == 1
