"""One log of a lane in memory."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from itertools import dropwhile, islice, takewhile
from typing import TYPE_CHECKING, Any

from otp_sandbox.domain.record import Record
from otp_sandbox.domain.store import Table, Written

if TYPE_CHECKING:
    from otp_sandbox.stores.lane_state import LaneState

Waiters = dict[str, set[asyncio.Future[bool]]]


# A record and not a tuple: the garbage collector looks at every new tuple.
class Kept(Record):
    """An entry of a log, its place, the bytes that it counts for, and the number of its last write."""

    place: int
    entry: Any
    weight: int
    number: int


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
                    wake(lane.watchers, table.name)
                return
            del entries[name]
            self._forget_change(name)
        else:
            lane.store.weight += weight
        lane.place = number
        entries[name] = Kept(number, value, weight, number)
        if lane.waiters:
            wake(lane.waiters, table.name)
        if lane.watchers:
            wake(lane.watchers, table.name)
        if len(entries) > (table.most or lane.store.ring):
            self.push_out()

    def put_back(self, name: str, value: Any, place: int, number: int | None = None) -> None:
        """Put an entry at the end, with a place that it had before, and the number of its last write if it had one."""
        weight = self.table.weigh(value) if self.table.weigh is not None else 0
        self.entries[name] = Kept(place, value, weight, place if number is None else number)
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
        wake(lane.watchers, self.table.name)

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


def wake(waiters: Waiters, table: str, *, found: bool = True) -> None:
    """Let everybody go on who waits for a table."""
    for waiting in waiters.get(table, ()):
        if not waiting.done():
            waiting.set_result(found)


def stop_waiting(waiters: Waiters, tables: Iterable[str], waiting: asyncio.Future[bool]) -> None:
    """Forget somebody who waited for some tables."""
    for table in tables:
        others = waiters.get(table)
        if others is not None:
            others.discard(waiting)
            if not others:
                del waiters[table]
