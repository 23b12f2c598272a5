"""How much the lanes hold, and what goes when it is too much."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from otp_sandbox.domain.store_errors import StoreTrouble
from otp_sandbox.stores.by_use import ByUse
from otp_sandbox.stores.redis.keys import base_of
from otp_sandbox.stores.redis.link import Link
from otp_sandbox.stores.redis.tasks import Tasks

_TELL: Final = 1.0
"""Seconds after which this process tells the others what its lanes hold."""
_HEAR: Final = 10
"""Times that it has told them, after which it looks at what they have told."""
_AT_ONCE: Final = 128
"""This part (1/128) of what may be held goes at once where too much is held."""


class Sizes:
    """What the lives of all lanes hold: exact for those that this process writes to, some seconds old for others.

    Args:
        link: runs scripts.
        prefix: what all keys begin with.
        key: where the processes tell each other.
        channel: on which changes of lanes are told.
        tasks: what goes on beside requests.
        budget: how many bytes the entries of logs may take over all lanes.
        records: how many records bounded tables may hold over all lanes.
    """

    def __init__(
        self, link: Link, prefix: str, *, key: str, channel: str, tasks: Tasks, budget: int, records: int
    ) -> None:
        """Know nothing yet."""
        self._link = link
        self._prefix = prefix
        self._key = key
        self._channel = channel
        self._tasks = tasks
        self._budget = budget
        self._records = records
        self._sizes: dict[str, tuple[int, int]] = {}
        """Weight and number of bounded records."""
        self._with_entries = ByUse[None]()
        self._with_records = ByUse[None]()
        self._weight = self._bounded = 0
        self._changed: set[str] = set()
        self._cutting: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Read what the lanes hold."""
        await self._hear()
        self._tasks.start(self._share())

    async def close(self) -> None:
        """Tell the others for the last time."""
        with suppress(StoreTrouble):
            await self._tell()

    def used(self, life: str) -> None:
        """Hear that a lane was used."""
        self._with_entries.used(life)
        self._with_records.used(life)

    def note(self, life: str, weight: int, bounded: int) -> None:
        """Hear what a life holds now. Where all hold too much, the one that is unused longest is cut."""
        if self._sizes.get(life) == (weight, bounded):
            return
        self._set(life, weight, bounded)
        self._changed.add(life)
        if (self._weight > self._budget or self._bounded > self._records) and self._cutting is None:
            self._cutting = self._tasks.start(self._cut())

    def forget(self, life: str) -> None:
        """Hear that a life is over."""
        self._changed.discard(life)
        self._set(life, 0, 0)
        del self._sizes[life]

    async def within(self) -> None:
        """Wait until no more is held than may be."""
        if self._cutting is not None:
            await asyncio.shield(self._cutting)

    def _set(self, life: str, weight: int, bounded: int) -> None:
        before = self._sizes.get(life, (0, 0))
        self._sizes[life] = (weight, bounded)
        for holding, size in ((self._with_entries, weight), (self._with_records, bounded)):
            if size:
                holding.add(life, None)
            else:
                holding.discard(life)
        self._weight += weight - before[0]
        self._bounded += bounded - before[1]

    async def _cut(self) -> None:
        try:
            while True:
                too_heavy, too_many = self._weight - self._budget, self._bounded - self._records
                life = self._with_entries.first() if too_heavy > 0 else None
                if life is None and too_many > 0:
                    life = self._with_records.first()
                if life is None:
                    return
                weight, bounded = self._sizes[life]
                # Somewhat more goes than has to: else the next request would have to ask for a cut as well.
                left_weight = max(weight - too_heavy - self._budget // _AT_ONCE, 0) if too_heavy > 0 else weight
                left_bounded = max(bounded - too_many - self._records // _AT_ONCE, 0) if too_many > 0 else bounded
                answer = await self._link.run(
                    self._link.scripts.cut, base_of(self._prefix, life), self._channel, left_weight, left_bounded
                )
                self._set(life, *(answer[1:] if answer[0] >= 0 else (0, 0)))
                self._changed.add(life)
                if self._sizes[life] == (weight, bounded):  # others write to it meanwhile: the next one's turn
                    self._with_entries.discard(life)
                    self._with_records.discard(life)
        except StoreTrouble:
            pass  # it is tried again when something is written
        finally:
            self._cutting = None

    async def _share(self) -> None:
        turns = 0
        while True:
            await asyncio.sleep(_TELL)
            turns += 1
            with suppress(StoreTrouble):
                await self._tell()
                if turns % _HEAR == 0:
                    await self._hear()

    async def _tell(self) -> None:
        changed, self._changed = self._changed, set()
        told = [each for life in changed if life in self._sizes for each in (life, "{} {}".format(*self._sizes[life]))]
        if told:
            await self._link.ask("HSET", self._key, *told)

    async def _hear(self) -> None:
        told: Mapping[bytes, bytes] = await self._link.ask("HGETALL", self._key)
        held = {life.decode(): size.split() for life, size in told.items()}
        for life, (weight, bounded) in held.items():
            if life not in self._changed:
                self._set(life, int(weight), int(bounded))
        for life in [each for each in self._sizes if each not in held and each not in self._changed]:
            self.forget(life)
