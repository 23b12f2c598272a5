"""A lane in memory that knows what of it is not in the file yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, cast

from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Event, Table
from otp_sandbox.stores.batch import Batch
from otp_sandbox.stores.lane_log import Log
from otp_sandbox.stores.lane_state import Bounds, LaneState
from otp_sandbox.stores.timetable import Timetable


class Keeper(Bounds, Protocol):
    """The store of such lanes: `touched` are those of which something is not in the file yet."""

    touched: dict[KeptLane, None]


class KeptLane(LaneState):
    """What one lane holds, and the keys of what changed in it since `gather`.

    Args:
        store: whose lane it is.
        name: what the store knows it by.
        number: what the file knows it by.
    """

    def __init__(self, store: Keeper, name: str, number: int) -> None:
        """Start empty, and unknown to the file."""
        super().__init__(store)
        self.name = name
        self.number = number
        self.gone = False
        self.last_position = 0
        self._keeper = store
        self._changed: dict[str, dict[str, None]] = {}
        self._cleared: set[str] = set()
        self.timetable = KeptTimetable(store.schedule, self.touch)
        self.due = self.timetable
        self.touch()

    def touch(self) -> None:
        """Say that something is not in the file yet."""
        self._keeper.touched[self] = None

    def new_log(self, table: Table[Any]) -> Log:
        return KeptLog(self, table)

    def write(self, table: Table[Any], name: str, value: Any) -> None:
        super().write(table, name, value)
        changed = self._changed.get(table.name)
        if changed is None:
            changed = self._changed[table.name] = {}
        elif table.most is not None:
            changed.pop(name, None)  # in the order in which the table forgets them
        changed[name] = None
        self._keeper.touched[self] = None

    def _forget(self, records: dict[str, Any]) -> list[str]:
        oldest = super()._forget(records)
        table = next(name for name, each in self.bounded.items() if each is records)
        self._changed.setdefault(table, {}).update(dict.fromkeys(oldest))
        self.touch()
        return oldest

    def drop(self, name: str) -> list[Any]:
        self._cleared.add(name)
        self._changed.pop(name, None)
        log = self.logs.get(name)
        if log is not None:
            cast("KeptLog", log).changed.clear()
        self.touch()
        return super().drop(name)

    def put_back(self, table: Table[Any], key: str, position: int, value: Any) -> None:
        """Take a record that the file has; the oldest come first."""
        super().write(table, key, value)
        self.last_position = max(self.last_position, position)

    def gather(self, batch: Batch, used: int) -> None:
        """Put into a batch what changed, and forget that it did."""
        number = self.number
        if self.gone:
            batch.lanes_gone.append((number,))
            return
        batch.lanes.append((number, self.name, used, self.place, self.newest, self.began, dict(self.counts)))
        batch.cleared.extend((number, name) for name in self._cleared)
        self._cleared.clear()
        for name, changed in self._changed.items():
            records = self.records.get(name, {})
            for key in changed:
                value = records.get(key)
                if value is None:
                    batch.records_gone.append((number, name, key))
                else:
                    self.last_position += 1
                    batch.records.append((number, name, key, self.last_position, value))
        self._changed = {}
        for log in self.logs.values():
            cast("KeptLog", log).gather(batch, number)
        self.timetable.gather(batch, number)


class KeptLog(Log):
    """A log that knows which of its entries changed."""

    __slots__ = ("_kept_lane", "_told_gone", "changed")

    def __init__(self, lane: KeptLane, table: Table[Any]) -> None:
        super().__init__(lane, table)
        self._kept_lane = lane
        self.changed: dict[str, None] = {}
        self._told_gone = 0

    def put(self, name: str, value: Any, *, move: bool) -> None:
        super().put(name, value, move=move)
        self.changed[name] = None
        self._kept_lane.touch()

    def put_back(self, name: str, value: Any, place: int, number: int | None = None) -> None:
        super().put_back(name, value, place, number)
        if number is None:  # else it came from the file
            self.changed[name] = None
            self._kept_lane.touch()

    def push_out(self) -> None:
        self.changed[next(iter(self.entries))] = None
        super().push_out()
        self._kept_lane.touch()

    def has_lost(self, gone: int) -> None:
        """Take over from the file up to which number entries may be gone."""
        self._pushed_out = self._told_gone = gone

    def gather(self, batch: Batch, lane: int) -> None:
        """Put into a batch what changed, and forget that it did."""
        table, entries = self.table.name, self.entries
        for key in self.changed:
            kept = entries.get(key)
            if kept is None:
                batch.entries_gone.append((lane, table, key))
            else:
                batch.entries.append((lane, table, key, kept.place, kept.number, kept.entry))
        self.changed = {}
        gone = max(self._pushed_out, self._removed)
        if gone != self._told_gone:
            self._told_gone = gone
            batch.logs.append((lane, table, gone))


class KeptTimetable(Timetable):
    """A timetable whose events have numbers, and that knows which of them came and went.

    Args:
        most: how many it holds.
        touch: is called when something changed.
    """

    def __init__(self, most: int, touch: Callable[[], None]) -> None:
        """Start empty."""
        super().__init__(most)
        self._touch = touch
        self._last = 0
        self._numbers: dict[int, int] = {}
        """By the identity of an event, which lives as long as it waits."""
        self._came: dict[int, Event] = {}
        self._went: list[int] = []

    def add(self, event: Event) -> bool:
        if id(event) in self._numbers:
            event = replace(event)
        if not super().add(event):
            return False
        self._last += 1
        self._numbers[id(event)] = self._last
        self._came[self._last] = event
        self._touch()
        return True

    def put_back(self, number: int, event: Event) -> None:
        """Take an event that the file has; they come in the order of their numbers."""
        self._last = number
        if super().add(event):
            self._numbers[id(event)] = number
        else:
            self._went.append(number)
            self._touch()

    def take(self) -> None:
        event = self.first()
        super().take()
        if event is not None:
            self.let_go(event)

    def let_go(self, event: Event) -> None:
        number = self._numbers.pop(id(event))
        if self._came.pop(number, None) is None:
            self._went.append(number)
        self._touch()

    def gather(self, batch: Batch, lane: int) -> None:
        """Put into a batch what changed, and forget that it did."""
        batch.events.extend((lane, number, event) for number, event in self._came.items())
        batch.events_gone.extend((lane, number) for number in self._went)
        self._came, self._went = {}, []
