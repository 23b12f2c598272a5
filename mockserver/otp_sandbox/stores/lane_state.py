"""What one lane holds in memory: records, logs, and what falls due."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from operator import attrgetter
from typing import Any, Final, Protocol, TypeVar

from otp_sandbox.domain.content import Content
from otp_sandbox.domain.store import Change, Table
from otp_sandbox.stores.lane_log import Log, Waiters, wake
from otp_sandbox.stores.timetable import Timetable

T = TypeVar("T")
_entry_of: Final = attrgetter("entry")
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
        self._weighed: list[Log] = []
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
        return map(_entry_of, reversed(self.log(table).entries.values()))

    def log(self, table: Table[Any]) -> Log:
        log = self.logs.get(table.name)
        if log is None:
            log = self.logs[table.name] = self.new_log(table)
            if table.weigh is not None:
                self._weighed.append(log)
        return log

    def new_log(self, table: Table[Any]) -> Log:
        return Log(self, table)

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

    def _forget(self, records: dict[str, Any]) -> list[str]:
        """Drop the oldest of many records, so many that looking for them costs little. Gives their keys."""
        oldest = list(islice(records, len(records) // _AT_ONCE + 1))
        for each in oldest:
            del records[each]
        self.store.bounded -= len(oldest)
        return oldest

    def forget_oldest(self) -> bool:
        """Drop the oldest records of the largest bounded table. Says whether there were any."""
        records = max(self.bounded.values(), key=len, default=None)
        if not records:
            return False
        self._forget(records)
        return True

    def cut_oldest(self) -> bool:
        """Drop the oldest entry of the longest log that has a weight. Says whether there was one."""
        longest, most = None, 0
        for log in self._weighed:  # requests of a busy server come by here
            if len(log.entries) > most:
                longest, most = log, len(log.entries)
        if longest is None:
            return False
        longest.push_out()
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
            wake(self.waiters, name, found=False)
            wake(self.watchers, name, found=False)
        return [*dropped, *self.due.release()]

    def end(self) -> None:
        """Let go of what leads back here, so that nobody has to look for a lane that was forgotten."""
        self.logs, self._weighed = {}, []
