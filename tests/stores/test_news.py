"""What became of logs after a number: entries that came, that were changed in their place, that are gone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from equipment.stores import CARDS, LANE, LETTERS, LONG, NOTES, OTHER, PARCELS, RING, fill, turns, write
from otp_sandbox.domain.store import News, Store, Table
from otp_sandbox.domain.store_errors import LaneGone

BOTH = (LETTERS, CARDS)
MOST = 100


async def news(store: Store, after: int = 0, tables: Sequence[Table[Any]] = BOTH, limit: int = MOST) -> News:
    """Ask for news of two logs."""
    return await store.news(LANE, tables, after, limit)


def told(found: News) -> list[str]:
    """Give the entries."""
    return [each.entry for each in found.written]


async def test_nothing_is_new_in_an_empty_lane(store: Store) -> None:
    assert await news(store) == News(0, [], {}, more=False)


async def test_entries_of_several_logs_come_in_the_order_in_which_they_were_written(store: Store) -> None:
    await fill(store, "a")
    await fill(store, "b", CARDS)
    await fill(store, "c")

    found = await news(store)

    assert [(each.table.name, each.entry) for each in found.written] == [
        ("letters", "a"),
        ("cards", "b"),
        ("letters", "c"),
    ]
    assert found.until == found.written[-1].number == await store.place(LANE)
    assert (found.gone, found.more) == ({}, False)


async def test_a_place_is_a_number_to_begin_at(store: Store) -> None:
    """A list was read, and what comes after it is told."""
    await fill(store, "ab")
    place = await store.place(LANE)
    await fill(store, "c")

    assert told(await news(store, place)) == ["c"]


async def test_what_was_told_is_not_told_again(store: Store) -> None:
    await fill(store, "ab")
    until = (await news(store)).until

    assert await news(store, until) == News(until, [], {}, more=False)


async def test_a_change_in_its_place_is_news(store: Store) -> None:
    """Once, as it is now, after what was written before it."""
    await fill(store, "ab")
    until = (await news(store)).until

    await write(store, (LETTERS, "a", "A"))
    await fill(store, "c")
    await write(store, (LETTERS, "a", "AA"))

    assert told(await news(store, until)) == ["c", "AA"]
    assert told(await news(store)) == ["b", "c", "AA"]


async def test_a_change_is_found_by_who_never_asked_before(store: Store) -> None:
    await fill(store, "ab")
    place = await store.place(LANE)
    await write(store, (LETTERS, "b", "B"), (LETTERS, "a", "A"))

    assert told(await news(store, place)) == ["B", "A"]


async def test_a_moved_entry_is_news_once(store: Store) -> None:
    """Also when it was changed in its place before."""
    await fill(store, "ab")
    until = (await news(store)).until
    await write(store, (LETTERS, "a", "A"))
    await write(store, (LETTERS, "a", "AA"), moved={(LETTERS, "a")})

    assert told(await news(store, until)) == ["AA"]
    await write(store, (LETTERS, "a", "AAA"))
    assert told(await news(store, until)) == ["AAA"]


async def test_records_and_other_logs_are_no_news(store: Store) -> None:
    await write(store, (NOTES, "n", "note"), (PARCELS, "p", "p"))
    await fill(store, "z", lane=OTHER)

    assert told(await news(store)) == []


@pytest.mark.parametrize("limit", range(1, 6))
async def test_news_come_in_parts(store: Store, limit: int) -> None:
    """Each part goes on behind the one before; together they are everything."""
    await fill(store, "ab")
    await fill(store, "x", CARDS)
    await write(store, (LETTERS, "a", "A"))
    await fill(store, "c")
    await write(store, (CARDS, "x", "X"))

    found, after, more = [], 0, True
    while more:
        part = await news(store, after, limit=limit)
        assert len(part.written) <= limit
        assert part.until > after
        found += told(part)
        after, more = part.until, part.more

    assert found == ["b", "A", "c", "X"]
    assert after == (await news(store)).until


async def test_a_change_between_two_parts_is_not_lost(store: Store) -> None:
    """What was to come is told when it stands, as it is then."""
    await fill(store, "abc")
    first = await news(store, limit=1)
    await write(store, (LETTERS, "b", "B"), (LETTERS, "a", "A"))

    assert told(first) == ["a"]
    assert told(await news(store, first.until)) == ["c", "B", "A"]


async def test_a_full_ring_has_lost_what_was_not_told(store: Store) -> None:
    """Just as much as was told is enough."""
    letters = "abcdefgh"[: RING + 2]
    await fill(store, letters)

    assert (await news(store)).gone == {"letters": 2}
    assert (await news(store, 1)).gone == {"letters": 2}
    assert (await news(store, 2)).gone == {}
    assert told(await news(store, 2)) == [*letters[2:]]


async def test_what_was_pushed_out_is_not_told_as_changed(store: Store) -> None:
    await fill(store, "a")
    await news(store)
    await write(store, (LETTERS, "a", "A"))
    await fill(store, "bcdefgh"[:RING])

    assert told(await news(store, 1)) == [*"bcdefgh"[:RING]]


async def test_what_goes_for_the_budget_is_lost(new_store: Callable[..., Awaitable[Store]]) -> None:
    store = await new_store(budget=2)

    await fill(store, "abc", PARCELS)

    assert (await news(store, 0, (PARCELS,))).gone == {"parcels": 1}
    assert (await news(store, 1, (PARCELS,))).gone == {}


async def _delete(store: Store) -> None:
    await write(store, (LETTERS, "a", None))


async def _clear(store: Store) -> None:
    await store.clear(LANE, ["letters", "cards"])


@pytest.mark.parametrize("happens", [_delete, _clear])
async def test_what_is_taken_away_is_news_to_all(store: Store, happens: Callable[[Store], Awaitable[None]]) -> None:
    """Also to who has been told everything; once. A log that had nothing has lost nothing."""
    await fill(store, "ab")
    await write(store, (LETTERS, "a", "A"))
    until = (await news(store)).until

    await happens(store)
    found = await news(store, until)

    assert (found.gone, found.written) == ({"letters": found.until}, [])
    assert found.until > until
    assert (await news(store, found.until)).gone == {}


async def test_deleting_what_is_not_there_is_no_news(store: Store) -> None:
    await write(store, (LETTERS, "a", None))

    assert (await news(store)).until == 0


@pytest.mark.parametrize("ahead", [1, 10**17])
async def test_a_number_that_was_never_given_has_lost_everything(store: Store, ahead: int) -> None:
    """It is from before a restart. The newest number is where to go on."""
    await fill(store, "ab")
    newest = (await news(store)).until

    assert await news(store, newest + ahead) == News(newest, [], {"letters": newest, "cards": newest}, more=False)


async def test_who_knows_an_earlier_life_has_lost_everything(store: Store) -> None:
    await fill(store, "ab")
    known = (await news(store)).until
    await store.begin("new", after=LANE)

    found = await store.news("new", BOTH, known, MOST)

    assert (found.written, found.gone) == ([], {"letters": found.until, "cards": found.until})
    assert (await store.news("new", BOTH, found.until, MOST)).gone == {}


async def test_the_newest_number_can_be_asked_for_alone(store: Store) -> None:
    await fill(store, "ab")
    await write(store, (LETTERS, "a", "A"))

    assert (await store.news(LANE, (), 0, 0)).until == (await news(store)).until > await store.place(LANE)


async def _append(store: Store) -> None:
    await fill(store, "c")


async def _update(store: Store) -> None:
    await write(store, (LETTERS, "b", "B"))


@pytest.mark.parametrize("asked_before", [False, True])
@pytest.mark.parametrize("happens", [_append, _update, _delete, _clear])
async def test_any_news_wakes_who_waits_for_them(
    store: Store, happens: Callable[[Store], Awaitable[None]], *, asked_before: bool
) -> None:
    """And who comes a little later finds out at once."""
    await fill(store, "ab")
    until = (await news(store, tables=BOTH if asked_before else ())).until
    assert await store.wait(LANE, BOTH, until, 0, news=True) is False
    waiting = _begin(store, until)
    await turns()
    assert not waiting.done()

    await happens(store)

    assert await waiting is True
    assert await store.wait(LANE, BOTH, until, 0, news=True) is True
    assert await store.wait(LANE, BOTH, (await news(store)).until, 0, news=True) is False


async def test_what_is_no_news_wakes_nobody(store: Store) -> None:
    await fill(store, "ab")
    waiting = _begin(store, (await news(store)).until)

    await fill(store, "c", PARCELS)
    await write(store, (PARCELS, "c", "C"), (NOTES, "n", "note"))
    await turns()

    assert not waiting.done()
    await _update(store)
    assert await waiting is True


async def test_news_end_with_the_lane(store: Store) -> None:
    waiting = _begin(store, 0)
    await turns()

    await store.forget(LANE)

    assert await waiting is False
    with pytest.raises(LaneGone):
        await news(store)


def _begin(store: Store, after: int) -> asyncio.Future[bool]:
    return asyncio.ensure_future(store.wait(LANE, BOTH, after, LONG, news=True))
