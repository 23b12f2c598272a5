"""Keeps everything in this process, and what changed also in a SQLite file, from which the next process goes on.

Decisions run as in memory. What changed is gathered between two of them, so that nothing is half done, and written by a
thread in one transaction.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import msgspec

from otp_sandbox.domain.content import Content
from otp_sandbox.domain.store import Change, Event, Fired, Key, State, Table, declared, no_keys
from otp_sandbox.domain.store_errors import StoreTrouble, StoreUnusable
from otp_sandbox.stores.batch import Batch
from otp_sandbox.stores.coding import Coding
from otp_sandbox.stores.kept_lane import KeptLane, KeptLog
from otp_sandbox.stores.memory import MemoryStore
from otp_sandbox.stores.sqlite_file import SqliteFile

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
        self._file = SqliteFile(path, coding)
        self._sync = sync.total_seconds()
        self._holds = self._sync == 0
        """Whether whoever changes something waits until it is written."""
        self._last_lane = self._used = 0
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
        self._lanes.clear()
        self.touched.clear()
        self.weight = self.bounded = 0
        self._trouble, self._closing = None, False
        self._file.open()
        try:
            with _no_garbage_collection():
                self._read()
            self._file.begin_writing()
        except sqlite3.Error as error:
            self._file.close()
            raise StoreUnusable(self._file.told(error)) from error
        except BaseException:
            self._file.close()
            raise
        self._cut()
        self._thread = ThreadPoolExecutor(1, "otp-sandbox-store")
        self._writing = asyncio.get_running_loop().create_task(self._write_on())

    async def close(self) -> None:
        writing, self._writing = self._writing, None
        if writing is None:
            return
        self._closing = True
        self._wake.set()
        await writing
        if self._thread is not None:
            self._thread.shutdown()
        self._file.close()

    # What is read at the start

    def _read(self) -> None:
        lanes: dict[int, KeptLane] = {}
        tables = declared()
        for number, name, used, place, newest, began, counts in self._file.rows(
            "SELECT * FROM lanes ORDER BY used, number"
        ):
            held = lanes[number] = self._lanes[name] = KeptLane(self, name, number)
            held.place, held.newest, held.began = place, newest, began
            held.counts = msgspec.json.decode(counts, type=dict[str, int])
            self._last_lane, self._used = max(self._last_lane, number), max(self._used, used)
        self.touched.clear()
        rows = self._file.rows
        for lane, name, gone in rows("SELECT lane, name, gone FROM logs"):
            cast("KeptLog", lanes[lane].log(self._known(tables, name))).has_lost(gone)
        decode = self._file.read_record
        for lane, name, key, position, data in rows("SELECT * FROM records ORDER BY lane, position"):
            table = self._known(tables, name)
            lanes[lane].put_back(table, key, position, decode(table, key, data))
        for lane, name, key, place, number, data in rows("SELECT * FROM entries ORDER BY lane, place"):
            table = self._known(tables, name)
            lanes[lane].log(table).put_back(key, decode(table, key, data), place, number)
        read_event = msgspec.json.Decoder(Event).decode
        for lane, number, data in rows("SELECT * FROM events ORDER BY lane, number"):
            lanes[lane].timetable.put_back(number, read_event(data))

    def _known(self, tables: Any, name: str) -> Table[Any]:
        table: Table[Any] | None = tables.get(name)
        if table is None:
            raise StoreUnusable(f"store sqlite:{self._file.path}: this otp-sandbox knows no table {name}")
        return table

    # What is written from then on

    async def _write_on(self) -> None:
        """Write what changed, again and again, until the store is closed and everything is written."""
        pause = self._sync / _PARTS or _AGAIN
        while not self._closing or self._waiting:
            try:
                async with asyncio.timeout(pause if self._trouble is None else _AGAIN):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            await self._write()
        await self._write()

    async def _write(self) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            while (batch := self._unwritten or self._gathered()) is not None:
                self._unwritten = batch
                await self._write_batch(batch)
                self._unwritten = None
        except Exception as error:  # noqa: BLE001  (whatever it is, nothing more may be acknowledged)
            reason = self._file.told(error)
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
            self._used += 1
            held.gather(batch, self._used)
        return batch

    async def keep(self) -> None:
        if self._writing is None:  # closed
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


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Let the collector rest: what is read stays."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
