"""Several registries over one store: what one does to a lane, the others know when they are asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from equipment import redis_server
from equipment.shared_memory import SharedMemoryStore
from equipment.stores import StrictRedisStore, file_coding
from otp_sandbox import redis_address
from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.clock import Clock
from otp_sandbox.domain.content import Content
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import News, Store
from otp_sandbox.domain.store_errors import LaneGone, StoreTrouble
from otp_sandbox.lanes.attempts import Attempts
from otp_sandbox.lanes.lane import DEFAULT
from otp_sandbox.lanes.registry import LaneConflict, NewLane, Registry
from otp_sandbox.lanes.schedule import Schedule
from otp_sandbox.lanes.tables import ALL_LANES, DELETIONS
from otp_sandbox.stores.redis.connecting import make_redis

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FROZEN = Clock("frozen", frozen_at=datetime(2030, 1, 1, tzinfo=UTC))
KEY = {"esms": {"ApiKey": "KEY"}}
Make = Callable[..., Awaitable[Registry]]


@pytest.fixture
def shared(real: Any) -> SharedMemoryStore:
    return SharedMemoryStore(real)


@pytest.fixture
async def pair(make_registry: Make, shared: SharedMemoryStore) -> tuple[Registry, Registry]:
    """Two registries over one store in memory, which a test may turn."""
    return await make_registry(over=shared), await make_registry(over=shared)


@pytest.fixture(params=["memory", "redis"])
async def two(
    request: pytest.FixtureRequest, make_registry: Make, shared: SharedMemoryStore
) -> AsyncIterator[tuple[Registry, Registry]]:
    """Two registries that know nothing of each other; their stores share what is in them."""
    stores: list[Store] = [shared, shared]
    if request.param == "redis":
        address, prefix = redis_address.read(redis_server.plain().url), redis_server.prefix()
        stores = [make_redis(address, prefix, file_coding(), {}, StrictRedisStore) for _ in range(2)]
    both = await make_registry(over=stores[0]), await make_registry(over=stores[1])
    yield both
    for registry in both:
        await registry.follower.close()
        await registry.store.close()


@pytest.fixture
async def watching() -> AsyncIterator[Callable[[Registry], Registry]]:
    """Let a registry also look when nobody asks."""
    tasks: list[asyncio.Task[None]] = []

    def watch(registry: Registry) -> Registry:
        tasks.append(asyncio.create_task(registry.follower.watch()))
        return registry

    yield watch
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def until(what: Callable[[], bool]) -> None:
    """Let others work until something holds."""
    async with asyncio.timeout(30):
        while not what():  # noqa: ASYNC110  (nothing tells; each turn lets others work)
            await asyncio.sleep(0)


async def test_a_lane_of_another_one_is_found(two: tuple[Registry, Registry]) -> None:
    """By its id, each credential and its mark; with all that is known of it; its secrets are known as such."""
    here, there = two
    lane = await there.create(NewLane("mine", 42, FROZEN, {"esms.code-case": "ignore"}, HOUR))
    before = here.get("mine")

    await here.bring_up_to_date()
    found = here.get("mine")

    assert before is None
    assert found is not None
    assert found is not lane
    assert found.record == lane.record
    for name, held in lane.credentials.items():
        for locator in here.providers[name].identity.locators:
            assert here.locate(name, (held[locator],)) is found
        assert all(value in here.secrets for value in held.values())
    mark = here.providers["thuesim"].identity.mark_of
    assert mark is not None
    assert here.marked("thuesim", mark(42)) == [found]


async def test_a_lane_that_another_one_deletes_is_gone(two: tuple[Registry, Registry]) -> None:
    """Its credentials find nothing, its secrets are none, and whoever has it in hand finds out."""
    here, there = two
    lane = await there.create(NewLane("mine", credentials=KEY))
    await here.bring_up_to_date()
    held = here.get("mine")
    assert held is not None

    await there.delete(lane)
    await here.bring_up_to_date()

    assert here.get("mine") is None
    assert here.locate("esms", ("KEY",)) is None
    assert "KEY" not in here.secrets
    assert held.gone
    assert [each.id for each in here] == []


async def test_a_lane_that_another_one_makes_again_is_another_one(two: tuple[Registry, Registry], real: Any) -> None:
    """Also where both happened between two questions; who waited for the old one finds out."""
    here, there = two
    lane = await there.create(NewLane("mine"))
    await here.bring_up_to_date()
    held = here.get("mine")
    assert held is not None

    await there.delete(lane)
    real.passes(timedelta(microseconds=1))
    again = await there.create(NewLane("mine", credentials=KEY))
    await here.bring_up_to_date()
    found = here.get("mine")

    assert found is not None
    assert found is not held
    assert held.gone
    assert found.record == again.record
    assert here.locate("esms", ("KEY",)) is found
    assert here.locate("esms", (held.credentials["esms"]["ApiKey"],)) is None


async def test_a_credential_that_went_to_another_lane_stays_there(two: tuple[Registry, Registry], real: Any) -> None:
    """Whatever else became of the one that had it, between two questions."""
    here, there = two
    first = await there.create(NewLane("first", credentials=KEY))
    await here.bring_up_to_date()

    await there.delete(first)
    real.passes(timedelta(microseconds=1))
    again = await there.create(NewLane("first"))
    await there.create(NewLane("second", credentials=KEY))
    await there.delete(again)
    await here.bring_up_to_date()

    assert [each.id for each in here] == ["second"]
    assert here.locate("esms", ("KEY",)) is here.get("second")


async def test_what_another_one_changes_is_known(two: tuple[Registry, Registry]) -> None:
    """Clock, choices; who waits for a change is woken, and nobody where nothing changed."""
    here, there = two
    lane = await there.create(NewLane())
    await here.bring_up_to_date()
    held = here.get(lane.id)
    assert held is not None
    waiting = asyncio.create_task(held.changes(30))
    await here.bring_up_to_date()
    was_quiet = not waiting.done()

    await there.change(lane, clock=FROZEN, choices={"esms.code-case": "ignore"})
    await here.bring_up_to_date()
    await waiting

    assert was_quiet
    assert held.now() == FROZEN.frozen_at
    assert held.dialect("esms").option("code-case") == "ignore"


async def test_a_reset_of_another_one_begins_the_same_life_everywhere(two: tuple[Registry, Registry]) -> None:
    """The handle stays; a snapshot that another one puts in its place brings its seed and mark."""
    here, there = two
    lane = await there.create(NewLane(seed=1))
    await here.bring_up_to_date()
    held = here.get(lane.id)
    assert held is not None
    old, mark = held.key, here.providers["thuesim"].identity.mark_of
    assert mark is not None

    await there.reset(lane)
    await here.bring_up_to_date()
    reset = held.key
    other = replace(lane.record, origin=replace(lane.origin, seed=2))
    await there.restore(lane, other, Content())
    await here.bring_up_to_date()

    assert here.get(lane.id) is held
    assert len({old, reset, held.key}) == 3
    assert held.record == lane.record
    assert here.marked("thuesim", mark(1)) == []
    assert here.marked("thuesim", mark(2)) == [held]


async def test_all_is_listed_where_more_is_gone_than_is_told(two: tuple[Registry, Registry], real: Any) -> None:
    """Deletions are told by a log, which has a bound. One that is there again is another one."""
    here, there = two
    lanes = [await there.create(NewLane()) for _ in range(5)]
    await here.bring_up_to_date()
    held = here.get(lanes[0].id)
    assert held is not None

    object.__setattr__(DELETIONS, "most", 2)
    try:
        for lane in lanes[:4]:
            await there.delete(lane)
    finally:
        object.__setattr__(DELETIONS, "most", 10_000)
    real.passes(timedelta(microseconds=1))
    again = await there.create(NewLane(lanes[0].id, credentials=KEY))
    await here.bring_up_to_date()

    assert [each.record for each in here] == [lanes[4].record, again.record]
    assert held.gone
    assert here.locate("esms", (held.credentials["esms"]["ApiKey"],)) is None
    assert here.locate("esms", ("KEY",)) is here.get(again.id)


@pytest.mark.parametrize("count", [99, 100, 101, 250])
async def test_any_number_of_lanes_is_followed(two: tuple[Registry, Registry], real: Any, count: int) -> None:
    """The store tells some at a time; each registry lists them in the order in which they were made."""
    here, there = two
    made = []
    for _ in range(count):
        real.passes(timedelta(microseconds=1))
        made.append(await there.create(NewLane()))
    await there.change(made[0], clock=FROZEN)

    await here.bring_up_to_date()

    assert [each.id for each in here] == [each.id for each in there]
    assert len(here) == count


async def test_many_who_ask_at_once_share_a_question(
    pair: tuple[Registry, Registry], shared: SharedMemoryStore
) -> None:
    """One that has begun already is not theirs: what happened before they asked must be known."""
    here, there = pair
    asked = 0
    plain = shared.news

    async def news(*args: Any) -> News:
        nonlocal asked
        asked += 1
        return await plain(*args)

    shared.news = news  # type: ignore[method-assign]
    first = asyncio.create_task(here.bring_up_to_date())
    await until(lambda: asked == 1)
    lane = await there.create(NewLane())
    asked = 0
    await asyncio.gather(*(here.bring_up_to_date() for _ in range(100)))
    await first

    assert asked == 1
    assert here.get(lane.id) is not None


async def test_a_question_that_is_under_way_ends_with_the_server(two: tuple[Registry, Registry]) -> None:
    """It would go on in a store that is closed."""
    asking = [asyncio.create_task(two[0].bring_up_to_date()) for _ in range(2)]
    await asyncio.sleep(0)

    await two[0].follower.close()

    assert [type(each) for each in await asyncio.gather(*asking, return_exceptions=True)] == [
        asyncio.CancelledError
    ] * 2


async def test_whoever_leaves_takes_nobody_s_question_along(two: tuple[Registry, Registry]) -> None:
    """The others get their answer."""
    here, there = two
    lane = await there.create(NewLane())
    leaving, staying = (asyncio.create_task(here.bring_up_to_date()) for _ in range(2))
    await asyncio.sleep(0)

    leaving.cancel()
    await staying

    assert here.get(lane.id) is not None


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (NewLane("mine"), "id"),
        (NewLane("mine", credentials=KEY), "id"),
        (NewLane(credentials=KEY), "credentials.esms.ApiKey"),
    ],
    ids=["id", "both", "credential"],
)
async def test_of_two_who_make_the_same_at_once_one_wins(
    pair: tuple[Registry, Registry], shared: SharedMemoryStore, wanted: NewLane, field: str
) -> None:
    """The other one is refused, names the field, knows the winner by then, and leaves nothing behind."""
    both = await asyncio.gather(*(each.create(wanted) for each in pair), return_exceptions=True)
    refused = [each for each in both if isinstance(each, LaneConflict)]

    assert len(refused) == 1
    assert refused[0].field == field
    assert len(pair[0]) == len(pair[1]) == 1
    assert len(shared._lanes) == 2  # and that of all lanes


async def test_a_name_that_another_one_was_given_just_now_is_stepped_over(two: tuple[Registry, Registry]) -> None:
    """Nobody asked for a name, so nobody is refused for one."""
    here, there = two
    await there.create(NewLane("lane-1"))

    lane = await here.create(NewLane())

    assert lane.id == "lane-2"


async def test_a_lane_that_is_deleted_before_its_maker_knows_it_is_gone(
    pair: tuple[Registry, Registry], shared: SharedMemoryStore
) -> None:
    """He gets it, and whatever he does with it finds out; it does not come back."""
    here, there = pair

    async def delete() -> None:
        await there.bring_up_to_date()
        lane = there.get("mine")
        assert lane is not None
        await there.delete(lane)

    shared.meanwhile["news"] = delete
    lane = await here.create(NewLane("mine"))
    await here.bring_up_to_date()

    assert lane.gone
    assert here.get("mine") is None
    with pytest.raises(LaneGone):
        await here.change(lane, clock=FROZEN)


async def test_a_lane_that_another_one_deleted_can_be_deleted(two: tuple[Registry, Registry]) -> None:
    """Nothing happens, also where another one has been made in its place."""
    here, there = two
    lane = await there.create(NewLane("mine"))
    await here.bring_up_to_date()
    held = here.get("mine")
    assert held is not None
    await there.delete(lane)

    await here.delete(held)
    again = await there.create(NewLane("mine", credentials=KEY))
    await here.delete(held)
    await here.bring_up_to_date()

    assert [each.id for each in here] == ["mine"]
    assert there.get("mine") is again


async def test_a_lane_that_another_one_reset_can_be_deleted(
    pair: tuple[Registry, Registry], shared: SharedMemoryStore
) -> None:
    """Whichever life goes on; nothing is left of any."""
    here, there = pair
    lane = await there.create(NewLane("mine"))
    await here.bring_up_to_date()
    held = here.get("mine")
    assert held is not None
    await there.reset(lane)

    await here.delete(held)
    await there.bring_up_to_date()

    assert there.get("mine") is None
    assert list(shared._lanes) == [ALL_LANES]


# When nobody asks


async def test_whoever_waits_finds_out_by_itself(
    two: tuple[Registry, Registry], watching: Callable[[Registry], Registry]
) -> None:
    """A clock that another one moves, and the end of a lane."""
    watched = watching(two[1])
    lane = await two[0].create(NewLane())
    await until(lambda: watched.get(lane.id) is not None)
    held = watched.get(lane.id)
    assert held is not None

    waiting = asyncio.create_task(held.changes(None))
    await two[0].change(lane, clock=FROZEN)
    await asyncio.wait_for(waiting, 30)
    told = held.now()
    waiting = asyncio.create_task(held.changes(None))
    await two[0].delete(lane)
    await asyncio.wait_for(waiting, 30)

    assert told == FROZEN.frozen_at
    assert held.gone


async def test_a_store_that_was_away_is_followed_again(
    pair: tuple[Registry, Registry], watching: Callable[[Registry], Registry], shared: SharedMemoryStore
) -> None:
    """Who asks meanwhile is told that nobody knows."""
    watched = watching(pair[1])
    shared.away = "the store is away"
    with pytest.raises(StoreTrouble, match="is away"):
        await watched.bring_up_to_date()
    shared.away = None
    lane = await pair[0].create(NewLane())

    await until(lambda: watched.get(lane.id) is not None)
    await watched.bring_up_to_date()


async def test_a_store_that_lost_everything_gets_its_lanes_anew(
    pair: tuple[Registry, Registry], shared: SharedMemoryStore, real: Any
) -> None:
    """Those that there always are; the others are gone. Whoever asks first makes them, and once."""
    made: list[str] = []
    for registry in pair:

        async def provide(registry: Registry = registry) -> None:
            made.append("asked")
            if registry.get(DEFAULT) is None:
                try:
                    await registry.create(NewLane(DEFAULT))
                except LaneConflict:
                    return

        await provide()
        registry.follower.provide = provide
    other = await pair[0].create(NewLane())
    before = pair[1].default
    made.clear()

    shared.lose_everything()
    real.passes(HOUR)
    await asyncio.gather(*(each.bring_up_to_date() for each in pair for _ in range(10)))
    await pair[1].bring_up_to_date()

    assert pair[0].default.record == pair[1].default.record
    assert before.gone
    assert other.gone
    assert len(made) <= 2
    assert await shared.get(pair[0].default.key, ACCOUNTS, "esms") is not None


# What is done to one lane by several at a time


async def test_what_two_do_to_a_lane_at_once_adds_up(two: tuple[Registry, Registry]) -> None:
    """Each changes what is known by then, not what it knew."""
    here, there = two
    lane = await there.create(NewLane())
    await here.bring_up_to_date()
    held = here.get(lane.id)
    assert held is not None

    await asyncio.gather(
        *(
            each.revise(its, lambda record: replace(record, last_fault=record.last_fault + 1))
            for each, its in ((here, held), (there, lane)) * 10
        )
    )

    assert (await here.revise(held, lambda record: record)).last_fault == 20


async def test_two_advances_at_once_add_up(pair: tuple[Registry, Registry], shared: SharedMemoryStore) -> None:
    """Wherever they are asked for."""
    here, there = pair
    lane = await there.create(NewLane(clock=FROZEN))
    await here.bring_up_to_date()
    held = here.get(lane.id)
    assert held is not None

    async def attempt(*_: Any) -> bool:
        return True

    schedules = [Schedule(shared, each, attempt, Attempts(shared)) for each in pair]
    await asyncio.gather(*(each.advance(its, MINUTE) for each, its in zip(schedules, (held, lane), strict=True)))

    await here.bring_up_to_date()
    await there.bring_up_to_date()
    assert held.now() == lane.now() == FROZEN.now(lane.now()) + 2 * MINUTE


async def test_two_resets_at_once_leave_one_life(pair: tuple[Registry, Registry], shared: SharedMemoryStore) -> None:
    """One after the other."""
    here, there = pair
    lane = await there.create(NewLane())
    await here.bring_up_to_date()
    held = here.get(lane.id)
    assert held is not None

    await asyncio.gather(here.reset(held), there.reset(lane))
    await here.bring_up_to_date()

    assert held.key == lane.key
    assert list(shared._lanes) == [ALL_LANES, lane.key]
    assert await shared.get(lane.key, ACCOUNTS, "esms") is not None


# Lanes that nobody uses


async def both_know(two: tuple[Registry, Registry], **wanted: Any) -> None:
    """Make a lane that both know; no time has passed since."""
    await two[0].create(NewLane("mine", **wanted))
    await two[1].bring_up_to_date()


async def test_a_lane_that_is_called_elsewhere_is_not_idle(
    pair: tuple[Registry, Registry], shared: SharedMemoryStore, real: Any
) -> None:
    """What happens in it counts, wherever; it goes when nothing has happened for its time to live."""
    await both_know(pair, ttl=HOUR)
    lane = pair[1].get("mine")
    assert lane is not None
    real.passes(HOUR)
    await shared.append(lane.key, DELETIONS, "x", None)

    await pair[0].sweep()
    kept = pair[0].get("mine") is not None
    real.passes(HOUR - timedelta(microseconds=1))
    await pair[0].sweep()
    kept_still = pair[0].get("mine") is not None
    real.passes(timedelta(microseconds=1))
    await pair[0].sweep()
    await pair[1].bring_up_to_date()

    assert (kept, kept_still) == (True, True)
    assert pair[0].get("mine") is pair[1].get("mine") is None


async def test_a_lane_that_is_looked_at_elsewhere_is_not_idle(pair: tuple[Registry, Registry], real: Any) -> None:
    """Nothing happens in it then; a sweep tells that it is used."""
    await both_know(pair, ttl=HOUR)
    lane = pair[1].get("mine")
    assert lane is not None
    real.passes(HOUR / 2)
    lane.used_at = real()  # as the control API does
    await pair[1].sweep()
    real.passes(HOUR / 2)

    await pair[0].sweep()
    kept = pair[0].get("mine") is not None
    real.passes(HOUR / 2)
    await pair[0].sweep()

    assert kept
    assert pair[0].get("mine") is None


async def test_a_sweep_leaves_alone_what_began_anew_meanwhile(
    pair: tuple[Registry, Registry], shared: SharedMemoryStore, real: Any
) -> None:
    """It was idle when it was looked at; then another one reset it, or deleted it and made it again."""
    await both_know(pair, ttl=HOUR)
    real.passes(HOUR)

    async def reset() -> None:
        lane = pair[1].get("mine")
        assert lane is not None
        await pair[1].reset(lane)

    async def make_again() -> None:
        lane = pair[1].get("mine")
        assert lane is not None
        await pair[1].delete(lane)
        real.passes(timedelta(microseconds=1))
        await pair[1].create(NewLane("mine"))

    left = []
    for meanwhile in (reset, make_again):
        shared.meanwhile["get"] = meanwhile  # of what is told about its use
        await pair[0].sweep()
        left.append([[each.id for each in registry] for registry in pair])
        real.passes(HOUR)

    assert left == [[["mine"], ["mine"]]] * 2


# Lives that no lane has


async def test_a_life_that_no_lane_has_is_forgotten_by_the_second_look(
    pair: tuple[Registry, Registry], shared: SharedMemoryStore
) -> None:
    """At the first it may be on its way; lanes and what is known of all of them stay."""
    lane = await pair[0].create(NewLane())
    await shared.begin("lane-9#9")

    await pair[0].sweep()
    after_one = list(shared._lanes)
    await pair[0].sweep()

    assert after_one == [ALL_LANES, lane.key, "lane-9#9"]
    assert list(shared._lanes) == [ALL_LANES, lane.key]


async def test_a_life_that_gets_its_lane_between_two_looks_stays(
    pair: tuple[Registry, Registry], shared: SharedMemoryStore
) -> None:
    """It was on its way."""

    async def sweep() -> None:
        await pair[1].sweep()

    shared.meanwhile["decide"] = sweep  # the accounts are given to it
    lane = await pair[0].create(NewLane())
    await pair[1].sweep()

    assert lane.key in shared._lanes


async def test_at_the_start_a_store_of_one_process_forgets_what_no_lane_has(
    registry: Registry, make_registry: Make, store: Any
) -> None:
    """Nobody else can be about to make a lane of it."""
    lane = await registry.create(NewLane())
    await store.begin("lane-9#9")

    await make_registry()

    assert await store.lanes() == [ALL_LANES, lane.key]


async def test_at_the_start_a_shared_store_forgets_nothing(
    pair: tuple[Registry, Registry], make_registry: Make, shared: SharedMemoryStore
) -> None:
    """Another process may be making it."""
    await shared.begin("lane-9#9")

    await make_registry(over=shared)

    assert "lane-9#9" in shared._lanes
