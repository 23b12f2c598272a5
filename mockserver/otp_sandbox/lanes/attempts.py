"""Attempts at callbacks: each is noted where it outlives the process, made, and recorded; lost ones are made again."""

from __future__ import annotations

import asyncio
import logging
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar

from otp_sandbox.domain.attempts import GRACE, UNDERWAY, Lease, begin, doubt, end, keys_of
from otp_sandbox.domain.callbacks import CALLBACKS, TIMEOUT_MOST, Attempt, Callback
from otp_sandbox.domain.store import Change, State, Store
from otp_sandbox.domain.store_errors import StoreTrouble
from otp_sandbox.lanes.lane import Lane

T = TypeVar("T")

LEASE_MOST: Final = TIMEOUT_MOST + GRACE
"""When every attempt that has begun by now is over, or lost."""
_AGAIN: Final = 1.0
"""Seconds after which a store that could keep nothing is asked again."""
_SECOND: Final = timedelta(seconds=1)
_LOG = logging.getLogger("otp_sandbox.callbacks")


class Exchange(Protocol):
    """Makes the request of a callback."""

    async def __call__(self, callback: Callback, now: Callable[[], datetime], /) -> Attempt:
        """Tell how it went, and when by the lane's clock."""
        ...


class Attempts:
    """The attempts that this process makes, and those that others have left behind.

    While the store can keep nothing, an attempt waits before its request goes out, or with its result.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._process = os.urandom(16).hex()
        self._making: Counter[tuple[str, str]] = Counter()
        """How many of this process go on, by life of the lane and callback."""

    def begins(self, lane: Lane, *, asked: bool = False) -> Callable[[str, State], Change[bool]]:
        """Give the decision that an attempt at a callback begins now; it says whether one does."""
        life, at, real_now = lane.key, lane.now(), lane.real_now()

        def decide(callback_id: str, state: State) -> Change[bool]:
            change = begin(state, callback_id, self._process, at, real_now, asked=asked)
            if change.verdict is not None and self._store.shared:
                self._store.remind(life, change.verdict.until + _SECOND)  # before anything depends on this process
            return Change(change.verdict is not None, change.writes)

        return decide

    async def ask(self, lane: Lane, callback_id: str) -> bool:
        """Begin an attempt that nobody has scheduled. Says whether there is such a callback."""
        begins = self.begins(lane, asked=True)
        change = await self._store.decide(
            lane.key, lambda state: begins(callback_id, state), lambda: keys_of(callback_id)
        )
        return change.verdict

    async def make(self, lane: Lane, callback_id: str, exchange: Exchange, *, asked: bool = False) -> Callback | None:
        """Make an attempt that has begun. Gives the callback after it, None if it does not need it any more.

        Raises:
            LaneGone: the lane was deleted or reset meanwhile; nothing is recorded.
        """
        life, attempt = lane.key, None
        self._making[life, callback_id] += 1
        try:
            await _insist(self._store.keep)
            callback = await _insist(lambda: self._store.get(life, CALLBACKS, callback_id))
            if callback is not None and (asked or callback.state == "pending"):
                attempt = await exchange(callback, lane.now)
            after = await self._record(life, callback_id, attempt)
        finally:
            self._making[life, callback_id] -= 1
            if not self._making[life, callback_id]:
                del self._making[life, callback_id]
        if attempt is None:
            return None
        return after or callback

    async def _record(self, life: str, callback_id: str, attempt: Attempt | None) -> Callback | None:
        again = False

        def decide(state: State) -> Change[Callback | None]:
            return end(state, callback_id, self._process, attempt, again=again)

        async def record() -> Change[Callback | None]:
            nonlocal again
            try:
                return await self._store.decide(life, decide, lambda: keys_of(callback_id))
            finally:
                again = True

        return (await _insist(record)).verdict

    async def take_over(self, lane: Lane) -> bool:
        """Let attempts that nobody makes any more be made again, at once. Says whether there were any.

        Raises:
            LaneGone: the lane was deleted or reset meanwhile.
        """
        life, now, real_now = lane.key, lane.now(), lane.real_now()
        found = False
        for placed in await self._store.entries(life, UNDERWAY):
            note = placed.entry
            is_lost = self._lost(life, note.id, real_now)
            if any(map(is_lost, note.leases)):
                found |= await self._doubt(lane, note.id, life, is_lost, now)
            elif self._store.shared:
                self._store.remind(life, max(real_now, *(each.until for each in note.leases)) + _SECOND)
        return found

    async def _doubt(
        self, lane: Lane, callback_id: str, life: str, is_lost: Callable[[Lease], bool], now: datetime
    ) -> bool:
        """Let the lost attempts at one callback be made again, if nobody else was faster."""

        def decide(state: State) -> Change[bool]:
            return doubt(state, callback_id, is_lost, now)

        change = await self._store.decide(life, decide, lambda: keys_of(callback_id))
        if change.verdict:
            told = "whoever sent %s in lane %s has ended; GET /_sandbox/v1/lanes/%s/callbacks shows it"
            _LOG.warning(told, callback_id, lane.id, lane.id)
        return change.verdict

    def _lost(self, life: str, callback_id: str, real_now: datetime) -> Callable[[Lease], bool]:
        """Tell which attempts are lost: their time is over, or no other process can be there that makes them."""
        is_made_here, others_live = (life, callback_id) in self._making, self._store.shared

        def is_lost(lease: Lease) -> bool:
            if lease.by == self._process:
                return lease.until <= real_now and not is_made_here
            return lease.until <= real_now or not others_live

        return is_lost


async def _insist(step: Callable[[], Awaitable[T]]) -> T:
    """Take a step when the store can take it: what has begun comes to its end."""
    while True:
        try:
            return await step()
        except StoreTrouble:
            await asyncio.sleep(_AGAIN)
