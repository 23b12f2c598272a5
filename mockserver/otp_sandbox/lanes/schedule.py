"""What falls due in a lane: by itself while its clock runs, in order when the clock is moved."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from otp_sandbox.contract import EventHandler
from otp_sandbox.domain.clock import Clock
from otp_sandbox.domain.clock_log import note_clock
from otp_sandbox.domain.store import Change, Event, Fired, State, Store
from otp_sandbox.domain.store_errors import LaneGone, StoreTrouble
from otp_sandbox.lanes.advanced import Advanced
from otp_sandbox.lanes.attempts import LEASE_MOST, Attempts
from otp_sandbox.lanes.bells import Bells
from otp_sandbox.lanes.common_events import bend, handler_of, is_callback, names_keys
from otp_sandbox.lanes.eager import Begun
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.lanes.registry import Registry

EVENTS_MOST = 100_000
"""Events that one advance fires. There may be more: retries, and what follows from events."""

AGAIN = timedelta(seconds=1)
"""After which a store that could keep nothing is asked again."""
LATE = timedelta(seconds=1)
"""After which another process may see to what a process was to see to."""
GLANCE = timedelta(minutes=1)
"""How long a timer waits at most: timers stand still while the machine sleeps, and the real clock does not."""

AT_ONCE = 1_000
"""Events that fire in one go: some 20 ms. Others get their turn then, and whoever asks meanwhile has to wait too, so it
is more than what falls due between two rings of a busy lane's timer."""
Attempt = Callable[[Lane, Event], Awaitable[bool]]
_LOG = logging.getLogger("otp_sandbox.schedule")


class Schedule:
    """Fires what falls due.

    Args:
        store: where the schedules are.
        registry: keeps the clocks.
        attempt: makes a callback's HTTP request and records it.
        attempts: notes that one begins.
        most: how many events one advance fires.
    """

    def __init__(
        self, store: Store, registry: Registry, attempt: Attempt, attempts: Attempts, *, most: int = EVENTS_MOST
    ) -> None:
        self._store = store
        self._registry = registry
        self._attempt = attempt
        self._attempts = attempts
        self._most = most
        self._shared = store.shared
        self._bells = Bells(self._ring)
        self._looks: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    async def settle(self, lane: Lane) -> Fired | None:
        """Fire what is due by the lane's clock; callbacks go out in the background.

        Gives the last one that was fired, if it tells that nothing more is due.
        """
        now, key = lane.now(), lane.key
        decide, keys = self._decides(lane), names_keys(lane)
        with self.looking_again(lane):
            while all_fired := await self._store.fire_all(key, now, decide, keys, most=AT_ONCE):
                for fired in all_fired:
                    if fired.event.kind == "callback" and fired.happened:
                        self._background(self._attempt_and_arm(lane, key, fired.event))
                if fired.next_due is None or fired.next_due > now:
                    return fired
                await asyncio.sleep(0)
        return None

    async def settle_and_arm(self, lane: Lane) -> None:
        """Fire what is due, and make sure that the rest comes."""
        last = await self.settle(lane)
        self.arm(lane, await self._store.next_due(lane.key) if last is None else last.next_due)

    async def catch_up(self, lane: Lane) -> None:
        """Fire what is due before somebody looks: no timer has rung where the machine slept, or its clock was set.

        What fails is logged, so that the rest can be looked at all the same. Where the clock is being moved, whoever
        moves it fires what is due.
        """
        if self._store.shared:  # else there are no others that may have ended
            await _log_failure(self.take_over(lane))
        if lane.moving.locked():
            return
        if lane.timer_at is not None and lane.timer_at <= lane.now():
            lane.stop_timer()  # it would ring late
        await _log_failure(self._settled_or_gone(lane))

    async def resume(self, lane: Lane) -> None:
        """Go on where another process has ended: what falls due comes by itself, what it left half done is done."""
        await self.take_over(lane)
        self.arm(lane, await self._store.next_due(lane.key))

    async def take_over(self, lane: Lane) -> None:
        """Send callbacks again whose sender has ended, by itself or for good, before it could say how they went."""
        with suppress(LaneGone, StoreTrouble), self.looking_again(lane):
            if await self._attempts.take_over(lane):
                self._background(self._settled_or_gone(lane))

    async def advance(
        self,
        lane: Lane,
        target: datetime | timedelta,
        fulfilled: Callable[[], Awaitable[bool]] | None = None,
        *,
        wanted: Callable[[], bool] = lambda: True,
    ) -> Advanced:
        """Move the lane's clock to an instant, or by a length, and fire what falls due on the way, callbacks included.

        With `fulfilled`, the clock stops at the event after which it is true; it also stops after so many events, and
        when it is no longer `wanted`.

        Raises:
            LaneGone: the lane was deleted or reset meanwhile. What is in its next life is left alone.
        """
        async with lane.moves() as life:
            clock = lane.clock
            try:
                advanced = await self._advance(lane, life, target, fulfilled, wanted)
                await self._keep_clock(lane, life)
            finally:
                lane.clock = lane.record.clock
            if lane.clock != clock:
                await note_clock(self._store, life, lane.now())
        self.arm(lane, await self._store.next_due(life))
        return advanced

    async def _advance(
        self,
        lane: Lane,
        life: str,
        target: datetime | timedelta,
        fulfilled: Callable[[], Awaitable[bool]] | None,
        wanted: Callable[[], bool],
    ) -> Advanced:
        fired: list[Event] = []
        start, clock, count, pause = lane.now(), lane.clock, 0, AT_ONCE
        until = start + target if isinstance(target, timedelta) else target
        while (due := await self._store.next_due(life)) is not None and due <= until:
            if count >= self._most or not wanted():
                return Advanced(fired, more=True)
            if due > lane.now():
                await self._keep_clock(lane, life)
                lane.clock = lane.clock.moved_to(due, lane.real_now())
            most = 1 if fulfilled is not None else min(AT_ONCE, self._most - count)
            found, happened = await self._fire(lane, life, until, most)
            count += max(len(found), 1)
            if found and found[-1].at > lane.now():
                lane.clock = lane.clock.moved_to(found[-1].at, lane.real_now())
            fired += happened
            if happened and fulfilled is not None and await fulfilled():
                return Advanced(fired)
            if count >= pause:
                pause = count + AT_ONCE
                await asyncio.sleep(0)
        if not wanted():
            return Advanced(fired, more=True)
        # A running clock has gone on while callbacks were answered: what was asked for is added to the old offset.
        if until > start:
            moved = Clock("offset", clock.offset + (until - start)) if clock.runs else Clock("frozen", frozen_at=until)
            await self._move(lane, life, moved)
        return Advanced(fired)

    async def _fire(self, lane: Lane, life: str, until: datetime, most: int) -> tuple[list[Event], list[Event]]:
        """Fire the next events, a callback alone and with its answer. Gives them, and those by which anything happened.

        There may be none, where another process was faster.
        """
        decides, keys = self._decides(lane), names_keys(lane)
        with self.looking_again(lane):
            found = await self._store.fire_all(life, until, decides, keys, most=most, alone=is_callback)
        happened = [each.event for each in found if each.happened]
        if happened and is_callback(happened[0]):
            lane.check_life(life)
            await self._keep_clock(lane, life)
            if not await self._attempt(lane, happened[0]):
                happened = []
        return [each.event for each in found], happened

    async def _keep_clock(self, lane: Lane, life: str) -> None:
        """Let others know how far the clock is. They find nothing due there that is to be told of the advance."""
        if lane.clock != lane.record.clock:
            await self._move(lane, life, lane.clock)

    def _decides(self, lane: Lane) -> Callable[[Event, State], Change[bool]]:
        begins: Callable[[str, State], Change[bool]] | None = None  # few lanes have callbacks

        def decide(event: Event, state: State) -> Change[bool]:
            nonlocal begins
            if event.kind == "callback":
                begins = begins or self._attempts.begins(lane)
                return begins(event.id, state)
            change = handler_of(lane, event)(event, state, lane.context(event.provider))
            return bend()(change, state, event.at, lane.seed, event) if lane.dooms else change

        return decide

    async def _move(self, lane: Lane, life: str, clock: Clock) -> None:
        lane.check_life(life)
        await self._registry.change(lane, clock=clock)

    async def happen(self, lane: Lane, event: Event, handler: EventHandler | None = None) -> bool:
        """Let something happen now that nobody scheduled. Says whether anything did.

        As after an advance, what follows at once is over then, first attempts of callbacks included.
        """
        await self.settle(lane)
        decides = handler or handler_of(lane, event)
        context = lane.context(event.provider)

        def decide(state: State) -> Change[bool]:
            change = decides(event, state, context)
            return bend()(change, state, event.at, lane.seed) if lane.dooms else change

        change = await self._store.decide(lane.key, decide, lambda: decides.keys(event))
        await self.advance(lane, timedelta())
        return change.verdict

    def arm(self, lane: Lane, due: datetime | None) -> None:
        """Make sure that a running lane settles when its next event falls due."""
        if due is None or lane.gone or not lane.clock.runs:
            return
        if lane.timer is not None:
            # A timer that was set before the clock was moved would ring too late.
            if lane.timer_clock is lane.clock and lane.timer_at is not None and lane.timer_at <= due:
                return
            lane.timer.cancel()
        delay = min(max(due - lane.now(), timedelta(0)), GLANCE)
        lane.timer_at, lane.timer_clock = due, lane.clock
        lane.timer = self._bells.set(lane, delay.total_seconds())
        if self._shared:
            self._store.remind(lane.key, lane.real_now() + max(due - lane.now(), timedelta(0)) + LATE)

    def _ring(self, lane: Lane) -> None:
        lane.timer = lane.timer_at = None
        begun = Begun(_log_failure(self._settled_or_gone(lane)))
        if not begun.done:
            self._background(begun)

    async def _settled_or_gone(self, lane: Lane) -> None:
        try:
            with suppress(LaneGone):
                await self.settle_and_arm(lane)
        except StoreTrouble:  # the store has said so in the log
            self.arm(lane, lane.now() + AGAIN)

    async def _attempt_and_arm(self, lane: Lane, life: str, event: Event) -> None:
        if lane.key != life:  # reset before its turn came: the new life may have a callback of the same id
            return
        with suppress(LaneGone, StoreTrouble):
            await self._attempt(lane, event)
            self.arm(lane, await self._store.next_due(lane.key))  # a retry may have fallen due in the meantime

    @contextmanager
    def looking_again(self, lane: Lane) -> Iterator[None]:
        """Look at a lane again after trouble: an event may have been taken by then, and nobody has heard of it."""
        try:
            yield
        except StoreTrouble:
            if lane.id not in self._looks:
                later = asyncio.get_running_loop().call_later
                self._looks[lane.id] = later(LEASE_MOST.total_seconds(), self._look, lane)
            raise

    def _look(self, lane: Lane) -> None:
        del self._looks[lane.id]
        self._background(self.take_over(lane))

    def _background(self, work: Awaitable[Any]) -> None:
        task = asyncio.get_running_loop().create_task(_log_failure(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Cut what is still going on."""
        for look in self._looks.values():
            look.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _log_failure(work: Awaitable[Any]) -> None:
    try:
        await work
    except Exception:  # noqa: BLE001  (whatever it is, the next event must come)
        _LOG.exception("an event of the schedule failed")
