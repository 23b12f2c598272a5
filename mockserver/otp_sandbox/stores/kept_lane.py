"""A lane in memory that knows what of it is not in the file yet."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, Protocol, cast

from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Event, Table
from otp_sandbox.stores.batch import Batch
from otp_sandbox.stores.lane_log import Kept, Log
from otp_sandbox.stores.lane_state import Bounds, LaneState
from otp_sandbox.stores.timetable import Timetable


def nothing() -> None:
    """Do nothing."""


class Keeper(Bounds, Protocol):
    """The store of such lanes: `touched` are those of which something is not in the file yet.

    `last_row` is the number of the newest row of the file: they grow over all lanes.
    `used` counts, so that the lane which was used longest ago has the least.
    """

    touched: dict[KeptLane, None]
    last_row: int
    used: int


class KeptLane(LaneState):
    """What one lane holds, the keys of what changed in it since `gather`, and by which rows the file has the others.

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
        self.keeper = store
        self._changed: dict[str, dict[str, None]] = {}
        self._rows: dict[str, dict[str, int]] = {}
        self.dropped: list[dict[str, int]] = []
        """Rows of what was forgotten as a whole."""
        self.timetable = KeptTimetable(self)
        self.due = self.timetable
        self.touch()

    def touch(self) -> None:
        """Say that something is not in the file yet."""
        self.keeper.touched[self] = None

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
        self.keeper.touched[self] = None

    def _forget(self, records: dict[str, Any]) -> list[str]:
        oldest = super()._forget(records)
        table = next(name for name, each in self.bounded.items() if each is records)
        self._changed.setdefault(table, {}).update(dict.fromkeys(oldest))
        self.touch()
        return oldest

    def drop(self, name: str) -> list[Any]:
        self._changed.pop(name, None)
        if (rows := self._rows.pop(name, None)) is not None:
            self.dropped.append(rows)
        self.touch()
        return super().drop(name)

    def read_back(self, row: int, table: Table[Any], key: str, value: Any) -> None:
        """Take a record that the file has; lower rows come first."""
        self._rows.setdefault(table.name, {})[key] = row
        super().write(table, key, value)

    def end(self) -> None:
        """Stay as it is: the file has to hear of it before."""

    def gather(self, batch: Batch, used: int) -> None:
        """Put into a batch what changed, and forget that it did."""
        number = self.number
        for log in self.logs.values():
            cast("KeptLog", log).gather(batch, number)
        batch.kept_dropped.extend(self.dropped)
        self.dropped = []
        if self.gone:  # everything was dropped, but for the schedule
            batch.lanes_gone.append(number)
            self.timetable.drop(batch)
            self.timetable.end()
            super().end()
            return
        batch.lanes.append((number, self.name, used, self.place, self.newest, self.began, dict(self.counts)))
        for name, changed in self._changed.items():
            self._gather_table(batch, name, changed)
        self._changed = {}
        self.timetable.gather(batch, number)

    def _gather_table(self, batch: Batch, name: str, changed: Iterable[str]) -> None:
        keeper, records, rows = self.keeper, self.records.get(name, {}), self._rows.setdefault(name, {})
        in_order = name in self.bounded
        for key in changed:
            value, row = records.get(key), rows.get(key)
            if row is not None and (value is None or in_order):
                batch.kept_gone.append(row)
                del rows[key]
                row = None
            if value is not None:
                if row is None:
                    row = rows[key] = keeper.last_row = keeper.last_row + 1
                batch.kept.append((row, self.number, name, key, None, None, value))


class KeptLog(Log):
    """A log that knows which of its entries changed, and by which numbers the file has them."""

    __slots__ = ("_changed_keys", "_kept_lane", "_rows", "_told_gone")

    def __init__(self, lane: KeptLane, table: Table[Any]) -> None:
        super().__init__(lane, table)
        self._kept_lane = lane
        self._changed_keys: dict[str, None] = {}
        self._rows: dict[str, int] = {}
        self._told_gone = 0

    def put(self, name: str, value: Any, *, move: bool) -> None:
        super().put(name, value, move=move)
        self._changed_keys[name] = None
        self._kept_lane.touch()

    def put_back(self, name: str, value: Any, place: int, number: int | None = None) -> None:
        super().put_back(name, value, place, number)
        if number is None:  # else it came from the file
            self._changed_keys[name] = None
            self._kept_lane.touch()

    def read_back(self, row: int, name: str, value: Any, place: int, number: int) -> None:
        """Take an entry that the file has; those of lower places come first."""
        self._rows[name] = row
        self.put_back(name, value, place, number)

    def push_out(self) -> None:
        self._changed_keys[next(iter(self.entries))] = None
        super().push_out()
        self._kept_lane.touch()

    def clear(self) -> OrderedDict[str, Kept]:
        self._kept_lane.dropped.append(self._rows)
        self._rows, self._changed_keys = {}, {}
        return super().clear()

    def has_lost(self, gone: int) -> None:
        """Take over from the file up to which number entries may be gone."""
        self._pushed_out = self._told_gone = gone

    def gather(self, batch: Batch, lane: int) -> None:
        """Put into a batch what changed, and forget that it did."""
        table, entries, rows, keeper = self.table.name, self.entries, self._rows, self._kept_lane.keeper
        for key in self._changed_keys:
            kept = entries.get(key)
            if kept is None:
                if (row := rows.pop(key, None)) is not None:
                    batch.kept_gone.append(row)
            else:
                if (row := rows.get(key)) is None:
                    row = rows[key] = keeper.last_row = keeper.last_row + 1
                batch.kept.append((row, lane, table, key, kept.place, kept.number, kept.entry))
        self._changed_keys = {}
        gone = max(self._pushed_out, self._removed)
        if gone != self._told_gone and not self._kept_lane.gone:
            self._told_gone = gone
            batch.logs.append((lane, table, gone))


class KeptTimetable(Timetable):
    """A timetable that knows the rows of its events, and which of them came and went.

    Args:
        lane: whose schedule it is.
    """

    def __init__(self, lane: KeptLane) -> None:
        """Start empty."""
        super().__init__(lane.keeper.schedule)
        self._touch: Callable[[], None] = lane.touch
        self._keeper = lane.keeper
        self._rows: dict[int, int] = {}
        """By the identity of an event, which lives as long as it waits."""
        self._came: dict[int, Event] = {}
        self._went: list[int] = []

    def add(self, event: Event) -> bool:
        if id(event) in self._rows:
            event = replace(event)
        if not super().add(event):
            return False
        row = self._keeper.last_row = self._keeper.last_row + 1
        self._rows[id(event)] = row
        self._came[row] = event
        self._touch()
        return True

    def read_back(self, row: int, event: Event) -> None:
        """Take an event that the file has; lower rows come first."""
        if super().add(event):
            self._rows[id(event)] = row
        else:
            self._went.append(row)
            self._touch()

    def take(self) -> None:
        event = self.first()
        super().take()
        if event is not None:
            self.let_go(event)

    def let_go(self, event: Event) -> None:
        row = self._rows.pop(id(event))
        if self._came.pop(row, None) is None:
            self._went.append(row)
        self._touch()

    def drop(self, batch: Batch) -> None:
        """Put into a batch that all of them are gone, also those that had been taken before."""
        batch.due_dropped.append(self._rows)
        batch.due_gone.extend(self._went)
        self._rows, self._came, self._went = {}, {}, []

    def end(self) -> None:
        """Let go of what leads back here."""
        self._touch = nothing

    def gather(self, batch: Batch, lane: int) -> None:
        """Put into a batch what changed, and forget that it did."""
        batch.due.extend((row, lane, event) for row, event in self._came.items())
        batch.due_gone.extend(self._went)
        self._came, self._went = {}, []
