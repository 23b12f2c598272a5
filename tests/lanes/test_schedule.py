"""What falls due in a lane fires in order: by itself while the clock runs, at once when it is moved."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from equipment.pausing import PausingStore
from equipment.strict import StrictStore
from otp_sandbox.domain import callbacks, challenges, messages
from otp_sandbox.domain.callbacks import CALLBACKS, Attempt, Callback
from otp_sandbox.domain.challenges import Challenge
from otp_sandbox.domain.clock import Clock
from otp_sandbox.domain.messages import MESSAGES, Message
from otp_sandbox.domain.store import Change, Event, State
from otp_sandbox.lanes import attempts as noted
from otp_sandbox.lanes.bells import BREATH
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.lanes.registry import NewLane, Registry
from otp_sandbox.lanes.schedule import Schedule

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
PHONE = "+84900000001"


class Attempts:
    """Records callbacks; while one is out, the real time may pass."""

    def __init__(self, store: StrictStore, real: Any) -> None:
        self.store = store
        self.real = real
        self.takes = timedelta(0)
        self.status = 500
        self.seen: list[str] = []
        self.raises: Exception | None = None

    async def __call__(self, lane: Lane, event: Event) -> bool:
        self.seen.append(event.id)
        self.real.passes(self.takes)
        await asyncio.sleep(0)
        if self.raises is not None:
            raise self.raises
        held = await self.store.get(lane.key, CALLBACKS, event.id)
        assert held is not None
        attempt = Attempt(lane.now(), self.status, None, 1.0, "")
        await self.store.decide(
            lane.key,
            lambda state: callbacks.after_attempt(state.get(CALLBACKS, event.id) or held, attempt),
            lambda: ((CALLBACKS, event.id),),
        )
        return True


@pytest.fixture
def attempts(store: StrictStore, real: Any) -> Attempts:
    return Attempts(store, real)


@pytest.fixture
async def schedule(store: StrictStore, registry: Registry, attempts: Attempts) -> AsyncIterator[Schedule]:
    schedule = Schedule(store, registry, attempts, noted.Attempts(store))
    yield schedule
    await schedule.close()


@pytest.fixture
async def lane(registry: Registry) -> AsyncIterator[Lane]:
    lane = await registry.create(NewLane())
    yield lane
    if lane.timer is not None:
        lane.timer.cancel()


@pytest.fixture
async def frozen(registry: Registry, lane: Lane, real: Any) -> Lane:
    """The lane with a clock that stands still."""
    await registry.change(lane, clock=Clock("frozen", frozen_at=real.now))
    return lane


async def issue(store: StrictStore, lane: Lane, lifetime: timedelta, name: str = "code") -> None:
    def decide(state: State) -> Change[None]:
        change: Change[None] = Change(None)
        now = lane.now()
        code = Challenge(name, "esms", f"{PHONE}{name}", "123456", now, now + lifetime)
        challenges.issue(change, state, code, keep_all=False)
        return change

    await store.decide(lane.key, decide, lambda: challenges.keys_of_issuing("esms", f"{PHONE}{name}"))


async def queue(store: StrictStore, lane: Lane, after: timedelta, name: str = "message") -> None:
    def decide(_: State) -> Change[None]:
        change: Change[None] = Change(None)
        now = lane.now()
        message = Message(
            id=name,
            provider="amoot",
            operation="SendOTP",
            to=PHONE,
            sender="Public",
            text="text",
            code=None,
            price=1,
            state="queued",
            created_at=now,
            request_id="req-1",
            timeline=(("queued", now),),
        )
        messages.queue(change, message, now + after)
        return change

    await store.decide(lane.key, decide)


async def call_back(store: StrictStore, lane: Lane, after: timedelta, *, retries: int = 0) -> None:
    callback = Callback(
        id="callback",
        provider="thuesim",
        event="done",
        url="http://127.0.0.1/",
        method="POST",
        headers={},
        body="{}",
        timeout=SECOND,
        retries=retries,
        retry_after=10 * SECOND,
    )

    def decide(_: State) -> Change[None]:
        change: Change[None] = Change(None)
        callbacks.call_back(change, callback, lane.now() + after)
        return change

    await store.decide(lane.key, decide)


def names(fired: list[Event]) -> list[tuple[str, str]]:
    return [(event.kind, event.id) for event in fired]


async def never() -> bool:
    raise AssertionError


async def background(schedule: Schedule) -> None:
    while schedule._tasks:
        await asyncio.gather(*schedule._tasks)


async def test_advance_fires_in_order_and_reports(schedule: Schedule, store: StrictStore, frozen: Lane) -> None:
    """In the order of their instants, whenever they were scheduled."""
    await issue(store, frozen, 3 * SECOND, "late")
    await issue(store, frozen, SECOND, "early")
    start = frozen.now()

    fired = (await schedule.advance(frozen, start + MINUTE)).fired

    assert names(fired) == [("expiry", "early"), ("expiry", "late")]
    assert [event.at - start for event in fired] == [SECOND, 3 * SECOND]


async def test_what_is_scheduled_on_the_way_fires_too(schedule: Schedule, store: StrictStore, frozen: Lane) -> None:
    """A queued message is sent, and delivered a second later, before what was scheduled after that."""
    await issue(store, frozen, 7 * SECOND)
    await queue(store, frozen, 5 * SECOND)

    fired = (await schedule.advance(frozen, frozen.now() + MINUTE)).fired

    message = await store.get(frozen.key, MESSAGES, "message")
    assert names(fired) == [("send", "message"), ("delivery", "message"), ("expiry", "code")]
    assert message is not None
    assert message.state == "delivered"


@pytest.mark.parametrize(
    ("by", "count"),
    [(SECOND - timedelta(microseconds=1), 0), (SECOND, 1), (SECOND + timedelta(microseconds=1), 1)],
    ids=["just before", "at", "after"],
)
async def test_an_event_fires_when_its_instant_is_reached(
    schedule: Schedule, store: StrictStore, frozen: Lane, by: timedelta, count: int
) -> None:
    """The instant itself counts."""
    await issue(store, frozen, SECOND)

    fired = (await schedule.advance(frozen, frozen.now() + by)).fired

    assert len(fired) == count


async def test_what_no_longer_matters_is_not_reported(schedule: Schedule, store: StrictStore, frozen: Lane) -> None:
    """A superseded code's end is nothing that happens."""
    await issue(store, frozen, SECOND)
    await store.clear(frozen.key, ["recipients"])

    fired = (await schedule.advance(frozen, frozen.now() + MINUTE)).fired

    assert fired == []


async def test_a_frozen_clock_stays_frozen(schedule: Schedule, frozen: Lane, real: Any) -> None:
    """It shows the wanted instant, and real time does nothing to it."""
    until = frozen.now() + MINUTE

    await schedule.advance(frozen, until)
    real.passes(MINUTE)

    assert frozen.clock == Clock("frozen", frozen_at=until)
    assert frozen.now() == until


@pytest.mark.parametrize("clock", [Clock(), Clock("offset", -9 * MINUTE)], ids=["real", "offset"])
async def test_a_running_clock_keeps_running(
    schedule: Schedule, registry: Registry, lane: Lane, real: Any, clock: Clock
) -> None:
    """What was asked for is added to its offset."""
    await registry.change(lane, clock=clock)
    before = lane.now()

    await schedule.advance(lane, before + MINUTE)
    real.passes(SECOND)

    assert lane.clock == Clock("offset", clock.offset + MINUTE)
    assert lane.now() == before + MINUTE + SECOND


async def test_time_that_passes_during_callbacks_is_not_taken_back(
    schedule: Schedule, store: StrictStore, lane: Lane, attempts: Attempts
) -> None:
    """A running clock has gone on while somebody answered slowly."""
    attempts.takes, attempts.status = 3 * SECOND, 200
    await call_back(store, lane, SECOND)
    before = lane.now()

    await schedule.advance(lane, before + MINUTE)

    assert lane.now() == before + MINUTE + 3 * SECOND


async def test_advancing_by_nothing_changes_nothing(schedule: Schedule, store: StrictStore, lane: Lane) -> None:
    """A real clock stays real; what is due now fires."""
    await issue(store, lane, timedelta(0))

    fired = (await schedule.advance(lane, lane.now())).fired

    assert names(fired) == [("expiry", "code")]
    assert lane.clock == Clock()


async def test_nobody_moves_a_clock_back(schedule: Schedule, frozen: Lane) -> None:
    """Of two that move a frozen clock at once, the later instant stays."""
    start = frozen.now()

    await asyncio.gather(schedule.advance(frozen, start + 10 * MINUTE), schedule.advance(frozen, start + MINUTE))

    assert frozen.now() == start + 10 * MINUTE


async def test_the_clock_stops_at_the_event_that_fulfils(schedule: Schedule, store: StrictStore, frozen: Lane) -> None:
    """What comes later is still to come."""
    await queue(store, frozen, 5 * SECOND)
    start = frozen.now()

    async def sent() -> bool:
        message = await store.get(frozen.key, MESSAGES, "message")
        return message is not None and message.state == "sent"

    fired = (await schedule.advance(frozen, start + MINUTE, sent)).fired

    assert names(fired) == [("send", "message")]
    assert frozen.now() == start + 5 * SECOND
    assert await store.next_due(frozen.key) == start + 6 * SECOND


async def test_a_running_clock_goes_on_from_the_event_that_fulfils(
    schedule: Schedule, store: StrictStore, lane: Lane, real: Any
) -> None:
    """And its timer waits for what comes next."""
    await issue(store, lane, 5 * SECOND, "first")
    await issue(store, lane, 9 * SECOND, "second")
    start = lane.now()

    async def at_once() -> bool:
        return True

    await schedule.advance(lane, start + MINUTE, at_once)
    real.passes(SECOND)

    assert lane.now() == start + 6 * SECOND
    assert lane.timer_at == start + 9 * SECOND


async def test_a_wish_that_is_not_fulfilled_takes_all_the_time(
    schedule: Schedule, store: StrictStore, frozen: Lane
) -> None:
    """The clock reaches the wanted instant."""
    await queue(store, frozen, SECOND)
    until = frozen.now() + MINUTE

    async def never() -> bool:
        return False

    fired = (await schedule.advance(frozen, until, never)).fired

    assert len(fired) == 2
    assert frozen.now() == until


async def test_callbacks_are_awaited_with_their_retries(
    schedule: Schedule, store: StrictStore, frozen: Lane, attempts: Attempts
) -> None:
    """Every attempt is made at its instant before the clock arrives."""
    await call_back(store, frozen, SECOND, retries=2)
    start = frozen.now()

    fired = (await schedule.advance(frozen, start + MINUTE)).fired

    callback = await store.get(frozen.key, CALLBACKS, "callback")
    assert callback is not None
    assert names(fired) == [("callback", "callback")] * 3
    assert [each.at - start for each in callback.attempts] == [SECOND, 11 * SECOND, 21 * SECOND]
    assert callback.state == "failed"


async def test_settling_fires_what_is_due_by_now(schedule: Schedule, store: StrictStore, lane: Lane, real: Any) -> None:
    """And nothing that is still to come."""
    await queue(store, lane, SECOND)
    await issue(store, lane, MINUTE)
    real.passes(30 * SECOND)

    await schedule.settle(lane)

    message = await store.get(lane.key, MESSAGES, "message")
    assert message is not None
    assert [state for state, _ in message.timeline] == ["queued", "sent", "delivered"]
    assert await store.next_due(lane.key) is not None


async def test_settling_does_not_wait_for_callbacks(
    schedule: Schedule, store: StrictStore, lane: Lane, attempts: Attempts
) -> None:
    """They go out in the background."""
    attempts.status = 200
    await call_back(store, lane, timedelta(0))

    await schedule.settle(lane)
    before = list(attempts.seen)
    await background(schedule)

    callback = await store.get(lane.key, CALLBACKS, "callback")
    assert before == []
    assert attempts.seen == ["callback"]
    assert callback is not None
    assert callback.state == "done"


async def test_a_failure_in_the_background_is_logged(
    schedule: Schedule, store: StrictStore, lane: Lane, attempts: Attempts, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing else stops for it."""
    attempts.raises = RuntimeError("broken")
    await call_back(store, lane, timedelta(0))

    with caplog.at_level(logging.ERROR):
        await schedule.settle(lane)
        await background(schedule)

    assert "an event of the schedule failed" in caplog.text


async def test_closing_cuts_what_is_still_going_on(store: StrictStore, registry: Registry, lane: Lane) -> None:
    """Nobody waits for a server that does not answer."""
    ended = []

    async def never(lane: Lane, event: Event) -> bool:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(event.id)
        return True

    schedule = Schedule(store, registry, never, noted.Attempts(store))
    await call_back(store, lane, timedelta(0))
    await schedule.settle(lane)
    await asyncio.sleep(0)

    await schedule.close()

    assert ended == ["callback"]


def left(lane: Lane) -> timedelta:
    """Tell in how much real time the lane's timer rings."""
    assert lane.timer is not None
    return timedelta(seconds=lane.timer.when() - asyncio.get_running_loop().time())


async def test_a_running_lane_sets_a_timer_for_what_falls_due(schedule: Schedule, lane: Lane) -> None:
    """It rings when the event is due."""
    due = lane.now() + MINUTE

    schedule.arm(lane, due)

    assert lane.timer_at == due
    assert MINUTE - 10 * SECOND < left(lane) <= MINUTE + BREATH


@pytest.mark.parametrize("overdue", [timedelta(0), MINUTE])
async def test_a_timer_waits_a_breath_at_most_for_what_is_due(
    schedule: Schedule, lane: Lane, overdue: timedelta
) -> None:
    """So that a busy lane settles in batches."""
    schedule.arm(lane, lane.now() - overdue)

    assert timedelta(0) < left(lane) + SECOND <= BREATH + SECOND


async def test_nothing_due_sets_no_timer(schedule: Schedule, lane: Lane) -> None:
    """There is nothing that it could wait for."""
    schedule.arm(lane, None)

    assert lane.timer is None


async def test_a_frozen_lane_sets_no_timer(schedule: Schedule, frozen: Lane) -> None:
    """Its events fall due when somebody moves the clock."""
    schedule.arm(frozen, frozen.now() + SECOND)

    assert frozen.timer is None


async def test_an_earlier_event_sets_the_timer_anew(schedule: Schedule, lane: Lane) -> None:
    """A later one leaves it as it is."""
    now = lane.now()
    schedule.arm(lane, now + 2 * MINUTE)
    first = lane.timer
    assert first is not None

    schedule.arm(lane, now + 3 * MINUTE)
    same = lane.timer
    schedule.arm(lane, now + MINUTE)

    assert same is first
    assert first.cancelled()
    assert lane.timer_at == now + MINUTE


async def test_moving_a_clock_brings_its_timer_forward(schedule: Schedule, store: StrictStore, lane: Lane) -> None:
    """What is still to come is nearer by as much as the clock was moved."""
    await issue(store, lane, 5 * MINUTE)
    schedule.arm(lane, await store.next_due(lane.key))

    await schedule.advance(lane, lane.now() + 4 * MINUTE)

    assert left(lane) <= MINUTE + BREATH


async def test_a_timer_that_rings_settles_and_waits_for_the_next(
    schedule: Schedule, store: StrictStore, lane: Lane, real: Any
) -> None:
    """One event after the other, without anybody asking."""
    await queue(store, lane, SECOND)
    await issue(store, lane, MINUTE)
    start = lane.now()
    schedule.arm(lane, await store.next_due(lane.key))
    assert lane.timer is not None
    lane.timer.cancel()
    real.passes(10 * SECOND)

    schedule._ring(lane)
    await background(schedule)

    message = await store.get(lane.key, MESSAGES, "message")
    assert message is not None
    assert message.state == "delivered"
    assert lane.timer_at == start + MINUTE


async def test_a_callback_whose_turn_comes_in_the_next_life_is_not_sent(
    schedule: Schedule, registry: Registry, store: StrictStore, lane: Lane, attempts: Attempts
) -> None:
    """There may be one of the same id there, and it is not due yet."""
    await call_back(store, lane, timedelta(0))
    await schedule.settle(lane)

    await registry.reset(lane)
    await call_back(store, lane, MINUTE)
    await background(schedule)

    assert attempts.seen == []
    callback = await store.get(lane.key, CALLBACKS, "callback")
    assert callback is not None
    assert callback.attempts == ()


@pytest.mark.parametrize("ends", [Registry.reset, Registry.delete])
async def test_a_timer_that_has_rung_already_does_nothing_in_a_lane_that_ended(
    schedule: Schedule,
    registry: Registry,
    lane: Lane,
    caplog: pytest.LogCaptureFixture,
    ends: Callable[[Registry, Lane], Awaitable[None]],
) -> None:
    """There is nothing due in the next life, and nothing at all in a lane that is gone; neither is a failure."""
    schedule.arm(lane, lane.now())

    await ends(registry, lane)
    schedule._ring(lane)
    await background(schedule)

    assert lane.timer is None
    assert caplog.text == ""


async def test_a_lane_that_is_deleted_while_it_settles_is_no_failure(
    make_registry: Callable[..., Awaitable[Registry]], caplog: pytest.LogCaptureFixture
) -> None:
    """A store may take its time, and the timer has rung."""
    store = PausingStore()
    registry = await make_registry(over=store)
    schedule = Schedule(store, registry, lambda *_: never(), noted.Attempts(store))
    lane = await registry.create(NewLane())
    await issue(store, lane, timedelta(0))
    schedule.arm(lane, lane.now())
    lane.stop_timer()
    store.meanwhile["fire_all"] = lambda: registry.delete(lane)

    schedule._ring(lane)
    await background(schedule)

    assert store.meanwhile == {}
    assert caplog.text == ""


async def test_a_failure_of_a_timer_is_logged(
    schedule: Schedule, store: StrictStore, lane: Lane, caplog: pytest.LogCaptureFixture
) -> None:
    """Though nobody waits for it, and it is over at once."""
    await store.decide(lane.key, lambda _: Change(None, due=[Event(lane.now(), "no such kind", "esms", "e")]))

    schedule._ring(lane)
    await background(schedule)

    assert "an event of the schedule failed" in caplog.text


async def test_the_timer_of_a_deleted_lane_does_not_ring(schedule: Schedule, registry: Registry, lane: Lane) -> None:
    """Nothing happens any more in a lane that is gone."""
    schedule.arm(lane, lane.now() + MINUTE)
    timer = lane.timer
    assert timer is not None

    await registry.delete(lane)

    assert timer.cancelled()


async def test_many_events_do_not_fire_in_one_go(
    schedule: Schedule, store: StrictStore, lane: Lane, real: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a laptop slept, a hundred thousand may be due: others get their turn in between."""
    monkeypatch.setattr("otp_sandbox.lanes.schedule.AT_ONCE", 3)
    turns = 0

    async def turn(_: float) -> None:
        nonlocal turns
        turns += 1

    monkeypatch.setattr("otp_sandbox.lanes.schedule.asyncio.sleep", turn)
    for number in range(10):
        await store.decide(
            lane.key,
            lambda _, number=number: Change(None, due=[Event(lane.now(), "expiry", "esms", str(number), PHONE)]),
        )
    real.passes(SECOND)

    await schedule.settle(lane)

    assert turns == 3
    assert await store.next_due(lane.key) is None
