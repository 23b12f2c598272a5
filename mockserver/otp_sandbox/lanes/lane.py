"""A lane: a world of its own. Tests each take one and run in parallel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from otp_sandbox.contract import Credentials, Dialect, EventContext, Provider
from otp_sandbox.domain.clock import Clock
from otp_sandbox.domain.faults import Fault
from otp_sandbox.domain.record import Record
from otp_sandbox.domain.store import Table
from otp_sandbox.domain.store_errors import LaneGone
from otp_sandbox.lanes.bells import Bell

DEFAULT = "default"
Alone: TypeAlias = Callable[[str], AbstractAsyncContextManager[None]]
"""Keeps other processes out of what has a name; what they did before is known then."""


def nobody_else(_: str) -> AbstractAsyncContextManager[None]:
    """Keep nobody out: there is no other process."""
    return nullcontext()


class LaneOrigin(Record):
    """What a lane was made with; a reset brings it back. Its accounts are kept in the lane itself."""

    seed: int
    credentials: Mapping[str, Credentials]
    clock: Clock
    choices: Mapping[str, str]
    ttl: timedelta


class LaneRecord(Record):
    """What is known of a lane, besides what happened in it.

    Each life of a lane has a number of its own: a lane that is deleted and made again, or reset, is another one to the
    store, so that nothing which belongs to the old one ever reaches the new one.

    `dooms` says whether it has, or had, a fault in this life by which something goes wrong later, as a delivery.
    `last_fault` is the number of the newest fault that there ever was.
    """

    id: str
    generation: int
    origin: LaneOrigin
    clock: Clock
    choices: Mapping[str, str]
    created_at: datetime
    faults: tuple[Fault, ...] = ()
    dooms: bool = False
    last_fault: int = 0

    @property
    def key(self) -> str:
        """The name of this life of the lane in the store."""
        return f"{self.id}#{self.generation}"


class Beginning(Record):
    """What a life of a lane took over from the one before; `counts` with the numbers that restores passed over."""

    place: int
    counts: Mapping[str, int]


BEGINNINGS: Final = Table("beginnings", Beginning)
"""In each lane that took something over, under its only key `lane`."""
BEGINNING: Final = (BEGINNINGS, "lane")


class Lane:
    """A handle on a lane: its record, and what this process needs to let its time pass.

    What happened in the lane is in the store, under `key`.
    """

    __slots__ = (
        "_alone",
        "_contexts",
        "_dialects",
        "_record",
        "_waiting",
        "clock",
        "credentials",
        "dooms",
        "faults",
        "faults_by_operation",
        "gone",
        "id",
        "key",
        "moving",
        "noted_at",
        "providers",
        "real_now",
        "resetting",
        "seed",
        "timer",
        "timer_at",
        "timer_clock",
        "used_at",
    )

    def __init__(
        self,
        record: LaneRecord,
        providers: Mapping[str, Provider],
        real_now: Callable[[], datetime],
        alone: Alone = nobody_else,
    ) -> None:
        self.providers = providers
        self.real_now = real_now
        self._alone = alone
        self.used_at = self.noted_at = real_now()
        self.timer: Bell | None = None
        self.timer_at: datetime | None = None
        self.timer_clock: Clock | None = None
        self.moving = asyncio.Lock()
        self.resetting = asyncio.Lock()
        self.gone = False
        self._waiting: set[asyncio.Future[None]] = set()
        self.record = record

    @property
    def record(self) -> LaneRecord:
        """What is known of the lane."""
        return self._record

    @record.setter
    def record(self, record: LaneRecord) -> None:
        self._record = record
        self.id = record.id
        self.key = record.key
        self.seed = record.origin.seed
        self.credentials = record.origin.credentials
        self.clock = record.clock
        self.faults = record.faults
        self.dooms = record.dooms
        self.faults_by_operation: dict[tuple[str, str], Any] = {}  # filled by whoever looks
        self.forget_dialects()
        self._wake()

    def end(self) -> None:
        """The lane is deleted: whoever waits for a change finds out."""
        self.gone = True
        self.stop_timer()
        self._wake()

    def _wake(self) -> None:
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    async def changes(self, seconds: float | None) -> None:
        """Wait until the lane is changed, its clock as a rule, or until some seconds are over."""
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            await asyncio.wait((waiting,), timeout=seconds)
        finally:
            self._waiting.discard(waiting)

    @asynccontextmanager
    async def moves(self) -> AsyncIterator[str]:
        """Keep others from moving the clock. Gives the life that it was asked for in: it may have to wait for its turn.

        Raises:
            LaneGone: that life is over.
        """
        life = self.key
        async with self.moving, self._alone(f"clock of {life}"):
            self.check_life(life)
            yield life

    @asynccontextmanager
    async def begins_anew(self) -> AsyncIterator[None]:
        """Keep others from beginning another life of it."""
        async with self.resetting, self._alone(f"lives of {self.id}"):
            yield

    def check_life(self, life: str) -> None:
        """Make sure that a life goes on.

        Raises:
            LaneGone: the lane was deleted or reset meanwhile.
        """
        if self.gone or self.key != life:
            raise LaneGone(life)

    @property
    def origin(self) -> LaneOrigin:
        """What the lane was made with."""
        return self._record.origin

    @property
    def choices(self) -> Mapping[str, str]:
        """How contested behaviour is played here."""
        return self._record.choices

    @property
    def created_at(self) -> datetime:
        """When the lane was made, in real time."""
        return self._record.created_at

    def now(self) -> datetime:
        """Tell the lane's time."""
        return self.clock.now(self.real_now())

    def dialect(self, provider: str) -> Dialect:
        """Give a provider's spec under this lane's choices."""
        dialect = self._dialects.get(provider)
        if dialect is None:
            dialect = self._dialects[provider] = Dialect(self.providers[provider].spec, self.choices)
        return dialect

    def context(self, provider: str) -> EventContext:
        """Give what an event handler may know of this lane."""
        context = self._contexts.get(provider)
        if context is None:
            context = self._contexts[provider] = EventContext(self.seed, self.dialect(provider))
        return context

    def forget_dialects(self) -> None:
        """Work the choices out anew when they are next asked for."""
        self._dialects: dict[str, Dialect] = {}
        self._contexts: dict[str, EventContext] = {}

    def stop_timer(self) -> None:
        """Let nothing happen by itself any more."""
        if self.timer is not None:
            self.timer.cancel()
        self.timer = self.timer_at = None
