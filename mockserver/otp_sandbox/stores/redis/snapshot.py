"""What was fetched of a lane, as decisions see it, and what they change in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

from otp_sandbox.domain.store import WHOLE, Change, Event, Key, Table
from otp_sandbox.stores.redis.coding import VERSION, Values, event_of, hash_of, micro

T = TypeVar("T")

_UNKNOWN: Final = object()
_KEYS_AT_ONCE: Final = 1_000
"""Keys that one call of the server's reads; its scripts can hand over some thousands."""


class NotFetched(BaseException):
    """A decision reads what is not at hand. No decision may catch it, so it is no `Exception`."""

    def __init__(self, key: Key) -> None:
        super().__init__(f"{key[0].name}/{key[1]}")
        self.key = key


class Unsorted(BaseException):
    """A decision reads a whole log to which one before it writes, and that is not written yet."""


class Snapshot:
    """The state that decisions of one go read: what was fetched, and over it what those before them wrote.

    Args:
        life: which life of which lane it is of.
        values: reads and writes values.
    """

    def __init__(self, life: str, values: Values) -> None:
        """Hold nothing yet."""
        self.life = life
        self._values = values
        self._fetched: dict[Key, bytes | None] = {}
        self._whole: dict[str, tuple[bytes, dict[str, bytes]]] = {}
        self._read: set[Key] = set()
        self._written: dict[Key, Any] = {}
        self._written_logs: set[str] = set()
        self.records: dict[Key, tuple[Any, ...]] = {}
        self.entries_written: list[tuple[Any, ...]] = []
        self.due: list[tuple[int, str]] = []
        self.first_due: int | None = None
        """When the next event falls due, in microseconds since 1970."""

    # What it holds

    def missing(self, keys: Iterable[Key]) -> list[Key]:
        """Give the keys that are not at hand yet."""
        return [each for each in dict.fromkeys(keys) if each not in self._fetched and not self._is_whole(each)]

    def _is_whole(self, key: Key) -> bool:
        return key[0].log and key[0].name in self._whole

    @staticmethod
    def wanted(keys: Iterable[Key]) -> tuple[list[tuple[str, list[str]]], list[str], list[Key]]:
        """Group keys as `fetch.lua` takes them. Also gives them in the order in which it answers."""
        groups: dict[tuple[Table[Any], int], list[str]] = {}
        logs: dict[str, None] = {}
        sizes: dict[Table[Any], int] = {}
        for table, name in keys:
            if name == WHOLE and table.log:
                logs[table.name] = None
                continue
            size = sizes[table] = sizes.get(table, -1) + 1
            groups.setdefault((table, size // _KEYS_AT_ONCE), []).append(name)
        ordered = [(table, name) for (table, _), names in groups.items() for name in names]
        return [(hash_of(table), names) for (table, _), names in groups.items()], list(logs), ordered

    def take(self, keys: Sequence[Key], found: list[list[bytes | None]], logs: list[str], whole: list[Any]) -> None:
        """Take in what was fetched."""
        for key, data in zip(keys, (each for group in found for each in group), strict=True):
            self._fetched[key] = data
        for name, (last, entries) in zip(logs, whole, strict=True):
            pairs = iter(entries)
            self._whole[name] = last, {key.decode(): data for key, data in zip(pairs, pairs, strict=True)}

    # What decisions see

    def get(self, table: Table[T], key: str) -> T | None:
        named = (table, key)
        value = self._written.get(named, _UNKNOWN)
        if value is not _UNKNOWN:
            found: T | None = value
            return found
        data = self._fetched.get(named, _UNKNOWN)
        if data is _UNKNOWN:
            if not self._is_whole(named):
                raise NotFetched(named)
            data = self._whole[table.name][1].get(key)
            self._read.add((table, WHOLE))
        else:
            self._read.add(named)
        return self._values.read(self.life, named, data) if isinstance(data, bytes) else None

    def entries(self, table: Table[T]) -> Iterator[T]:
        if table.name in self._written_logs:
            raise Unsorted
        if table.name not in self._whole:
            raise NotFetched((table, WHOLE))
        self._read.add((table, WHOLE))
        for key, data in self._whole[table.name][1].items():
            yield self._values.read(self.life, (table, key), data)

    def apply(self, change: Change[Any]) -> None:
        """Write a change over what was fetched."""
        values = self._values
        records, entries = [], []
        for key, value in change.writes.items():
            table, name = key
            if table.log:
                entries.append((key, value, values.entry(table, name, value, move=key in change.moved)))
            else:
                records.append((key, value, values.record(table, name, value)))
        due = [values.event(each) for each in change.due]
        # Nothing can go wrong from here on.
        for key, value, written in records:
            self._written[key] = value
            self.records.pop(key, None)  # in the order in which a bounded table forgets them
            self.records[key] = written
        for key, value, written in entries:
            self._written[key] = value
            self._written_logs.add(key[0].name)
            self.entries_written.append(written)
        self.due += due
        for at, _ in due:
            if self.first_due is None or at < self.first_due:
                self.first_due = at

    # What has to hold still when it is written

    def reads(self) -> tuple[list[tuple[str, list[Any]]], list[Any]]:
        """Give what was read, with the versions, as `commit.lua` takes it."""
        groups: dict[tuple[Table[Any], int], list[Any]] = {}
        sizes: dict[Table[Any], int] = {}
        logs: list[Any] = []
        for table, name in self._read:
            if name == WHOLE and table.log:
                logs += (table.name, self._whole[table.name][0].decode())
                continue
            data = self._fetched[table, name]
            size = sizes[table] = sizes.get(table, -1) + 1
            version = data[:VERSION].decode() if data is not None else ""
            groups.setdefault((table, size // _KEYS_AT_ONCE), []).extend((name, version))
        return [(hash_of(table), list_) for (table, _), list_ in groups.items()], logs


def due_at(first: list[bytes]) -> int | None:
    """Tell when the first event falls due, as scripts answer it."""
    return micro(event_of(first[0]).at) if first else None


def events(members: Iterable[bytes]) -> list[tuple[str, Event]]:
    """Read events, each with what the schedule knows it by."""
    return [(each.decode(), event_of(each)) for each in members]
