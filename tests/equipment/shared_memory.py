"""A store in memory that several sandboxes of one process share, as processes share one behind a connection."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from equipment.pausing import PausingStore
from otp_sandbox.app import Sandbox
from otp_sandbox.domain.store import Table
from otp_sandbox.domain.store_errors import LaneGone, StoreTrouble


class SharedMemoryStore(PausingStore):
    """Pauses before each call, and does for its users what a server does for processes.

    Args:
        real: the real time, as all users are to have it; the machine's if none is given.
        limits: as for `MemoryStore`.
    """

    def __init__(self, real: Callable[[], datetime] | None = None, **limits: Any) -> None:
        super().__init__(**limits)
        self._real = real
        self._clock = real or (lambda: datetime.now(UTC))
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._reminders: dict[str, datetime] = {}
        self._last_used: dict[str, datetime] = {}
        self.users = 0
        self.away: str | None = None
        """Why nothing can be asked, if so."""

    @property
    def shared(self) -> bool:
        return True

    @property
    def real_now(self) -> Callable[[], datetime] | None:
        return self._real

    @property
    def trouble(self) -> str | None:
        return self.away

    async def pause(self, call: str) -> None:
        """Let others have their turn; a store that is away answers nothing."""
        await super().pause(call)
        if self.away is not None:
            raise StoreTrouble(self.away)

    async def open(self) -> None:
        self.users += 1

    async def close(self) -> None:
        self.users -= 1

    async def lanes(self) -> list[str]:
        await self.pause("lanes")
        return await super().lanes()

    async def append(self, lane: str, table: Table[Any], key: str, entry: Any) -> None:
        await super().append(lane, table, key, entry)
        self._last_used[lane] = self._clock()

    async def last_used(self, lane: str) -> datetime | None:
        await self.pause("last_used")
        if lane not in self._lanes:
            raise LaneGone(lane)
        return self._last_used.get(lane)

    def lock(self, name: str) -> AbstractAsyncContextManager[None]:
        return self._locked(name)

    @asynccontextmanager
    async def _locked(self, name: str) -> AsyncIterator[None]:
        await self.pause("lock")
        async with self._locks[name]:
            yield

    def remind(self, lane: str, at: datetime) -> None:
        self._reminders[lane] = min(at, self._reminders.get(lane, at))

    async def overdue(self) -> list[str]:
        await self.pause("overdue")
        now = self._clock()
        lives = [life for life, at in self._reminders.items() if at <= now]
        for life in lives:
            del self._reminders[life]
        return lives

    def lose_everything(self) -> None:
        """Be as one that was started again without what it had."""
        for held in self._lanes.values():
            held.release()
        self._lanes.clear()
        self._reminders.clear()


async def dies(sandbox: Sandbox) -> None:
    """Let a sandbox do nothing more, as if its process had been killed: it hands nothing over."""
    await sandbox.upkeep.close()
    await sandbox.schedule.close()
    for lane in sandbox.registry:
        lane.stop_timer()
