"""What one lane holds in memory: records, logs, and what falls due."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from itertools import dropwhile, islice, takewhile
from typing import Any, Final, Protocol, TypeVar

from otp_sandbox.domain.content import Content
from otp_sandbox.domain.record import Record
from otp_sandbox.domain.store import Change, Table, Written
from otp_sandbox.stores.timetable import Timetable

T = TypeVar("T")
Waiters = dict[str, set[asyncio.Future[bool]]]

_AT_ONCE: Final = 64
"""A table over its bound loses this part of itself (1/64), so that looking for the oldest costs little."""


class Bounds(Protocol):
    """What all lanes of a store count together.

    `ring` is how many entries a log keeps, `schedule` how many events wait in a lane; `weight` is what the entries of
    logs weigh, `bounded` how many records bounded tables hold.
    """

    ring: int
    schedule: int
    weight: int
    bounded: int


# A record and not a tuple: the garbage collector looks at every new tuple.
class Kept(Record):
    """An entry of a log, its place, the bytes that it counts for, and the number of its last write."""

    place: int
    entry: Any
    weight: int
    number: int


class LaneState:
    """What one lane holds. It is itself the state that decisions read.

    All writes to its logs are numbered: `newest` is the last number, `place` the last one that put an entry at an end,
    `began` the one that this life began with.
    """

    def __init__(self, store: Bounds) -> None:
        self.store = store
        self.records: dict[str, dict[str, Any]] = {}
        self.bounded: dict[str, dict[str, Any]] = {}
        self.logs: dict[str, Log] = {}
        self.newest = self.place = self.began = 0
        self.counts: dict[str, int] = {}
        self.due = Timetable(store.schedule)
        self.waiters: Waiters = {}
        self.watchers: Waiters = {}
        """Who waits for news, by table: they are also woken by what changes in its place."""

    def get(self, table: Table[T], key: str) -> T | None:
        if table.log:
            log = self.logs.get(table.name)
            kept = log.entries.get(key) if log is not None else None
            return kept.entry if kept is not None else None
        records = self.records.get(table.name)
        return records.get(key) if records is not None else None

    def entries(self, table: Table[T]) -> Iterator[T]:
        for kept in reversed(self.log(table).entries.values()):
            yield kept.entry

    def log(self, table: Table[Any]) -> Log:
        return self.logs.get(table.name) or self.logs.setdefault(table.name, Log(self, table))

    def apply(self, change: Change[Any]) -> None:
        moved = change.moved
        for key, value in change.writes.items():
            table, name = key
            if table.log:
                (self.logs.get(table.name) or self.log(table)).put(name, value, move=key in moved)
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

    def cut_oldest(self) -> bool:
        """Drop the oldest entry of the longest log that has a weight. Says whether there was one."""
        weighed = (log for log in self.logs.values() if log.table.weigh is not None)
        log = max(weighed, key=lambda each: len(each.entries), default=None)
        if log is None or not log.entries:
            return False
        log.push_out()
        return True

    def load(self, content: Content) -> Iterator[None]:
        """Take content in, one thing at each step."""
        for table, records in content.records.items():
            for name, value in records.items():
                self.write(table, name, value)
                yield
        for table, entries in content.logs.items():
            log = self.log(table)
            for name, each in entries.items():
                log.put_back(name, each.entry, each.place)
                yield
        for event in content.due:
            self.due.add(event)
            yield
        self.place = max(self.place, content.place)
        self.newest = max(self.newest, content.place)
        for name, number in content.counts.items():
            self.counts[name] = max(self.counts.get(name, 0), number)

    def drop(self, name: str) -> list[Any]:
        """Forget a table. Returns what it was, for the caller to let go of."""
        self.store.bounded -= len(self.bounded.pop(name, ()))
        log = self.logs.get(name)
        return [each for each in (self.records.pop(name, None), log and log.clear()) if each]

    def release(self) -> list[Any]:
        """Forget everything. Returns what it was, for the caller to let go of."""
        dropped = [each for name in [*self.logs, *self.records] for each in self.drop(name)]
        for name in {*self.waiters, *self.watchers}:
            _wake(self.waiters, name, found=False)
            _wake(self.watchers, name, found=False)
        return [*dropped, *self.due.release()]


class Log:
    """One log of a lane: its entries in order, which of them were changed in their place, and what is gone."""

    __slots__ = ("_changed", "_lane", "_pushed_out", "_removed", "entries", "table")

    def __init__(self, lane: LaneState, table: Table[Any]) -> None:
        self._lane = lane
        self.table = table
        self.entries: OrderedDict[str, Kept] = OrderedDict()
        self._changed: OrderedDict[str, None] | None = None
        """The keys of what was changed in its place, the last one at the end. Kept once somebody has asked for news."""
        self._pushed_out = self._removed = 0

    def put(self, name: str, value: Any, *, move: bool) -> None:
        """Write an entry: in its place where it has one and is not to `move`, else at the end. None deletes it."""
        if value is None:
            self._delete(name)
            return
        lane, entries, table = self._lane, self.entries, self.table
        old = entries.get(name)
        weight = table.weigh(value) if table.weigh is not None else 0
        lane.newest = number = lane.newest + 1
        if old is not None:
            lane.store.weight += weight - old.weight
            if not move:
                entries[name] = Kept(old.place, value, weight, number)
                if self._changed is not None:
                    self._changed[name] = None
                    self._changed.move_to_end(name)
                    _wake(lane.watchers, table.name)
                return
            del entries[name]
            self._forget_change(name)
        else:
            lane.store.weight += weight
        lane.place = number
        entries[name] = Kept(number, value, weight, number)
        if lane.waiters:
            _wake(lane.waiters, table.name)
        if lane.watchers:
            _wake(lane.watchers, table.name)
        if len(entries) > (table.most or lane.store.ring):
            self.push_out()

    def put_back(self, name: str, value: Any, place: int) -> None:
        """Put an entry at the end, with a place that it had before."""
        weight = self.table.weigh(value) if self.table.weigh is not None else 0
        self.entries[name] = Kept(place, value, weight, place)
        self._lane.store.weight += weight
        if len(self.entries) > (self.table.most or self._lane.store.ring):
            self.push_out()

    def push_out(self) -> None:
        """Drop the oldest entry."""
        name, kept = self.entries.popitem(last=False)
        self._lane.store.weight -= kept.weight
        self._pushed_out = kept.place
        if self._changed is not None:
            self._changed.pop(name, None)

    def _delete(self, name: str) -> None:
        old = self.entries.pop(name, None)
        if old is not None:
            self._lane.store.weight -= old.weight
            self._forget_change(name)
            self._note_removal()

    def clear(self) -> OrderedDict[str, Kept]:
        """Delete all entries. Returns them, for the caller to let go of."""
        cleared, self.entries, self._changed = self.entries, OrderedDict(), None
        if cleared:
            if self.table.weigh is not None:
                self._lane.store.weight -= sum(kept.weight for kept in cleared.values())
            self._note_removal()
        return cleared

    def _note_removal(self) -> None:
        """Say that entries were taken away on purpose."""
        lane = self._lane
        lane.newest = self._removed = lane.newest + 1
        _wake(lane.watchers, self.table.name)

    def _forget_change(self, name: str) -> None:
        if self._changed is not None:
            self._changed.pop(name, None)

    @property
    def last_place(self) -> int:
        """The place of the newest entry."""
        return next(reversed(self.entries.values())).place if self.entries else 0

    @property
    def last_gone(self) -> int:
        """The number up to which entries may be gone."""
        return max(self._lane.began, self._pushed_out, self._removed)

    @property
    def last_write(self) -> int:
        """The number of the last thing that became of it."""
        changed = self._changes()
        last = self.entries[next(reversed(changed))].number if changed else 0
        return max(last, self.last_place, self.last_gone)

    def written(self, after: int, limit: int) -> Iterator[Written]:
        """Give the first entries that were written after a number, and one more than the limit where there is one."""
        changed = self._changes()
        # Those that came at the end and have not been changed since; then those that have.
        came = (kept for kept in self._placed_after(after) if kept.number == kept.place)
        for kept in islice(came, limit + 1):
            yield Written(kept.number, self.table, kept.entry)
        last_changes = takewhile(lambda each: each.number > after, (self.entries[key] for key in reversed(changed)))
        for kept in deque(last_changes, limit + 1):
            yield Written(kept.number, self.table, kept.entry)

    def _changes(self) -> OrderedDict[str, None]:
        if self._changed is None:
            found = [(kept.number, key) for key, kept in self.entries.items() if kept.number != kept.place]
            self._changed = OrderedDict((key, None) for _, key in sorted(found))
        return self._changed

    def _placed_after(self, place: int) -> Iterable[Kept]:
        """Give the entries that stand after a place, from whichever end that place is nearer to."""
        entries = self.entries
        if not entries:
            return ()
        first, last = next(iter(entries.values())).place, self.last_place
        if place - first < last - place:
            return dropwhile(lambda each: each.place <= place, entries.values())
        return reversed(list(takewhile(lambda each: each.place > place, reversed(entries.values()))))


def _wake(waiters: Waiters, table: str, *, found: bool = True) -> None:
    for waiting in waiters.get(table, ()):
        if not waiting.done():
            waiting.set_result(found)
