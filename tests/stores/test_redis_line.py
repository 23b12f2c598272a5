"""Decisions of several processes over one server: none is lost, none is made by what is no longer so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from equipment import redis_server
from equipment.stores import (
    COUNTS,
    LANE,
    LETTERS,
    NOTES,
    NOW,
    SECOND,
    Failed,
    StrictRedisStore,
    due,
    event,
    file_coding,
    fired,
    listed,
    write,
)
from otp_sandbox import redis_address
from otp_sandbox.domain.store import WHOLE, Change, Event, Key, State
from otp_sandbox.stores.redis import line
from otp_sandbox.stores.redis.connecting import make_redis
from otp_sandbox.stores.redis.store import RedisStore

TIMES = 100


@pytest.fixture(params=[RedisStore, StrictRedisStore], ids=["plain", "strict"])
async def two(request: pytest.FixtureRequest) -> AsyncIterator[tuple[RedisStore, RedisStore]]:
    """Two processes over one lane."""
    address, prefix = redis_address.read(redis_server.plain().url), redis_server.prefix()
    one, other = (make_redis(address, prefix, file_coding(), {}, request.param) for _ in range(2))
    await one.open()
    await other.open()
    await one.begin(LANE)
    yield one, other
    await one.close()
    await other.close()


def count_up(state: State) -> Change[int]:
    count = (state.get(COUNTS, "c") or 0) + 1
    return Change(count, {(COUNTS, "c"): count, (LETTERS, f"l{count}"): str(count)})


@pytest.mark.parametrize("named", [True, False])
async def test_no_decision_is_lost(two: tuple[RedisStore, RedisStore], *, named: bool) -> None:
    """Whoever is overtaken decides again, by what is so then."""
    keys = ((COUNTS, "c"),) if named else ()

    changes = await asyncio.gather(*(store.decide(LANE, count_up, lambda: keys) for store in two * TIMES))

    assert sorted(each.verdict for each in changes) == [*range(1, 2 * TIMES + 1)]
    assert await two[0].get(LANE, COUNTS, "c") == 2 * TIMES
    assert await listed(two[1]) == [str(each) for each in range(1, 2 * TIMES + 1)]


async def test_what_is_read_and_not_written_has_to_hold_too(two: tuple[RedisStore, RedisStore]) -> None:
    """Of those that want the last one, one gets it."""
    await write(two[0], (COUNTS, "left", 1))

    def take(state: State) -> Change[bool]:
        left = state.get(COUNTS, "left") or 0
        if state.get(NOTES, "closed") or not left:
            return Change(verdict=False)
        return Change(verdict=True, writes={(COUNTS, "left"): left - 1, (NOTES, "closed"): "yes"})

    taken = await asyncio.gather(*(store.decide(LANE, take) for store in two * TIMES))

    assert [each.verdict for each in taken].count(True) == 1
    assert await two[1].get(LANE, COUNTS, "left") == 0


async def test_a_whole_log_that_was_read_has_to_hold_too(two: tuple[RedisStore, RedisStore]) -> None:
    """Also among the decisions of one process: each sees what the ones before it have put there."""

    def number(state: State) -> Change[int]:
        place = len([*state.entries(LETTERS)])
        return Change(place, {(LETTERS, f"{place}"): f"{place}"})

    changes = await asyncio.gather(*(store.decide(LANE, number, lambda: ((LETTERS, WHOLE),)) for store in two * 20))

    assert sorted(each.verdict for each in changes) == [*range(40)]
    assert await listed(two[0]) == [str(each) for each in range(40)]


async def test_a_decision_that_fails_fails_alone(two: tuple[RedisStore, RedisStore]) -> None:
    """Those that are decided in the same go are not touched by it."""

    def fails(_: State) -> Change[None]:
        raise Failed

    both = await asyncio.gather(
        two[0].decide(LANE, count_up), two[0].decide(LANE, fails), two[0].decide(LANE, count_up), return_exceptions=True
    )

    assert isinstance(both[1], Failed)
    assert await two[1].get(LANE, COUNTS, "c") == 2


async def test_a_hint_that_goes_wrong_is_none(two: tuple[RedisStore, RedisStore]) -> None:
    """The decision fetches what it reads."""

    def wrong() -> Sequence[Key]:
        raise Failed

    both = await asyncio.gather(two[0].decide(LANE, count_up, wrong), two[0].decide(LANE, count_up))

    assert [each.verdict for each in both] == [1, 2]


async def test_whoever_gives_up_takes_nobody_along(two: tuple[RedisStore, RedisStore]) -> None:
    """A client that hangs up: what was decided for it may be so, and the others hear of theirs."""
    gone = asyncio.ensure_future(two[0].decide(LANE, count_up))
    stays = asyncio.ensure_future(two[0].decide(LANE, count_up))
    await asyncio.sleep(0)
    gone.cancel()

    assert (await stays).verdict in {1, 2}
    assert gone.cancelled() or gone.done()


async def test_each_event_is_fired_by_one(two: tuple[RedisStore, RedisStore], monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, and with what follows from it, in whatever goes."""
    monkeypatch.setattr(line, "AT_ONCE", 7)
    await due(two[0], *(event(NOW + number * SECOND, f"e{number:03}") for number in range(TIMES)))

    def decide(each: Event, state: State) -> Change[bool]:
        count = state.get(COUNTS, "c") or 0
        follows = [event(each.at, f"{each.id}b")] if not each.id.endswith("b") and count % 10 == 0 else []
        return Change(verdict=True, writes={(COUNTS, "c"): count + 1, (LETTERS, each.id): each.id}, due=follows)

    all_fired = await asyncio.gather(
        *(store.fire_all(LANE, NOW + TIMES * SECOND, decide, lambda _: ((COUNTS, "c"),), most=1_000) for store in two)
    )

    names = sorted(each.event.id for one in all_fired for each in one)
    assert len(names) == len({*names}) == await two[0].get(LANE, COUNTS, "c")
    assert await listed(two[1], limit=10_000) == names  # in the order of their instants
    assert await fired(two[0], NOW + TIMES * SECOND) == []


async def test_locks_keep_the_other_process_out(two: tuple[RedisStore, RedisStore]) -> None:
    """And let it in when they are given back, also where something went wrong."""
    told: list[str] = []

    async def hold(store: RedisStore, name: str, *, wrong: bool = False) -> None:
        async with store.lock("l"):
            told.append(f"{name} in")
            await store.count(LANE, "c")
            told.append(f"{name} out")
            if wrong:
                raise Failed

    await asyncio.gather(
        *(hold(store, str(number), wrong=number == 0) for number, store in enumerate(two * 3)), return_exceptions=True
    )

    assert len(told) == 12
    for at in range(0, len(told), 2):
        assert told[at].replace("in", "out") == told[at + 1]
