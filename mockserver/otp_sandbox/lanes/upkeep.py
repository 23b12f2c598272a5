"""What a sandbox does for its lanes when nobody asks: it sweeps, follows other processes, stands in for dead ones."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Final

from otp_sandbox.domain.store import Store
from otp_sandbox.domain.store_errors import LaneGone, StoreTrouble
from otp_sandbox.lanes.registry import Registry
from otp_sandbox.lanes.schedule import Schedule

SWEEP: Final = timedelta(minutes=1)
"""How often lanes that nobody uses are looked for."""
TICK: Final = timedelta(seconds=1)
"""How often the time is looked at when nobody asks: so much is lost at most when the machine's clock steps back."""
_LOG = logging.getLogger("otp_sandbox.lanes")


class Upkeep:
    """Looks after the lanes in the background."""

    def __init__(self, store: Store, registry: Registry, schedule: Schedule) -> None:
        self._store = store
        self._registry = registry
        self._schedule = schedule
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """Begin, and go on until it is closed."""
        works = [self._resume, self._tick, *([self._registry.follower.watch] if self._registry.shared else [])]
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(each()) for each in works]

    async def close(self) -> None:
        """End it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _resume(self) -> None:
        """Go on where the process before has ended, or where others are: what falls due comes by itself."""
        for lane in self._registry:
            await _tried(partial(self._schedule.resume, lane))

    async def _tick(self) -> None:
        while True:
            for _ in range(SWEEP // TICK):
                await asyncio.sleep(TICK.total_seconds())
                self._registry.real_now()
                if self._registry.shared:
                    await _tried(self.stand_in)
            await _tried(self._registry.sweep)

    async def stand_in(self) -> None:
        """Let happen what has fallen due in lanes whose process has not seen to it.

        Raises:
            StoreTrouble: the store cannot say.
        """
        lives = await self._store.overdue()
        if lives:
            await self._registry.bring_up_to_date()
        for life in lives:
            lane = self._registry.get(life.rpartition("#")[0])
            if lane is not None and lane.key == life:  # else it is over
                await self._schedule.catch_up(lane)


async def _tried(work: Callable[[], Awaitable[None]]) -> None:
    """Do something that is done again, whatever goes wrong."""
    try:
        with suppress(StoreTrouble, LaneGone):  # the store says the former in the log
            await work()
    except Exception:  # noqa: BLE001  (whatever it is, the next time must come)
        _LOG.exception("the upkeep of the lanes failed")
