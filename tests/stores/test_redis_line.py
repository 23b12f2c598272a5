"""Decisions of several processes over one server: none is lost, none is made by what is no longer so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

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
from otp_sandbox.domain.store_errors import LaneGone
from otp_sandbox.stores.redis import batch, line
from otp_sandbox.stores.redis.connecting import make_redis
from otp_sandbox.stores.redis.scripts import Script
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


async def test_numbers_and_entries_of_one_turn_go_out_together(two: tuple[RedisStore, RedisStore]) -> None:
    """In calls of so many at most; each gets its own number, and the entries stand in their order."""
    asked, run = [], two[0]._link.run

    def count(script: Script, key: str, *args: Any) -> asyncio.Future[Any]:
        asked.append(script)
        return run(script, key, *args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(two[0]._link, "run", count)
        drawn = await asyncio.gather(*(two[0].count(LANE, f"n{number % 2}") for number in range(TIMES)))
        await asyncio.gather(*(two[0].append(LANE, LETTERS, f"e{number}", str(number)) for number in range(TIMES)))

    assert drawn == [number // 2 + 1 for number in range(TIMES)]
    assert await listed(two[1]) == [*map(str, range(TIMES))]
    assert len(asked) == 2 * -(-TIMES // batch.AT_ONCE)


async def test_whoever_asks_together_hears_together_that_a_lane_is_gone(two: tuple[RedisStore, RedisStore]) -> None:
    await two[1].forget(LANE)

    heard = await asyncio.gather(
        two[0].count(LANE, "n"), two[0].append(LANE, LETTERS, "e", "e"), two[0].count(LANE, "m"), return_exceptions=True
    )

    assert [type(each) for each in heard] == [LaneGone] * 3


async def test_what_waits_is_fetched_while_others_are_written(two: tuple[RedisStore, RedisStore]) -> None:
    """What was fetched is right still, or it is fetched anew: another process may write in between."""
    one, other = two
    fetched: list[bool] = []
    run = one._link.run

    def spy(script: Script, key: str, *args: Any) -> asyncio.Future[Any]:
        if script is one._link.scripts.fetch:
            fetched.append(bool(writing))
        elif script is one._link.scripts.commit:
            writing.append(True)
        answer = run(script, key, *args)
        if script is one._link.scripts.commit:
            answer.add_done_callback(lambda _: writing.pop())
        return answer

    writing: list[bool] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one._link, "run", spy)
        patch.setattr(line, "AT_ONCE", 5)
        mine = [one.decide(LANE, count_up, lambda: ((COUNTS, "c"),)) for _ in range(TIMES)]
        theirs = [other.decide(LANE, count_up, lambda: ((COUNTS, "c"),)) for _ in range(5)]
        changes = await asyncio.gather(*mine, *theirs)

    assert sorted(each.verdict for each in changes) == [*range(1, TIMES + 6)]
    assert fetched[0] is False
    assert fetched.count(True) >= TIMES // 5 - 1


async def test_what_is_fired_meanwhile_is_seen(two: tuple[RedisStore, RedisStore]) -> None:
    """A decision that waits while events fire is made by what they have changed."""
    one, _ = two
    await due(one, *(event(NOW + number * SECOND, f"e{number:03}") for number in range(TIMES)))

    def decide(each: Event, state: State) -> Change[bool]:
        return Change(verdict=True, writes={(COUNTS, "c"): (state.get(COUNTS, "c") or 0) + 1, (LETTERS, each.id): "e"})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line, "AT_ONCE", 7)
        fired_all = one.fire_all(LANE, NOW + TIMES * SECOND, decide, lambda _: ((COUNTS, "c"),), most=TIMES)
        await asyncio.gather(fired_all, *(one.decide(LANE, count_up, lambda: ((COUNTS, "c"),)) for _ in range(TIMES)))

    assert await one.get(LANE, COUNTS, "c") == 2 * TIMES


@pytest.mark.parametrize("named", [LETTERS, COUNTS], ids=["alike", "unlike the others"])
async def test_what_many_lack_is_fetched_at_once(two: tuple[RedisStore, RedisStore], named: Any) -> None:
    """Decisions that name the same tables read in the same way: what the first lacks, the others lack too."""
    one = two[0]
    fetched = []
    run = one._link.run

    def count(script: Script, key: str, *args: Any) -> asyncio.Future[Any]:
        fetched.append(script is one._link.scripts.fetch)
        return run(script, key, *args)

    def decide(number: int) -> Any:
        def add(state: State) -> Change[str | None]:
            found = state.get(NOTES, f"n{number}")
            return Change(found, {(NOTES, f"n{number}"): "here"})

        table = named if number == TIMES // 2 else LETTERS
        return one.decide(LANE, add, lambda: ((table, f"{number}"),))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one._link, "run", count)
        patch.setattr(line, "AT_ONCE", TIMES)
        changes = await asyncio.gather(*map(decide, range(TIMES)))

    assert [each.verdict for each in changes] == [None] * TIMES
    assert await one.get(LANE, NOTES, f"n{TIMES - 1}") == "here"
    assert fetched.count(True) == (2 if named is LETTERS else 3)


async def test_what_fails_when_it_is_only_looked_at_fails_in_its_turn(two: tuple[RedisStore, RedisStore]) -> None:
    def fails(state: State) -> Change[None]:
        state.get(NOTES, "first")
        raise Failed

    def whole(state: State) -> Change[int]:
        return Change(len([*state.entries(LETTERS)]), {(LETTERS, "l"): "l"})

    heard = await asyncio.gather(
        *(two[0].decide(LANE, each) for each in (count_up, fails, whole, whole, count_up)), return_exceptions=True
    )

    assert isinstance(heard[1], Failed)
    assert [each.verdict for each in (heard[0], heard[2], heard[3], heard[4])] == [1, 1, 2, 2]
