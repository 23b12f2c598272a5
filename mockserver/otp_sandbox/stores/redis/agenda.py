"""When somebody has to look at a lane, whatever becomes of the process that knows it."""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime
from typing import Final

from otp_sandbox.domain.store_errors import StoreTrouble
from otp_sandbox.stores.redis.link import Link
from otp_sandbox.stores.redis.tasks import Tasks

HANDED_OUT_MS: Final = 10_000
"""After which a lane is named to another process, if the one that it was named to has not asked again."""
_AT_ONCE: Final = 100
_KNOWN_MOST: Final = 20_000


class Agenda:
    """The agenda of all processes.

    Args:
        link: runs scripts.
        whole: what its keys begin with.
        tasks: what goes on beside requests.
    """

    def __init__(self, link: Link, whole: str, tasks: Tasks) -> None:
        """Know of nothing."""
        self._link = link
        self._whole = whole
        self._tasks = tasks
        self._me = secrets.token_hex(4)
        self._known: dict[str, float] = {}
        """What stands there, as far as this process has put it; who has passed it may have taken it off."""
        self._unwritten: dict[str, float] = {}

    def remind(self, life: str, at: datetime) -> None:
        """Put a lane on it. Where it stands there already for an earlier instant, nothing is written."""
        instant = at.timestamp()
        known = self._known.get(life)
        if known is not None and self._link.real_now().timestamp() < known <= instant:
            return
        self._known[life] = instant
        if not self._unwritten:
            self._tasks.start(self._write())
        self._unwritten[life] = min(instant, self._unwritten.get(life, instant))

    def forget(self, life: str) -> None:
        """Know of a lane no more. It may stand there still: who looks finds out that it is gone."""
        self._known.pop(life, None)

    async def _write(self) -> None:
        await asyncio.sleep(0)
        written, self._unwritten = self._unwritten, {}
        if len(self._known) > _KNOWN_MOST:
            now = self._link.real_now().timestamp()
            self._known = {life: at for life, at in self._known.items() if at > now}
        try:
            scored = (each for life, at in written.items() for each in (int(at * 1000), life))
            await self._link.ask("ZADD", f"{self._whole}:agenda", "LT", *scored)
        except StoreTrouble:
            for life in written:
                self._known.pop(life, None)

    async def overdue(self) -> list[str]:
        """Name the lanes that this process has to look at. Who asks again has looked at the last ones."""
        await asyncio.sleep(0)  # what comes next may be in no task before
        now = int(self._link.real_now().timestamp() * 1000)
        overdue = self._link.scripts.overdue
        found = await self._link.run(overdue, self._whole, now, HANDED_OUT_MS, self._me, _AT_ONCE)
        return [each.decode() for each in found]
