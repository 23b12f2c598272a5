"""An attempt at a callback is noted before its request goes out; one that nobody makes any more is made again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from equipment.pausing import PausingStore
from equipment.strict import StrictStore
from otp_sandbox.domain import callbacks
from otp_sandbox.domain.attempts import GRACE, NO_RESULT, UNDERWAY, Lease, Underway
from otp_sandbox.domain.callbacks import CALLBACKS, Attempt, Callback
from otp_sandbox.domain.clock import Clock
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Event, State
from otp_sandbox.domain.store_errors import StoreTrouble
from otp_sandbox.lanes.attempts import LEASE_MOST, Attempts
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.lanes.registry import NewLane, Registry
from otp_sandbox.lanes.schedule import Schedule

SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
TIMEOUT = 5 * SECOND
ID = "callback"
CALLBACK = Callback(
    id=ID,
    provider="thuesim",
    event="done",
    url="http://127.0.0.1/",
    method="POST",
    headers={},
    body="{}",
    timeout=TIMEOUT,
    retries=0,
    retry_after=10 * SECOND,
)


class SharedStore(PausingStore):
    """A store that several processes have in common. `in_trouble` fails that many changes after they were made."""

    def __init__(self, *, shared: bool = True) -> None:
        super().__init__()
        self.is_shared = shared
        self.reminders: list[datetime] = []
        self.in_trouble = 0

    @property
    def shared(self) -> bool:
        return self.is_shared

    def remind(self, lane: str, at: datetime) -> None:
        assert "#" in lane
        self.reminders.append(at)

    async def decide(self, *args: Any, **more: Any) -> Any:
        change = await super().decide(*args, **more)
        self._fail()
        return change

    async def fire_all(self, *args: Any, **named: Any) -> Any:
        fired = await super().fire_all(*args, **named)
        if fired:
            self._fail()
        return fired

    def _fail(self) -> None:
        if self.in_trouble:
            self.in_trouble -= 1
            raise StoreTrouble("the store is away")


class Process:
    """A process that plays the lane. `answers` are what the customer says, `holds` what it waits for before that."""

    def __init__(self, store: SharedStore, registry: Registry) -> None:
        self.attempts = Attempts(store)
        self.schedule = Schedule(store, registry, self.attempt, self.attempts)
        self.sent: list[Callback] = []
        self.answers: list[int | None] = []
        self.hold: asyncio.Event | None = None

    async def attempt(self, lane: Lane, event: Event) -> bool:
        return await self.attempts.make(lane, event.id, self.exchange) is not None

    async def exchange(self, callback: Callback, now: Callable[[], datetime]) -> Attempt:
        self.sent.append(callback)
        if self.hold is not None:
            await self.hold.wait()
        status = self.answers.pop(0) if self.answers else 200
        return Attempt(now(), status, None if status else "refused", 1.0, "")

    async def background(self) -> None:
        while self.schedule._tasks:
            await asyncio.gather(*self.schedule._tasks)

    async def until_sent(self) -> None:
        while not self.sent:  # noqa: ASYNC110  (nothing tells; each turn lets others work)
            await asyncio.sleep(0)


@pytest.fixture
def store() -> StrictStore:
    return SharedStore()


@pytest.fixture
async def lane(registry: Registry, real: Any) -> AsyncIterator[Lane]:
    lane = await registry.create(NewLane(clock=Clock("frozen", frozen_at=real.now)))
    yield lane
    lane.stop_timer()


@pytest.fixture
async def start(store: SharedStore, registry: Registry) -> AsyncIterator[Callable[[], Process]]:
    """Start processes."""
    started: list[Process] = []

    def begin() -> Process:
        started.append(Process(store, registry))
        return started[-1]

    yield begin
    for each in started:
        await each.schedule.close()


async def call_back(store: StrictStore, lane: Lane, callback: Callback = CALLBACK) -> None:
    def decide(_: State) -> Change[None]:
        change: Change[None] = Change(None)
        callbacks.call_back(change, callback, lane.now())
        return change

    await store.decide(lane.key, decide)


async def is_killed(start: Callable[[], Process], lane: Lane) -> Process:
    """Let a process take what is due, and end while it sends."""
    process = start()
    process.hold = asyncio.Event()
    await process.schedule.settle(lane)
    await process.until_sent()
    await process.schedule.close()
    return process


async def note_of(store: StrictStore, lane: Lane) -> tuple[Lease, ...]:
    found: list[Underway] = [each.entry for each in await store.entries(lane.key, UNDERWAY)]
    return tuple(lease for each in found for lease in each.leases)


async def tried(store: StrictStore, lane: Lane) -> tuple[str, list[tuple[int | None, bool]]]:
    """Tell the state of the callback, and of each attempt the status and whether it is doubtful."""
    held = await store.get(lane.key, CALLBACKS, ID)
    assert held is not None
    return held.state, [(each.status, each.doubtful) for each in held.attempts]


DOUBTFUL = (None, True)


async def test_an_attempt_is_noted_as_long_as_it_goes_on(
    store: SharedStore, lane: Lane, start: Callable[[], Process], real: Any
) -> None:
    """In the step that takes it off the schedule, and until the one that records it; somebody looks when it is over."""
    await call_back(store, lane)
    process = start()
    process.hold = asyncio.Event()

    await process.schedule.settle(lane)
    at_once = await note_of(store, lane)
    await process.until_sent()
    while_sent = await note_of(store, lane)
    process.hold.set()
    await process.background()

    (lease,) = at_once
    assert while_sent == at_once
    assert (lease.at, lease.until) == (lane.now(), real.now + TIMEOUT + GRACE)
    assert set(store.reminders) == {lease.until + SECOND}
    assert await note_of(store, lane) == ()
    assert await tried(store, lane) == ("done", [(200, False)])


async def test_a_process_alone_reminds_nobody(store: SharedStore, lane: Lane, start: Callable[[], Process]) -> None:
    store.is_shared = False
    await call_back(store, lane)
    process = start()

    await process.schedule.settle(lane)
    await process.background()

    assert store.reminders == []


async def test_a_lost_attempt_is_doubtful_and_made_again(
    store: SharedStore, lane: Lane, start: Callable[[], Process], real: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """At once, with the same bytes; the customer sees it twice. One line says so."""
    await call_back(store, lane)
    dead = await is_killed(start, lane)
    real.passes(TIMEOUT + GRACE)
    other = start()

    with caplog.at_level(logging.WARNING):
        await other.schedule.take_over(lane)
        await other.background()

    held = await store.get(lane.key, CALLBACKS, ID)
    assert held is not None
    assert await tried(store, lane) == ("done", [DOUBTFUL, (200, False)])
    assert (held.attempts[0].error, held.attempts[0].at) == (NO_RESULT, lane.now())
    sent = [replace(each, attempts=()) for each in dead.sent + other.sent]
    assert sent == [CALLBACK, CALLBACK]
    assert await note_of(store, lane) == ()
    assert "whoever sent callback in lane lane-1 has ended; GET /_sandbox/v1/lanes/lane-1/callbacks" in caplog.text


@pytest.mark.parametrize(
    ("passes", "taken"), [(-TICK, False), (timedelta(0), True), (TICK, True)], ids=["just before", "at", "after"]
)
async def test_others_wait_until_the_time_of_an_attempt_is_over(  # noqa: PLR0917  (two columns, and fixtures)
    store: SharedStore,
    lane: Lane,
    start: Callable[[], Process],
    real: Any,
    passes: timedelta,
    taken: bool,  # noqa: FBT001  (a column of the table)
) -> None:
    """Until then the one that makes it may be alive, and somebody looks again then."""
    await call_back(store, lane)
    await is_killed(start, lane)
    lease = (await note_of(store, lane))[0]
    store.reminders.clear()
    real.passes(TIMEOUT + GRACE + passes)
    other = start()

    await other.schedule.take_over(lane)
    await other.background()

    assert len(other.sent) == taken
    assert (lease.until + SECOND in store.reminders) is not taken


async def test_alone_it_waits_for_nobody(store: SharedStore, lane: Lane, start: Callable[[], Process]) -> None:
    """Whoever has left a note in a store of one process has ended."""
    store.is_shared = False
    await call_back(store, lane)
    await is_killed(start, lane)
    other = start()

    await other.schedule.take_over(lane)
    await other.background()

    assert await tried(store, lane) == ("done", [DOUBTFUL, (200, False)])


@pytest.mark.parametrize("shared", [True, False])
async def test_nobody_takes_over_what_it_still_does_itself(
    store: SharedStore, lane: Lane, start: Callable[[], Process], real: Any, *, shared: bool
) -> None:
    """The customer answers late, and this process was asleep, too."""
    store.is_shared = shared
    await call_back(store, lane)
    process = start()
    process.hold = asyncio.Event()
    await process.schedule.settle(lane)
    await process.until_sent()
    real.passes(timedelta(days=1))

    await process.schedule.take_over(lane)
    process.hold.set()
    await process.background()

    assert len(process.sent) == 1
    assert await tried(store, lane) == ("done", [(200, False)])


async def test_what_has_begun_and_was_never_made_is_made(
    store: SharedStore, lane: Lane, start: Callable[[], Process], real: Any
) -> None:
    """The event was taken, but the store could not say so: nobody has heard of it."""
    store.is_shared = False
    await call_back(store, lane)
    process = start()
    store.in_trouble = 1
    with pytest.raises(StoreTrouble):
        await process.schedule.settle(lane)

    process.schedule._look(lane)
    await process.background()
    early = len(process.sent)
    real.passes(TIMEOUT + GRACE)
    await process.schedule.take_over(lane)
    await process.background()

    assert early == 0
    assert await tried(store, lane) == ("done", [DOUBTFUL, (200, False)])


async def test_a_lane_is_looked_at_again_after_trouble(
    store: SharedStore, lane: Lane, start: Callable[[], Process]
) -> None:
    """Once, however often there is trouble, when all that was begun is over."""
    process = start()
    for number in range(2):
        await call_back(store, lane, replace(CALLBACK, id=f"{ID}-{number}"))
        store.in_trouble = 1
        with pytest.raises(StoreTrouble):
            await process.schedule.settle(lane)

    (look,) = process.schedule._looks.values()
    left = look.when() - asyncio.get_running_loop().time()
    await process.schedule.close()

    assert left > LEASE_MOST.total_seconds() - 60
    assert look.cancelled()


@pytest.mark.parametrize("shared", [True, False])
async def test_whoever_looks_at_a_shared_lane_takes_over(
    store: SharedStore, lane: Lane, start: Callable[[], Process], real: Any, *, shared: bool
) -> None:
    """Also while somebody moves its clock. Alone, that is done at the start, and costs nothing after that."""
    await call_back(store, lane)
    await is_killed(start, lane)
    real.passes(TIMEOUT + GRACE)
    store.is_shared = shared
    other = start()

    async with lane.moving:
        await other.schedule.catch_up(lane)
        await other.background()

    assert len(other.sent) == shared


async def test_of_two_that_take_over_one_does(
    store: SharedStore, lane: Lane, start: Callable[[], Process], real: Any
) -> None:
    """Both have seen the note before either has decided."""
    await call_back(store, lane)
    await is_killed(start, lane)
    real.passes(TIMEOUT + GRACE)
    takers = [start() for _ in range(5)]

    await asyncio.gather(*(each.schedule.take_over(lane) for each in takers))
    for each in takers:
        await each.background()

    assert sum(len(each.sent) for each in takers) == 1
    assert await tried(store, lane) == ("done", [DOUBTFUL, (200, False)])


@pytest.mark.parametrize(
    ("retries", "answers", "state", "attempts"),
    [
        (0, [500], "failed", [DOUBTFUL, (500, False)]),
        (0, [200], "done", [DOUBTFUL, (200, False)]),
        (1, [500], "failed", [DOUBTFUL, (500, False)]),
        (2, [500, 500], "failed", [DOUBTFUL, (500, False), (500, False)]),
        (2, [500, 204], "done", [DOUBTFUL, (500, False), (204, False)]),
    ],
)
async def test_a_doubtful_attempt_counts(  # noqa: PLR0917  (four columns, and fixtures)
    store: SharedStore,
    lane: Lane,
    start: Callable[[], Process],
    real: Any,
    retries: int,
    answers: list[int | None],
    state: str,
    attempts: list[tuple[int | None, bool]],
) -> None:
    """As one of those that a callback has. Where it was the last one, there is one more."""
    await call_back(store, lane, replace(CALLBACK, retries=retries))
    await is_killed(start, lane)
    real.passes(TIMEOUT + GRACE)
    other = start()
    other.answers = answers

    await other.schedule.take_over(lane)
    await other.background()
    await other.schedule.advance(lane, timedelta(hours=1))

    assert await tried(store, lane) == (state, attempts)


async def test_one_that_is_lost_again_is_made_again(
    store: SharedStore, lane: Lane, start: Callable[[], Process], real: Any
) -> None:
    """As often as it takes: an attempt is known to be made at last."""
    await call_back(store, lane)
    for _ in range(3):
        await is_killed(start, lane)
        real.passes(TIMEOUT + GRACE)
        await start().attempts.take_over(lane)
    last = start()

    await last.schedule.settle(lane)
    await last.background()

    assert await tried(store, lane) == ("done", [DOUBTFUL, DOUBTFUL, DOUBTFUL, (200, False)])


@pytest.mark.parametrize(("late", "state"), [(200, "done"), (500, "pending")])
async def test_a_result_that_comes_late_is_recorded(  # noqa: PLR0917  (two columns, and fixtures)
    store: SharedStore, lane: Lane, start: Callable[[], Process], real: Any, late: int, state: str
) -> None:
    """Its process was thought to have ended. Who took over sees to what comes next, so that no retry comes twice."""
    await call_back(store, lane, replace(CALLBACK, retries=5))
    slow, other = start(), start()
    slow.hold = asyncio.Event()
    slow.answers = [late]
    await slow.schedule.settle(lane)
    await slow.until_sent()
    real.passes(TIMEOUT + GRACE)
    await other.attempts.take_over(lane)

    slow.hold.set()
    await slow.background()
    recorded = await tried(store, lane)
    fired = await other.schedule.advance(lane, timedelta())

    assert recorded == (state, [DOUBTFUL, (late, False)])
    assert len(other.sent) == len(fired.fired) == (state == "pending")
    assert (await tried(store, lane))[0] == "done"
    assert await store.next_due(lane.key) is None


async def test_several_attempts_at_one_callback_are_noted_each(
    store: SharedStore, lane: Lane, start: Callable[[], Process], real: Any
) -> None:
    """One is asked for while another one goes on, in another process."""
    await call_back(store, lane)
    dead = await is_killed(start, lane)
    other = start()
    assert await other.attempts.ask(lane, ID)
    noted = len(await note_of(store, lane))
    other.answers = [500]

    await other.attempts.make(lane, ID, other.exchange, asked=True)
    real.passes(TIMEOUT + GRACE)
    left = len(await note_of(store, lane))
    await other.schedule.take_over(lane)
    await other.background()

    assert (noted, left, len(dead.sent), len(other.sent)) == (2, 1, 1, 2)
    assert await tried(store, lane) == ("done", [(500, False), DOUBTFUL, (200, False)])


async def test_one_that_was_taken_rests(
    store: SharedStore, lane: Lane, start: Callable[[], Process], real: Any
) -> None:
    """The customer has it; that it was asked for once more and got lost is told, and makes no failure of it."""
    await call_back(store, lane)
    process = start()
    await process.schedule.advance(lane, timedelta())
    assert await process.attempts.ask(lane, ID)
    real.passes(TIMEOUT + GRACE)
    other = start()

    await other.schedule.take_over(lane)
    await other.background()

    assert other.sent == []
    assert await tried(store, lane) == ("done", [(200, False), DOUBTFUL])


async def test_nobody_asks_for_a_callback_that_is_not_there(
    store: SharedStore, lane: Lane, start: Callable[[], Process]
) -> None:
    assert not await start().attempts.ask(lane, "nothing")
    assert await note_of(store, lane) == ()


async def test_one_that_is_forgotten_meanwhile_leaves_nothing(
    store: SharedStore, lane: Lane, start: Callable[[], Process], real: Any
) -> None:
    """Neither by whoever makes it, nor by whoever takes it over."""
    await call_back(store, lane)
    await is_killed(start, lane)
    await store.clear(lane.key, [CALLBACKS.name])
    real.passes(TIMEOUT + GRACE)
    other = start()

    await other.schedule.take_over(lane)
    await other.background()

    assert other.sent == []
    assert await note_of(store, lane) == ()
    assert await store.next_due(lane.key) is None


@pytest.mark.parametrize("ends", [Registry.reset, Registry.delete])
async def test_a_lane_that_ends_forgets_what_is_under_way(  # noqa: PLR0917  (a column, and fixtures)
    store: SharedStore,
    registry: Registry,
    lane: Lane,
    start: Callable[[], Process],
    real: Any,
    ends: Callable[[Registry, Lane], Awaitable[None]],
) -> None:
    await call_back(store, lane)
    await is_killed(start, lane)
    real.passes(TIMEOUT + GRACE)
    other = start()

    await ends(registry, lane)
    await other.schedule.take_over(lane)
    await other.background()

    assert other.sent == []


async def test_a_result_waits_until_it_can_be_kept(
    store: SharedStore, lane: Lane, start: Callable[[], Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is recorded once, though the store could not say that it was: with its retry once, too."""
    monkeypatch.setattr("otp_sandbox.lanes.attempts._AGAIN", 0)
    await call_back(store, lane, replace(CALLBACK, retries=5))
    process = start()
    process.hold = asyncio.Event()
    process.answers = [500]
    await process.schedule.settle(lane)
    await process.until_sent()

    store.in_trouble = 3
    process.hold.set()
    await process.background()
    content = await store.content(lane.key, [])

    assert await tried(store, lane) == ("pending", [(500, False)])
    assert len(content.due) == 1
    assert await note_of(store, lane) == ()


async def test_callbacks_go_out_in_the_order_in_which_they_fall_due(
    store: SharedStore, lane: Lane, start: Callable[[], Process]
) -> None:
    names = [f"{ID}-{number}" for number in range(20)]
    for name in names:
        await call_back(store, lane, replace(CALLBACK, id=name))
    process = start()

    await process.schedule.settle(lane)
    await process.background()

    assert [each.id for each in process.sent] == names


async def test_what_is_read_is_named(store: SharedStore, lane: Lane, start: Callable[[], Process]) -> None:
    """So that a store fetches it in one go."""
    await call_back(store, lane)
    store.unnamed.clear()
    process = start()

    await process.schedule.settle(lane)
    await process.background()
    await process.attempts.ask(lane, ID)

    assert store.unnamed == []
