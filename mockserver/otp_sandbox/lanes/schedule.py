"""What falls due in a lane: by itself while its clock runs, in order when the clock is moved."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from otp_sandbox.contract import EventContext, EventHandler
from otp_sandbox.domain import challenges, messages
from otp_sandbox.domain.clock import Clock
from otp_sandbox.domain.store import Change, Event, Key, State, Store
from otp_sandbox.lanes.lane import Lane

BREATH = timedelta(milliseconds=20)
"""How long a timer waits at least, so that a busy lane settles in batches."""

Attempt = Callable[[Lane, Event], Awaitable[bool]]
_LOG = logging.getLogger("otp_sandbox.schedule")


@dataclass(frozen=True, slots=True)
class _Common:
    """An event that is the same at every provider."""

    named: Callable[[Event], tuple[Key, ...]]
    happens: Callable[[Event, State], Change[bool]]

    def keys(self, event: Event) -> tuple[Key, ...]:
        return self.named(event)

    def __call__(self, event: Event, state: State, world: EventContext) -> Change[bool]:  # noqa: ARG002  (the protocol's)
        return self.happens(event, state)


def _recipient(event: Event) -> tuple[Key, ...]:
    return ((challenges.RECIPIENTS, challenges.recipient_key(event.provider, event.detail)),)


def _sending(event: Event) -> tuple[Key, ...]:
    return ((messages.MESSAGES, event.id), *messages.keys_of_sending(event.detail))


COMMON: dict[str, EventHandler] = {
    "expiry": _Common(_recipient, challenges.expire),
    "send": _Common(_sending, messages.becomes_sent),
    "delivery": _Common(lambda event: ((messages.MESSAGES, event.id),), messages.becomes_delivered),
}


class Schedule:
    """Fires what falls due. `attempt` makes a callback's HTTP request and records it."""

    def __init__(self, store: Store, attempt: Attempt) -> None:
        self._store = store
        self._attempt = attempt
        self._tasks: set[asyncio.Task[Any]] = set()

    async def settle(self, lane: Lane) -> None:
        """Fire what is due by the lane's clock; callbacks go out in the background."""
        now = lane.now()
        while (event := await self._store.take_due(lane.id, now)) is not None:
            if event.kind == "callback":
                self._background(self._attempt_and_arm(lane, event))
            else:
                await self._fire(lane, event)

    async def advance(
        self, lane: Lane, target: datetime | timedelta, fulfilled: Callable[[], Awaitable[bool]] | None = None
    ) -> list[Event]:
        """Move the lane's clock to an instant, or by a length, and fire what falls due on the way, callbacks included.

        With `fulfilled`, the clock stops at the event after which it is true. Returns what fired, in order.
        """
        fired: list[Event] = []
        async with lane.moving:
            start, clock = lane.now(), lane.clock
            until = start + target if isinstance(target, timedelta) else target
            while (event := await self._store.take_due(lane.id, until)) is not None:
                if event.at > lane.now():
                    lane.clock = lane.clock.moved_to(event.at, lane.real_now())
                happened = await (self._attempt(lane, event) if event.kind == "callback" else self._fire(lane, event))
                if happened:
                    fired.append(event)
                    if fulfilled is not None and await fulfilled():
                        self.arm(lane, await self._store.next_due(lane.id))
                        return fired
            # A running clock has gone on while callbacks were answered: what was asked for is added to the old offset.
            if until > start:
                lane.clock = (
                    Clock("offset", clock.offset + (until - start)) if clock.runs else Clock("frozen", frozen_at=until)
                )
        self.arm(lane, await self._store.next_due(lane.id))
        return fired

    async def happen(self, lane: Lane, event: Event) -> bool:
        """Let something happen now that nobody scheduled. Says whether anything did.

        As after an advance, what follows at once is over then, first attempts of callbacks included.
        """
        await self.settle(lane)
        happened = await self._fire(lane, event)
        await self.advance(lane, timedelta())
        return happened

    def arm(self, lane: Lane, due: datetime | None) -> None:
        """Make sure that a running lane settles when its next event falls due."""
        if due is None or not lane.clock.runs:
            return
        if lane.timer is not None:
            # A timer that was set before the clock was moved would ring too late.
            if lane.timer_clock is lane.clock and lane.timer_at is not None and lane.timer_at <= due:
                return
            lane.timer.cancel()
        delay = max(due - lane.now(), BREATH)
        lane.timer_at, lane.timer_clock = due, lane.clock
        lane.timer = asyncio.get_running_loop().call_later(delay.total_seconds(), self._ring, lane)

    def _ring(self, lane: Lane) -> None:
        lane.timer = lane.timer_at = None
        self._background(self._settle_and_arm(lane))

    async def _settle_and_arm(self, lane: Lane) -> None:
        await self.settle(lane)
        self.arm(lane, await self._store.next_due(lane.id))

    async def _attempt_and_arm(self, lane: Lane, event: Event) -> None:
        await self._attempt(lane, event)
        self.arm(lane, await self._store.next_due(lane.id))  # a retry may have fallen due in the meantime

    async def _fire(self, lane: Lane, event: Event) -> bool:
        handler = lane.providers[event.provider].events.get(event.kind) or COMMON[event.kind]
        world = lane.world(event.provider)
        return await self._store.decide(lane.id, handler.keys(event), lambda state: handler(event, state, world))

    def _background(self, work: Awaitable[Any] | Coroutine[Any, Any, Any]) -> None:
        async def run() -> None:
            try:
                await work
            except Exception:  # noqa: BLE001  (whatever it is, the next event must come)
                _LOG.exception("an event of the schedule failed")

        task = asyncio.get_running_loop().create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Cut what is still going on."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
