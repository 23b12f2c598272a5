"""Everything that grows has a bound: tables, logs, and the bytes of all logs together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from equipment.stores import (
    BOXES,
    BUDGET,
    CARDS,
    LANE,
    LETTERS,
    NOW,
    OTHER,
    PARCELS,
    due,
    event,
    fill,
    listed,
    write,
)
from otp_sandbox.domain.store import Change, Store, Table
from otp_sandbox.stores.lane_state import LaneState
from otp_sandbox.stores.memory import MemoryStore

FEW = Table("few", int, most=3)
MANY = Table("many", int, most=200)
SHORT = Table("short", str, log=True, most=2)
TALL = Table("tall", str, log=True, most=8)


async def kept(store: Store, table: Table[int], upto: int) -> list[int]:
    """List the records under the keys up to a number."""
    found = [await store.get(LANE, table, str(number)) for number in range(upto)]
    return [each for each in found if each is not None]


# Tables


async def test_a_bounded_table_drops_its_oldest(store: Store) -> None:
    """Beyond `most` records."""
    for number in range(5):
        await write(store, (FEW, str(number), number))

    assert await kept(store, FEW, 5) == [2, 3, 4]


async def test_a_bounded_table_may_change_what_it_holds(store: Store) -> None:
    """A full table drops nothing for a new value of a key that it has."""
    for number in range(3):
        await write(store, (FEW, str(number), number))

    await write(store, (FEW, "1", 9))

    assert await kept(store, FEW, 3) == [0, 9, 2]


async def test_what_is_written_again_counts_as_used(store: Store) -> None:
    """What was not written for the longest time goes, whether the table is full by then or not; reading is no use."""
    for key in "01021":
        await write(store, (FEW, key, int(key)))

    await store.get(LANE, FEW, "0")
    await write(store, (FEW, "3", 3))

    assert await kept(store, FEW, 5) == [1, 2, 3]
    await write(store, (FEW, "2", 2), (FEW, "4", 4))
    assert await kept(store, FEW, 5) == [2, 3, 4]


async def test_a_record_that_goes_makes_room(store: Store) -> None:
    """Then none has to go for the next."""
    for number in range(3):
        await write(store, (FEW, str(number), number))

    await write(store, (FEW, "1", None))
    await write(store, (FEW, "3", 3))

    assert await kept(store, FEW, 4) == [0, 2, 3]


async def test_a_large_table_drops_its_oldest_and_hardly_more(store: Store) -> None:
    """It never holds more than `most`; a store may drop a few at once, a sixty-fourth of the table at most."""
    for number in range(500):
        await write(store, (MANY, str(number), number))
        if number % 50 == 0:
            await write(store, (MANY, "0", 0))  # in use all the time

    left = await kept(store, MANY, 500)

    assert left == [0, *range(501 - len(left), 500)]
    assert 200 - 200 // 64 - 1 <= len(left) <= 200


async def test_a_table_is_bounded_in_each_lane(store: Store) -> None:
    """A busy lane does not push another one's records out."""
    await write(store, (FEW, "0", 0))

    for number in range(5):
        await write(store, (FEW, str(number), number), lane=OTHER)

    assert await kept(store, FEW, 5) == [0]


async def test_bounded_tables_share_a_bound_over_all_lanes(new_store: Callable[..., Awaitable[Store]]) -> None:
    """The lane unused longest is cut first, and its largest table."""
    store = await new_store(records=6)
    await fill(store, "a", lane=LANE)
    await fill(store, "a", lane=OTHER)
    for number in range(3):
        await write(store, (MANY, str(number), number), lane=LANE)
    await write(store, (FEW, "0", 0), lane=LANE)
    for number in range(2):
        await write(store, (MANY, str(number), number), lane=OTHER)

    await write(store, (MANY, "2", 2), lane=OTHER)

    assert await kept(store, MANY, 3) == [1, 2]
    assert await kept(store, FEW, 3) == [0]
    assert [await store.get(OTHER, MANY, str(number)) for number in range(3)] == [0, 1, 2]


async def test_the_next_lane_is_cut_where_one_has_too_little(
    new_store: Callable[..., Awaitable[Store]],
) -> None:
    """The one that is in use as well, in the end."""
    store = await new_store(records=2)
    await write(store, (MANY, "0", 0))
    await fill(store, "a", lane=OTHER)

    await write(store, *((MANY, str(number), number) for number in range(3)), lane=OTHER)

    assert await kept(store, MANY, 1) == []
    assert [await store.get(OTHER, MANY, str(number)) for number in range(3)] == [None, 1, 2]


@pytest.mark.parametrize("way", ["deleted", "cleared", "forgotten"])
async def test_what_is_gone_counts_no_more(new_store: Callable[..., Awaitable[Store]], way: str) -> None:
    """However it went."""
    store = await new_store(records=3)
    for number in range(3):
        await write(store, (MANY, str(number), number), lane=OTHER)

    if way == "deleted":
        await write(store, *((MANY, str(number), None) for number in range(3)), lane=OTHER)
        await write(store, (MANY, "0", None), lane=OTHER)
    elif way == "cleared":
        await store.clear(OTHER, [MANY.name])
    else:
        await store.forget(OTHER)
    for number in range(3):
        await write(store, (MANY, str(number), number))

    assert await kept(store, MANY, 3) == [0, 1, 2]


# Logs


async def test_a_log_is_a_ring(store: Store) -> None:
    """It keeps the newest entries; places go on."""
    await fill(store, "abcdefg")

    assert await listed(store) == ["c", "d", "e", "f", "g"]
    assert await store.get(LANE, LETTERS, "a") is None
    assert await store.place(LANE) == 7


async def test_each_log_has_a_ring_of_its_own(store: Store) -> None:
    """A full journal does not push messages out, nor another lane's."""
    await fill(store, "abc")
    await fill(store, "abc", lane=OTHER)

    await fill(store, "123456789", CARDS)

    assert await listed(store) == ["a", "b", "c"]
    assert await listed(store, lane=OTHER) == ["a", "b", "c"]


async def test_a_full_ring_drops_nothing_for_an_update(store: Store) -> None:
    """Neither in place nor moved."""
    await fill(store, "abcde")

    await write(store, (LETTERS, "b", "B"))
    await write(store, (LETTERS, "a", "A"), moved={(LETTERS, "a")})

    assert await listed(store) == ["B", "c", "d", "e", "A"]


async def test_a_log_may_have_a_bound_of_its_own(store: Store) -> None:
    """Shorter than the store's rings, or longer."""
    await fill(store, "abcdefghij", SHORT)
    await fill(store, "abcdefghij", TALL)

    assert await listed(store, SHORT) == ["i", "j"]
    assert await listed(store, TALL) == [*"cdefghij"]


async def test_a_full_log_drops_one_for_one(store: Store) -> None:
    """However the new entry came."""
    await fill(store, "ab", SHORT)

    await write(store, (SHORT, "c", "c"))

    assert await listed(store, SHORT) == ["b", "c"]


# The budget of weighed logs


@pytest.fixture
async def roomy(new_store: Callable[..., Awaitable[Store]]) -> Store:
    """A store whose rings are long, so that only the budget cuts."""
    store = await new_store(ring=1_000)
    await store.begin("third")
    return store


async def test_a_budget_keeps_what_fits(roomy: Store) -> None:
    """Exactly the budget is allowed."""
    for name in "abcde":
        await roomy.append(LANE, PARCELS, name, name * 20)

    assert len(await listed(roomy, PARCELS)) == 5


async def test_a_budget_cuts_the_oldest_entries(roomy: Store) -> None:
    """As many as are needed."""
    for name in "abcde":
        await roomy.append(LANE, PARCELS, name, name * 20)

    await roomy.append(LANE, PARCELS, "f", "f" * 30)

    assert await listed(roomy, PARCELS) == [name * 20 for name in "cde"] + ["f" * 30]


async def test_a_budget_does_not_touch_logs_that_are_not_weighed(roomy: Store) -> None:
    """Messages stay when the journal is cut."""
    await roomy.append(LANE, LETTERS, "l", "l" * 2 * BUDGET)

    await roomy.append(LANE, PARCELS, "a", "a" * 60)
    await roomy.append(LANE, PARCELS, "b", "b" * 60)

    assert await listed(roomy, PARCELS) == ["b" * 60]
    assert len(await listed(roomy)) == 1


async def test_decisions_weigh_too(roomy: Store) -> None:
    """Entries count however they came."""
    await write(roomy, (PARCELS, "a", "a" * 60))

    await write(roomy, (PARCELS, "b", "b" * 60))

    assert await listed(roomy, PARCELS) == ["b" * 60]


@pytest.mark.parametrize("last_used", [LANE, OTHER])
async def test_a_budget_cuts_the_lane_unused_longest(roomy: Store, last_used: str) -> None:
    """A lane is used when it gets an entry; who came first does not count."""
    for lane in (LANE, OTHER, last_used):
        await roomy.append(lane, PARCELS, "a", "a" * 20)
        await roomy.append(lane, PARCELS, "b", "b" * 20)

    await roomy.append("third", PARCELS, "c", "c" * 50)

    unused = OTHER if last_used == LANE else LANE
    assert await listed(roomy, PARCELS, lane=unused) == []
    assert await listed(roomy, PARCELS, lane=last_used) == ["a" * 20, "b" * 20]
    assert await listed(roomy, PARCELS, lane="third") == ["c" * 50]


async def test_a_lane_that_lost_everything_is_cut_again(roomy: Store) -> None:
    """What it got since came by a decision alone, which is no use: it is still the one unused longest, or the next."""
    await roomy.append(LANE, PARCELS, "a", "a" * 60)
    await roomy.append(OTHER, PARCELS, "b", "b" * 99)
    await roomy.append(OTHER, PARCELS, "c", "c" * 40)
    assert await listed(roomy, PARCELS) == []

    await write(roomy, (PARCELS, "d", "d" * 30))
    await roomy.append("third", PARCELS, "e", "e" * 60)

    assert await listed(roomy, PARCELS, lane="third") == ["e" * 60]
    await roomy.append("third", PARCELS, "f", "f" * 40)
    assert [len(await listed(roomy, PARCELS, lane=lane)) for lane in (LANE, OTHER, "third")] == [0, 0, 2]


async def test_lanes_that_have_nothing_to_lose_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or else the cost of a request would grow with the number of lanes."""
    store = MemoryStore(budget=1_000)
    for number in range(200):
        await store.begin(str(number))
        await store.append(str(number), PARCELS, "a", "a" * 20)  # 50 of them have room
    looked = []
    cut = LaneState.cut_oldest
    monkeypatch.setattr(LaneState, "cut_oldest", lambda held: looked.append(held) or cut(held))

    for number in range(10):
        await store.append("199", PARCELS, f"b{number}", "b" * 20)

    assert len(looked) == 20  # each time the one that has something, once more to find that it has nothing left


async def _room_by_update(store: Store) -> None:
    await write(store, (PARCELS, "a", "a"))


async def _room_by_moving(store: Store) -> None:
    await store.append(LANE, PARCELS, "a", "a")


async def _room_by_deleting(store: Store) -> None:
    await write(store, (PARCELS, "a", None))


async def _room_by_clearing(store: Store) -> None:
    await store.clear(LANE, ["parcels"])


async def _room_by_forgetting(store: Store) -> None:
    await store.forget(LANE)


@pytest.mark.parametrize(
    "makes_room",
    [
        _room_by_update,
        _room_by_moving,
        _room_by_deleting,
        _room_by_clearing,
        _room_by_forgetting,
    ],
)
async def test_what_has_gone_weighs_nothing(roomy: Store, makes_room: Callable[[Store], Awaitable[None]]) -> None:
    """Afterwards the room can be used again."""
    await roomy.append(LANE, PARCELS, "a", "a" * 100)
    await makes_room(roomy)

    for name in "bcd":
        await roomy.append(OTHER, PARCELS, name, name * 33)

    assert await listed(roomy, PARCELS, lane=OTHER) == [name * 33 for name in "bcd"]


async def test_a_ring_takes_its_weight_along(new_store: Callable[..., Awaitable[Store]]) -> None:
    """What a full ring drops weighs nothing any more."""
    store = await new_store(ring=2)
    for name in "abcdefgh":
        await store.append(LANE, PARCELS, name, name * 50)

    await store.append(OTHER, LETTERS, "l", "l")

    assert await listed(store, PARCELS) == ["g" * 50, "h" * 50]


async def test_an_entry_above_the_whole_budget_is_not_kept(roomy: Store) -> None:
    """The budget holds."""
    await roomy.append(LANE, PARCELS, "a", "a" * 101)

    assert await listed(roomy, PARCELS) == []


async def test_a_budget_is_shared_by_all_weighed_logs_of_a_lane(roomy: Store) -> None:
    """The log with the most entries is cut first."""
    await fill(roomy, "abcde", BOXES)
    await roomy.append(LANE, PARCELS, "p", "p" * 90)

    await fill(roomy, "fgh", BOXES)

    assert await listed(roomy, PARCELS) == ["p" * 90]
    assert len(await listed(roomy, BOXES)) == 8
    await fill(roomy, "ijk", BOXES)
    assert await listed(roomy, BOXES) == [*"bcdefghijk"]


async def test_an_event_weighs_too(roomy: Store) -> None:
    """What fires may write as much as what is asked."""
    await roomy.append(LANE, PARCELS, "a", "a" * 60)
    await due(roomy, event(NOW, "e"))

    await roomy.fire(LANE, NOW, lambda *_: Change(verdict=True, writes={(PARCELS, "b"): "b" * 60}), lambda _: ())

    assert await listed(roomy, PARCELS) == ["b" * 60]
