"""Keeps everything in this process. A decision runs between two awaits, so nothing can come in between."""

from __future__ import annotations

import asyncio
import heapq
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from otp_sandbox.domain.store import WHOLE, Change, Event, Key, Placed, State, Table

T = TypeVar("T")
V = TypeVar("V")

RING = 10_000
BUDGET = 256 * 1024 * 1024


class MemoryStore:
    """The store of a single process: dictionaries, rings and a heap a lane.

    Args:
        ring: how many entries a log keeps.
        budget: how many bytes the entries of weighed logs may take over all lanes; the lane unused longest is cut
            first.
        strict: refuse decisions that read keys which they did not name (they would break in a store that is shared).
    """

    def __init__(self, *, ring: int = RING, budget: int = BUDGET, strict: bool = False) -> None:
        """Start empty."""
        self._ring = ring
        self._budget = budget
        self._strict = strict
        self._weight = 0
        self._lanes: OrderedDict[str, _Lane] = OrderedDict()

    async def decide(self, lane: str, keys: Sequence[Key], decision: Callable[[State], Change[V]]) -> V:
        held = self._lane(lane)
        change = decision(_Named(held, keys) if self._strict else held)
        if change.writes:
            held.apply(change)
            if self._weight > self._budget:
                self._cut()
        for event in change.due:
            held.schedule(event)
        return change.verdict

    async def append(self, lane: str, table: Table[T], key: str, entry: T) -> None:
        self._lane(lane).put(table, key, entry, move=True)
        self._lanes.move_to_end(lane)  # every request ends in an append: a lane is used when it gets one
        if self._weight > self._budget:
            self._cut()

    async def get(self, lane: str, table: Table[T], key: str) -> T | None:
        return self._lane(lane).get(table, key)

    async def entries(
        self,
        lane: str,
        table: Table[T],
        *,
        after: int | None = None,
        limit: int | None = None,
        where: Callable[[T], bool] | None = None,
    ) -> list[Placed[T]]:
        found: list[Placed[T]] = []
        for place, entry in reversed(self._lane(lane).log(table).values()):
            if after is not None and place <= after:
                break
            if where is None or where(entry):
                found.append(Placed(place, entry))
                if after is None and limit is not None and len(found) >= limit:
                    break
        found.reverse()
        return found if limit is None else found[:limit]

    async def place(self, lane: str) -> int:
        return self._lane(lane).newest

    async def wait(self, lane: str, table: Table[Any], after: int, timeout: float) -> bool:  # noqa: ASYNC109  (the port says so)
        held = self._lane(lane)
        if held.last_place(table) > after:
            return True
        waiting: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        held.waiters.setdefault(table.name, []).append(waiting)
        try:
            async with asyncio.timeout(timeout):
                return await waiting
        except TimeoutError:
            return False
        finally:
            held.unwait(table, waiting)

    async def next_due(self, lane: str) -> datetime | None:
        schedule = self._lane(lane).due
        return schedule[0][0] if schedule else None

    async def take_due(self, lane: str, until: datetime) -> Event | None:
        schedule = self._lane(lane).due
        if schedule and schedule[0][0] <= until:
            event: Event = heapq.heappop(schedule)[2]
            return event
        return None

    async def clear(self, lane: str, tables: Iterable[str] | None = None) -> None:
        held = self._lane(lane)
        names = list(held.tables) if tables is None else list(tables)
        for name in names:
            held.drop(name)
        if tables is None:
            held.due.clear()

    async def forget(self, lane: str) -> None:
        held = self._lanes.pop(lane, None)
        if held is not None:
            held.release()

    def _lane(self, lane: str) -> _Lane:
        held = self._lanes.get(lane)
        if held is None:
            held = self._lanes[lane] = _Lane(self)
        return held

    def grew(self, weight: int) -> None:
        self._weight += weight

    @property
    def ring(self) -> int:
        return self._ring

    def _cut(self) -> None:
        for held in self._lanes.values():
            while self._weight > self._budget and held.cut_oldest():
                pass
            if self._weight <= self._budget:
                return


class _Lane:
    """What one lane holds. It is itself the state that decisions read."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.tables: dict[str, dict[str, Any]] = {}
        self.weighed: dict[str, Callable[[Any], int]] = {}
        self.newest = 0
        self.due: list[tuple[datetime, int, Event]] = []
        self.scheduled = 0
        self.waiters: dict[str, list[asyncio.Future[bool]]] = {}

    def get(self, table: Table[T], key: str) -> T | None:
        records = self.tables.get(table.name)
        if records is None:
            return None
        held = records.get(key)
        if table.log and held is not None:
            entry: T = held[1]
            return entry
        return held

    def entries(self, table: Table[T]) -> Iterator[T]:
        for _, entry in reversed(self.log(table).values()):
            yield entry

    def log(self, table: Table[T]) -> OrderedDict[str, tuple[int, T]]:
        records = self.tables.get(table.name)
        if records is None:
            records = self.tables[table.name] = OrderedDict()
            if table.weigh is not None:
                self.weighed[table.name] = table.weigh
        return records  # type: ignore[return-value]  # log tables are made here only

    def last_place(self, table: Table[Any]) -> int:
        log = self.log(table)
        return next(reversed(log.values()))[0] if log else 0

    def apply(self, change: Change[Any]) -> None:
        for key, value in change.writes.items():
            table, name = key
            if table.log:
                self.put(table, name, value, move=key in change.moved)
            elif value is None:
                records = self.tables.get(table.name)
                if records is not None:
                    records.pop(name, None)
            else:
                records = self.tables.get(table.name)
                if records is None:
                    records = self.tables[table.name] = {} if table.most is None else OrderedDict()
                records[name] = value
                if table.most is not None and len(records) > table.most:
                    records.popitem(last=False)  # type: ignore[call-arg]  # bounded tables are ordered

    def put(self, table: Table[Any], name: str, value: Any, *, move: bool) -> None:
        log = self.log(table)
        old = log.pop(name, None) if value is None or move else log.get(name)
        weigh = table.weigh
        if weigh is not None:
            self.store.grew((weigh(value) if value is not None else 0) - (weigh(old[1]) if old is not None else 0))
        if value is None:
            return
        if old is not None and not move:
            log[name] = (old[0], value)
            return
        self.newest += 1
        log[name] = (self.newest, value)
        if len(log) > self.store.ring:
            _, dropped = log.popitem(last=False)
            if weigh is not None:
                self.store.grew(-weigh(dropped[1]))
        if self.waiters:
            for waiting in self.waiters.get(table.name, ()):
                if not waiting.done():
                    waiting.set_result(True)

    def schedule(self, event: Event) -> None:
        self.scheduled += 1
        heapq.heappush(self.due, (event.at, self.scheduled, event))

    def unwait(self, table: Table[Any], waiting: asyncio.Future[bool]) -> None:
        waiters = self.waiters.get(table.name, [])
        if waiting in waiters:
            waiters.remove(waiting)
        if not waiters:
            self.waiters.pop(table.name, None)

    def cut_oldest(self) -> bool:
        for name, weigh in self.weighed.items():
            log = self.tables.get(name)
            if log:
                _, dropped = log.popitem(last=False)  # type: ignore[call-arg]  # weighed tables are logs
                self.store.grew(-weigh(dropped[1]))
                return True
        return False

    def drop(self, name: str) -> None:
        records = self.tables.pop(name, {})
        weigh = self.weighed.pop(name, None)
        if weigh is not None:
            self.store.grew(-sum(weigh(entry) for _, entry in records.values()))

    def release(self) -> None:
        for name in list(self.tables):
            self.drop(name)
        for waiters in self.waiters.values():
            for waiting in waiters:
                if not waiting.done():
                    waiting.set_result(False)


class _Named:
    """A state that shows only the keys which a decision named."""

    def __init__(self, held: _Lane, keys: Sequence[Key]) -> None:
        self.held = held
        self.keys = set(keys)

    def get(self, table: Table[T], key: str) -> T | None:
        if (table, key) not in self.keys:
            raise LookupError(f"the decision reads {table.name}/{key} without having named it")
        return self.held.get(table, key)

    def entries(self, table: Table[T]) -> Iterator[T]:
        if (table, WHOLE) not in self.keys:
            raise LookupError(f"the decision lists {table.name} without having named it")
        return self.held.entries(table)
