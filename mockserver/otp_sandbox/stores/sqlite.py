"""Keeps everything in this process, and what changed also in a SQLite file, from which the next process goes on.

Decisions run as in memory. What changed is gathered between two of them, so that nothing is half done, and written by a
thread in one transaction.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from otp_sandbox.domain.content import Content
from otp_sandbox.domain.store import Change, Event, Fired, Key, State, Table, any_may_follow, no_keys
from otp_sandbox.domain.store_errors import StoreTrouble, StoreUnusable
from otp_sandbox.stores.batch import Batch
from otp_sandbox.stores.coding import Coding
from otp_sandbox.stores.kept_lane import KeptLane
from otp_sandbox.stores.memory import MemoryStore
from otp_sandbox.stores.sqlite_file import SqliteFile
from otp_sandbox.stores.sqlite_reading import read_lanes

T = TypeVar("T")
V = TypeVar("V")

SYNC: Final = timedelta(seconds=1)
_PARTS: Final = 4
"""What is acknowledged waits for a quarter of the bound at most; the rest is for the disk."""
_AGAIN: Final = 1.0
"""Seconds after which a file that could not be written is tried again."""
_LOG = logging.getLogger(__name__)


class SqliteStore(MemoryStore):
    """The store of a single process that outlives it.

    Args:
        path: the file.
        coding: writes and reads records.
        sync: how old something acknowledged can be that a killed process loses, while the disk keeps up; with 0 it
            is acknowledged when it is in the file.
        limits: as for `MemoryStore`.
    """

    def __init__(self, path: Path, coding: Coding, *, sync: timedelta = SYNC, **limits: int) -> None:
        """Touch nothing yet."""
        super().__init__(**limits)
        self.touched: dict[KeptLane, None] = {}
        self.last_row = 0
        self._file = SqliteFile(path, coding)
        self._sync = sync.total_seconds()
        self._holds = self._sync == 0
        """Whether whoever changes something waits until it is written."""
        self._last_lane = self.used = 0
        self._trouble: str | None = None
        self._unwritten: Batch | None = None
        self._waiting: list[asyncio.Future[None]] = []
        self._wake = asyncio.Event()
        self._thread: ThreadPoolExecutor | None = None
        self._writing: asyncio.Task[None] | None = None
        self._closing = False

    @property
    def trouble(self) -> str | None:
        return self._trouble

    async def open(self) -> None:
        if self._writing is not None:
            return
        for known in (self._lanes, self._with_entries, self._with_records):
            known.clear()
        self.weight = self.bounded = self.last_row = 0
        self._trouble, self._closing = None, False
        self._file.open()
        try:
            lanes = read_lanes(self, self._file)
            self._file.begin_writing()
        except BaseException:
            self._file.close()
            raise
        for held in lanes:
            self._lanes[held.name] = held
            self.may_lose(held.name, held)
        self._last_lane = max((held.number for held in lanes), default=0)
        self._cut()
        self._thread = ThreadPoolExecutor(1, "otp-sandbox-store")
        self._writing = asyncio.get_running_loop().create_task(self._write_on())

    async def close(self) -> None:
        if self._writing is None:
            return
        self._closing = True
        self._wake.set()
        await self._writing
        self._writing = None
        if self._thread is not None:
            self._thread.shutdown()
        self._file.close()

    # What is written from then on

    async def _write_on(self) -> None:
        """Write what changed, again and again, until the store is closed and everything is written."""
        clock = asyncio.get_running_loop().time
        pause = self._sync / _PARTS or _AGAIN
        begun = clock()
        while not self._closing or self._waiting or (self.touched and self._trouble is None):
            with suppress(TimeoutError):
                async with asyncio.timeout_at(begun + (pause if self._trouble is None else _AGAIN)):
                    await self._wake.wait()
            if not self._closing:
                self._wake.clear()
            begun = clock()
            await self._write()

    async def _write(self) -> None:
        """Write once what changed so far: whoever waits then does not wait for those who came later."""
        waiting, self._waiting = self._waiting, []
        try:
            if self._unwritten is not None:  # it failed before
                await self._write_batch(self._unwritten)
            self._unwritten = self._gathered()
            if self._unwritten is not None:
                await self._write_batch(self._unwritten)
        except Exception as error:  # noqa: BLE001  (whatever it is, nothing more may be acknowledged)
            reason = str(error) if isinstance(error, StoreUnusable) else self._file.told(error)
            if self._trouble is None:
                _LOG.error("%s; what changes something is refused until it can be written", reason)
            self._trouble = reason
            for each in waiting:
                if not each.done():
                    each.set_exception(StoreTrouble(reason))
            return
        if self._trouble is not None:
            self._trouble = None
            _LOG.warning("store sqlite:%s: it can be written again", self._file.path)
        for each in waiting:
            if not each.done():
                each.set_result(None)

    async def _write_batch(self, batch: Batch) -> None:
        loop = asyncio.get_running_loop()
        late = loop.call_later(self._sync / 2, self._hold)
        try:
            await loop.run_in_executor(self._thread, self._file.write, batch)
            self._unwritten = None
        finally:
            late.cancel()
            self._holds = self._sync == 0

    def _hold(self) -> None:
        """The disk does not keep up: whoever changes something waits for it."""
        self._holds = True

    def _gathered(self) -> Batch | None:
        if not self.touched:
            return None
        touched, self.touched = self.touched, {}
        batch = Batch()
        for held in touched:
            self.used += 1
            held.gather(batch, self.used)
        return batch

    async def keep(self) -> None:
        if self._writing is None or self._writing.done():  # closed
            return
        await asyncio.sleep(0)  # what comes next may be in no task before
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        self._wake.set()
        await waiting

    def _refuse_in_trouble(self) -> None:
        if self._trouble is not None:
            raise StoreTrouble(self._trouble)

    # The port: as in memory, but that nothing changes while it cannot be written

    def new_lane(self, lane: str) -> KeptLane:
        self._last_lane += 1
        return KeptLane(self, lane, self._last_lane)

    async def begin(self, lane: str, after: str | None = None) -> None:
        self._refuse_in_trouble()
        await super().begin(lane, after)

    async def forget(self, lane: str) -> None:
        held = self._lanes.get(lane)
        if held is not None:
            cast("KeptLane", held).gone = True
        await super().forget(lane)
        if self._holds:
            await self.keep()

    async def decide(
        self,
        lane: str,
        decision: Callable[[State], Change[V]],
        keys: Callable[[], Sequence[Key]] = no_keys,
        *,
        settled: datetime | None = None,
    ) -> Any:
        if self._trouble is not None:
            raise StoreTrouble(self._trouble)
        change = await super().decide(lane, decision, keys, settled=settled)
        if self._holds:
            await self.keep()
        return change

    async def fire(
        self,
        lane: str,
        until: datetime,
        decide: Callable[[Event, State], Change[bool]],
        keys: Callable[[Event], Sequence[Key]],
    ) -> Fired | None:
        if self._trouble is not None:
            raise StoreTrouble(self._trouble)
        fired = await super().fire(lane, until, decide, keys)
        if self._holds and fired is not None:
            await self.keep()
        return fired

    async def fire_all(
        self,
        lane: str,
        until: datetime,
        decide: Callable[[Event, State], Change[bool]],
        keys: Callable[[Event], Sequence[Key]],
        *,
        most: int,
        alone: Callable[[Event], bool] = any_may_follow,
    ) -> list[Fired]:
        self._refuse_in_trouble()
        all_fired = await super().fire_all(lane, until, decide, keys, most=most, alone=alone)
        if self._holds and all_fired:
            await self.keep()  # once for all of them
        return all_fired

    async def count(self, lane: str, name: str) -> int:
        if self._trouble is not None:
            raise StoreTrouble(self._trouble)
        number = await super().count(lane, name)
        cast("KeptLane", self._lanes[lane]).touch()
        return number

    async def append(self, lane: str, table: Table[T], key: str, entry: T) -> None:
        if self._trouble is not None:
            raise StoreTrouble(self._trouble)
        await super().append(lane, table, key, entry)
        if self._holds:
            await self.keep()

    async def clear(self, lane: str, tables: Iterable[str]) -> None:
        self._refuse_in_trouble()
        await super().clear(lane, tables)
        if self._holds:
            await self.keep()

    async def load(self, lane: str, content: Content) -> None:
        self._refuse_in_trouble()
        await super().load(lane, content)
        cast("KeptLane", self._lane(lane)).touch()
        if self._holds:
            await self.keep()
