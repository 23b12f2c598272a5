"""How keys, instants and values are written in the server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from otp_sandbox.domain.store import Event, Key, Table
from otp_sandbox.stores.coding import Coding

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
VERSION: Final = 16
"""Bytes at the head of a value that say whether it is still the same."""
ENTRY: Final = 3 * VERSION
"""Bytes at the head of an entry of a log: its number, its place, its weight."""
pack: Final = msgspec.msgpack.Encoder().encode
_read_event: Final = msgspec.json.Decoder(Event).decode
_DECODED_MOST: Final = 1_000
"""Records that are kept as they were read, accounts as a rule: each send reads one."""
_DECODED_LENGTH_MOST: Final = 16 * 1024


def micro(instant: datetime) -> int:
    """Give the microseconds since 1970: what events are sorted by."""
    return (instant - _EPOCH) // _MICROSECOND


def event_of(member: bytes) -> Event:
    """Read an event as it stands in the schedule, behind its number."""
    return _read_event(member[VERSION:])


def hash_of(table: Table[Any]) -> str:
    """Give the end of the key under which a table is."""
    return f":l:{table.name}" if table.log else f":r:{table.name}"


class Values:
    """Reads and writes values.

    Args:
        coding: reads and writes records.
        ring: how many entries a log keeps that has no bound of its own.
    """

    def __init__(self, coding: Coding, ring: int) -> None:
        """Remember nothing yet."""
        self._coding = coding
        self._ring = ring
        self._decoded: dict[tuple[str, Key], tuple[bytes, Any]] = {}

    def read(self, life: str, key: Key, data: bytes) -> Any:
        """Read a value. A record that was just read is not decoded again."""
        table, name = key
        if table.log:
            return self._coding.decoded(table, name, data[ENTRY:])
        known = self._decoded.get((life, key))
        if known is not None and known[0] == data:
            return known[1]
        value = self._coding.decoded(table, name, data[VERSION:])
        if len(self._decoded) >= _DECODED_MOST:
            self._decoded.clear()
        if len(data) <= _DECODED_LENGTH_MOST:
            self._decoded[life, key] = (data, value)
        return value

    def record(self, table: Table[Any], name: str, value: Any) -> tuple[Any, ...]:
        """Write a record as the scripts take it."""
        text = None if value is None else self._coding.encoded(table, value).decode()
        return table.name, name, text or False, table.most or 0

    def entry(self, table: Table[Any], name: str, value: Any, *, move: bool) -> tuple[Any, ...]:
        """Write an entry of a log as the scripts take it; for `load.lua` its place stands where `move` is."""
        if value is None:
            return table.name, name, False, 0, 0, False
        weight = table.weigh(value) if table.weigh is not None else 0
        return table.name, name, self._coding.encoded(table, value).decode(), weight, table.most or self._ring, move

    @staticmethod
    def event(event: Event) -> tuple[int, str]:
        """Write an event as the scripts take it."""
        return micro(event.at), msgspec.json.encode(event).decode()
