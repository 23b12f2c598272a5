"""Keeps everything in this process. Nothing here waits, so nothing comes between what is read and what is written."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import dropwhile, islice, takewhile
from operator import attrgetter
from typing import Any, Final, TypeVar

from otp_sandbox.domain.content import Content
from otp_sandbox.domain.record import Record
from otp_sandbox.domain.store import (
    Change,
    Event,
    Fired,
    Key,
    LaneGone,
    News,
    Placed,
    State,
    Table,
    Written,
    no_keys,
)
from otp_sandbox.stores.timetable import Timetable

T = TypeVar("T")
V = TypeVar("V")

RING: Final = 10_000
BUDGET: Final = 256 * 1024 * 1024
SCHEDULE_MOST: Final = 4_000_000
RECORDS: Final = 4_000_000
_AT_ONCE: Final = 64
"""A table over its bound loses this part of itself (1/64), so that looking for the oldest costs little."""


_FREED_AT_ONCE: Final = 5_000
_LOADED_AT_ONCE: Final = 1_000


class MemoryStore:
    """The store of a single process: dictionaries, rings and a timetable a lane.

    Args:
        ring: how many entries a log keeps.
        budget: how many bytes the entries of logs may take over all lanes; the lane unused longest is cut first.
        records: how many records bounded tables may hold over all lanes; the lane unused longest is cut first.
        schedule: how many events wait in a lane. When there are as many, the later one of two is not kept: of the new
            one, and of one that waits and is not the next.
    """

    def __init__(
        self, *, ring: int = RING, budget: int = BUDGET, records: int = RECORDS, schedule: int = SCHEDULE_MOST
    ) -> None:
        """Start empty."""
        self.ring = ring
        self.schedule = schedule
        self._budget = budget
        self._records = records
        self.weight = 0
        self.bounded = 0
        self._lanes: OrderedDict[str, LaneState] = OrderedDict()

    async def open(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def begin(self, lane: str, after: str | None = None) -> None:
        if lane in self._lanes:
            return
        held = self._lanes[lane] = LaneState(self)
        old = self._lanes.get(after) if after is not None else None
        if old is not None:
            held.place, held.counts = old.place, dict(old.counts)
            held.newest = held.began = old.newest + 1  # whoever knows the old one has to hear of it

    async def forget(self, lane: str) -> None:
        held = self._lanes.pop(lane, None)
        if held is not None:
            await _let_go(held.release())

    async def decide(
        self,
        lane: str,
        decision: Callable[[State], Change[V]],
        keys: Callable[[], Sequence[Key]] = no_keys,
        *,
        settled: datetime | None = None,
    ) -> Any:
        held = self._lanes.get(lane)
        if held is None:
            raise LaneGone(lane)
        due = held.due
        if settled is not None and due.first_at is not None and due.first_at <= settled:
            return None
        change = self.run(held, decision, keys)
        held.apply(change)
        if self.weight > self._budget or self.bounded > self._records:
            self._cut()
        change.next_due = due.first_at
        return change

    async def fire(
        self,
        lane: str,
        until: datetime,
        decide: Callable[[Event, State], Change[bool]],
        keys: Callable[[Event], Sequence[Key]],
    ) -> Fired | None:
        held = self._lane(lane)
        due = held.due
        event = due.first()
        if event is None or event.at > until:
            return None
        change = self.run(held, lambda state: decide(event, state), lambda: keys(event))
        due.take()
        held.apply(change)
        if self.weight > self._budget or self.bounded > self._records:
            self._cut()
        return Fired(event, change.verdict, due.first_at)

    def run(
        self,
        held: LaneState,
        decision: Callable[[State], Change[V]],
        keys: Callable[[], Sequence[Key]],  # noqa: ARG002  (for stores that have to fetch)
    ) -> Change[V]:
        """Run a decision. Nothing can come between, so once is enough."""
        return decision(held)

    async def next_due(self, lane: str) -> datetime | None:
        return self._lane(lane).due.first_at

    async def count(self, lane: str, name: str) -> int:
        held = self._lanes.get(lane)
        if held is None:
            raise LaneGone(lane)
        number = held.counts[name] = held.counts.get(name, 0) + 1
        return number

    async def append(self, lane: str, table: Table[T], key: str, entry: T) -> None:
        held = self._lanes.get(lane)
        if held is None:
            raise LaneGone(lane)
        held.put(table, key, entry, move=True)
        self._lanes.move_to_end(lane)  # every request ends in an append: a lane is used when it gets one
        if self.weight > self._budget:
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
        for kept in reversed(self._lane(lane).log(table).values()):
            if after is not None and kept.place <= after:
                break
            if where is None or where(kept.entry):
                found.append(Placed(kept.place, kept.entry))
                if after is None and limit is not None and len(found) >= limit:
                    break
        found.reverse()
        return found if limit is None else found[:limit]

    async def place(self, lane: str) -> int:
        return self._lane(lane).place

    async def news(self, lane: str, tables: Collection[Table[Any]], after: int, limit: int) -> News:
        held = self._lane(lane)
        if after > held.newest:
            return News(held.newest, [], {table.name: held.newest for table in tables}, more=False)
        found = [each for table in tables for each in held.written(table, after, limit)]
        found.sort(key=attrgetter("number"))
        more = len(found) > limit
        del found[limit:]
        until = found[-1].number if more and found else held.newest
        gone = {table.name: last for table in tables if (last := held.last_gone(table)) > after}
        return News(until, found, gone, more)

    async def wait(
        self,
        lane: str,
        tables: Collection[Table[Any]],
        after: int,
        timeout: float,  # noqa: ASYNC109  (the port says so)
        *,
        news: bool = False,
    ) -> bool:
        held = self._lane(lane)
        last = held.last_write if news else held.last_place
        if any(last(table) > after for table in tables):
            return True
        waiting: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        names = {table.name for table in tables}
        waiters = held.watchers if news else held.waiters
        for name in names:
            waiters.setdefault(name, set()).add(waiting)
        try:
            async with asyncio.timeout(timeout):
                return await waiting
        except TimeoutError:
            return False
        finally:
            _stop_waiting(waiters, names, waiting)

    async def clear(self, lane: str, tables: Iterable[str]) -> None:
        held = self._lane(lane)
        await _let_go([dropped for name in tables for dropped in held.drop(name)])

    async def content(self, lane: str, tables: Collection[Table[Any]]) -> Content:
        held = self._lane(lane)
        return Content(
            {each: dict(records) for each in tables if (records := held.records.get(each.name)) and not each.log},
            {each: dict(log) for each in tables if each.log and (log := held.logs.get(each.name))},
            held.due.listed(),
            held.place,
            dict(held.counts),
        )

    async def load(self, lane: str, content: Content) -> None:
        held = self._lane(lane)
        for number, _ in enumerate(held.load(content), 1):
            if number % _LOADED_AT_ONCE == 0:
                await asyncio.sleep(0)
        self._cut()

    def _lane(self, lane: str) -> LaneState:
        held = self._lanes.get(lane)
        if held is None:
            raise LaneGone(lane)
        return held

    def _cut(self) -> None:
        for held in self._lanes.values():
            while self.weight > self._budget and held.cut_oldest():
                pass
            while self.bounded > self._records and held.forget_oldest():
                pass
            if self.weight <= self._budget and self.bounded <= self._records:
                return


# A record and not a tuple: the garbage collector looks at every new tuple.
class _Kept(Record):
    """An entry of a log, its place, the bytes that it counts for, and the number of its last write."""

    place: int
    entry: Any
    weight: int
    number: int


class LaneState:
    """What one lane holds. It is itself the state that decisions read."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.records: dict[str, dict[str, Any]] = {}
        self.bounded: dict[str, dict[str, Any]] = {}
        self.logs: dict[str, OrderedDict[str, _Kept]] = {}
        self.weighed: dict[str, OrderedDict[str, _Kept]] = {}
        self.newest = self.place = self.began = 0
        self.counts: dict[str, int] = {}
        self.due = Timetable(store.schedule)
        self.waiters: dict[str, set[asyncio.Future[bool]]] = {}
        self.watchers: dict[str, set[asyncio.Future[bool]]] = {}
        """Who waits for news, by table: they are also woken by what changes in its place."""
        self.changed: dict[str, OrderedDict[str, None]] = {}
        """The keys of what was changed in its place, the last one at the end. Kept once somebody has asked for news."""
        self.pushed_out: dict[str, int] = {}
        self.removed: dict[str, int] = {}

    def get(self, table: Table[T], key: str) -> T | None:
        if table.log:
            log = self.logs.get(table.name)
            placed = log.get(key) if log is not None else None
            return placed.entry if placed is not None else None
        records = self.records.get(table.name)
        return records.get(key) if records is not None else None

    def entries(self, table: Table[T]) -> Iterator[T]:
        for kept in reversed(self.log(table).values()):
            yield kept.entry

    def log(self, table: Table[T]) -> OrderedDict[str, _Kept]:
        log = self.logs.get(table.name)
        if log is None:
            log = self.logs[table.name] = OrderedDict()
            if table.weigh is not None:
                self.weighed[table.name] = log
        return log

    def last_place(self, table: Table[Any]) -> int:
        log = self.log(table)
        return next(reversed(log.values())).place if log else 0

    def last_gone(self, table: Table[Any]) -> int:
        """Give the number up to which entries of a log may be gone."""
        return max(self.began, self.pushed_out.get(table.name, 0), self.removed.get(table.name, 0))

    def last_write(self, table: Table[Any]) -> int:
        log, changed = self.log(table), self._changes(table)
        last = log[next(reversed(changed))].number if changed else 0
        return max(last, self.last_place(table), self.last_gone(table))

    def written(self, table: Table[Any], after: int, limit: int) -> Iterator[Written]:
        """Give the first entries that were written after a number, and one more than the limit where there is one."""
        log, changed = self.log(table), self._changes(table)
        # Those that came at the end and have not been changed since; then those that have.
        came = (kept for kept in _placed_after(log, after) if kept.number == kept.place)
        for kept in islice(came, limit + 1):
            yield Written(kept.number, table, kept.entry)
        last_changes = takewhile(lambda each: each.number > after, (log[key] for key in reversed(changed)))
        for kept in deque(last_changes, limit + 1):
            yield Written(kept.number, table, kept.entry)

    def _changes(self, table: Table[Any]) -> OrderedDict[str, None]:
        changed = self.changed.get(table.name)
        if changed is None:
            found = [(kept.number, key) for key, kept in self.log(table).items() if kept.number != kept.place]
            changed = self.changed[table.name] = OrderedDict((key, None) for _, key in sorted(found))
        return changed

    def apply(self, change: Change[Any]) -> None:
        moved = change.moved
        for key, value in change.writes.items():
            table, name = key
            if table.log:
                self.put(table, name, value, move=key in moved)
            else:
                self.write(table, name, value)
        for event in change.due:
            self.due.add(event)

    def write(self, table: Table[Any], name: str, value: Any) -> None:
        records = self.records.get(table.name)
        if records is None:
            records = self.records[table.name] = {}
            if table.most is not None:
                self.bounded[table.name] = records
        if table.most is not None:  # what is written again counts as used: the oldest stand first
            self.store.bounded += (value is not None) - (records.pop(name, None) is not None)
            if value is not None:
                if len(records) >= table.most:
                    self._forget(records)
                records[name] = value
        elif value is None:
            records.pop(name, None)
        else:
            records[name] = value

    def _forget(self, records: dict[str, Any]) -> None:
        """Drop the oldest of many records, so many that looking for them costs little."""
        oldest = list(islice(records, len(records) // _AT_ONCE + 1))
        for each in oldest:
            del records[each]
        self.store.bounded -= len(oldest)

    def forget_oldest(self) -> bool:
        """Drop the oldest records of the largest bounded table. Says whether there were any."""
        records = max(self.bounded.values(), key=len, default=None)
        if not records:
            return False
        self._forget(records)
        return True

    def put(self, table: Table[Any], name: str, value: Any, *, move: bool) -> None:
        if value is None:
            self._delete(table, name)
            return
        log = self.logs.get(table.name)
        if log is None:
            log = self.log(table)
        old = log.get(name)
        weight = table.weigh(value) if table.weigh is not None else 0
        self.newest = number = self.newest + 1
        if old is not None:
            self.store.weight += weight - old.weight
            if not move:
                log[name] = _Kept(old.place, value, weight, number)
                if self.changed:
                    self._note_change(table.name, name)
                return
            del log[name]
            if self.changed:
                self._forget_change(table.name, name)
        else:
            self.store.weight += weight
        self.place = number
        log[name] = _Kept(number, value, weight, number)
        if self.waiters:
            _wake(self.waiters, table.name)
        if self.watchers:
            _wake(self.watchers, table.name)
        if len(log) > (table.most or self.store.ring):
            self._push_out(table.name, log)

    def load(self, content: Content) -> Iterator[None]:
        """Take content in, one thing at each step."""
        for table, records in content.records.items():
            for name, value in records.items():
                self.write(table, name, value)
                yield
        for table, entries in content.logs.items():
            for name, each in entries.items():
                self._put_at(table, name, each.entry, each.place)
                yield
        for event in content.due:
            self.due.add(event)
            yield
        self.place = max(self.place, content.place)
        self.newest = max(self.newest, content.place)
        for name, number in content.counts.items():
            self.counts[name] = max(self.counts.get(name, 0), number)

    def _put_at(self, table: Table[Any], name: str, value: Any, place: int) -> None:
        """Put an entry at the end of a log, with a place that it had before."""
        log = self.log(table)
        weight = table.weigh(value) if table.weigh is not None else 0
        log[name] = _Kept(place, value, weight, place)
        self.store.weight += weight
        if len(log) > (table.most or self.store.ring):
            self._push_out(table.name, log)

    def _delete(self, table: Table[Any], name: str) -> None:
        old = self.log(table).pop(name, None)
        if old is not None:
            self.store.weight -= old.weight
            self._note_removal(table.name, name)

    def _push_out(self, table: str, log: OrderedDict[str, _Kept]) -> None:
        """Drop the oldest entry of a log."""
        name, kept = log.popitem(last=False)
        self.store.weight -= kept.weight
        self.pushed_out[table] = kept.place
        if self.changed:
            self._forget_change(table, name)

    def _note_change(self, table: str, name: str) -> None:
        """Somebody asks for news: say that an entry was changed in its place."""
        changed = self.changed.get(table)
        if changed is not None:
            changed[name] = None
            changed.move_to_end(name)
        _wake(self.watchers, table)

    def _forget_change(self, table: str, name: str) -> None:
        changed = self.changed.get(table)
        if changed is not None:
            changed.pop(name, None)

    def _note_removal(self, table: str, name: str | None = None) -> None:
        """Say that entries of a log were taken away on purpose; without a name all of them."""
        self.newest += 1
        self.removed[table] = self.newest
        if name is None:
            self.changed.pop(table, None)
        else:
            self._forget_change(table, name)
        _wake(self.watchers, table)

    def cut_oldest(self) -> bool:
        """Drop the oldest entry of the longest log that has a weight. Says whether there was one."""
        name = max(self.weighed, key=lambda each: len(self.weighed[each]), default=None)
        if name is None or not self.weighed[name]:
            return False
        self._push_out(name, self.weighed[name])
        return True

    def drop(self, name: str) -> list[Any]:
        """Forget a table. Returns what it was, for the caller to let go of."""
        log = self.logs.pop(name, None)
        if log is not None and self.weighed.pop(name, None) is not None:
            self.store.weight -= sum(kept.weight for kept in log.values())
        if log:
            self._note_removal(name)
        self.store.bounded -= len(self.bounded.pop(name, ()))
        return [each for each in (self.records.pop(name, None), log) if each is not None]

    def release(self) -> list[Any]:
        """Forget everything. Returns what it was, for the caller to let go of."""
        dropped = [each for name in [*self.logs, *self.records] for each in self.drop(name)]
        for waiters in (*self.waiters.values(), *self.watchers.values()):
            for waiting in waiters:
                if not waiting.done():
                    waiting.set_result(False)
        return [*dropped, *self.due.release()]


def _placed_after(log: OrderedDict[str, _Kept], place: int) -> Iterable[_Kept]:
    """Give the entries of a log that stand after a place, from whichever end that place is nearer to."""
    if not log:
        return ()
    first, last = next(iter(log.values())).place, next(reversed(log.values())).place
    if place - first < last - place:
        return dropwhile(lambda each: each.place <= place, log.values())
    return reversed(list(takewhile(lambda each: each.place > place, reversed(log.values()))))


def _wake(waiters: dict[str, set[asyncio.Future[bool]]], table: str) -> None:
    for waiting in waiters.get(table, ()):
        if not waiting.done():
            waiting.set_result(True)


def _stop_waiting(
    waiters: dict[str, set[asyncio.Future[bool]]], names: Iterable[str], waiting: asyncio.Future[bool]
) -> None:
    for name in names:
        others = waiters.get(name)
        if others is not None:
            others.discard(waiting)
            if not others:
                del waiters[name]


async def _let_go(dropped: Iterable[Any]) -> None:
    """Free what was kept, a little at a time: a million records at once would hold everybody up."""
    for each in dropped:
        while len(each) > _FREED_AT_ONCE:
            for _ in range(_FREED_AT_ONCE):
                each.popitem() if isinstance(each, dict) else each.pop()
            await asyncio.sleep(0)
