"""What a file holds, read into memory at the start."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from operator import itemgetter
from typing import Any, cast

import msgspec

from otp_sandbox.domain.store import Event, Table, declared
from otp_sandbox.domain.store_errors import StoreUnusable
from otp_sandbox.stores.kept_lane import Keeper, KeptLane, KeptLog
from otp_sandbox.stores.sqlite_file import SqliteFile


def read_lanes(store: Keeper, file: SqliteFile) -> list[KeptLane]:
    """Read all lanes, the one unused longest first.

    Raises:
        StoreUnusable: something cannot be read. Nothing was written.
    """
    try:
        with _no_garbage_collection():
            return _Reading(store, file).lanes()
    except sqlite3.Error as error:
        raise StoreUnusable(file.told(error)) from error
    except (msgspec.MsgspecError, KeyError, TypeError, ValueError) as error:  # another program has written to it
        raise StoreUnusable(f"store sqlite:{file.path}: it is damaged ({error!r})") from error


class _Reading:
    def __init__(self, store: Keeper, file: SqliteFile) -> None:
        self._store = store
        self._file = file
        self._tables: Mapping[str, Table[Any]] = declared()
        self._by_number: dict[int, KeptLane] = {}

    def lanes(self) -> list[KeptLane]:
        store, rows = self._store, self._file.rows
        for number, name, used, place, newest, began, counts in rows("SELECT * FROM lanes ORDER BY used, number"):
            held = self._by_number[number] = KeptLane(store, name, number)
            held.place, held.newest, held.began = place, newest, began
            held.counts = msgspec.json.decode(counts, type=dict[str, int])
            store.used = max(store.used, used)
        for lane, name, gone in rows("SELECT lane, name, gone FROM logs"):
            self._log(lane, self._known(name)).has_lost(gone)
        store.touched.clear()  # new as they are, the file knows them
        self._read_kept()
        read_event = msgspec.json.Decoder(Event).decode
        for row, lane, data in rows("SELECT * FROM due ORDER BY row"):
            self._by_number[lane].timetable.read_back(row, read_event(data))
            store.last_row = max(store.last_row, row)
        return [*self._by_number.values()]

    def _read_kept(self) -> None:
        store, decode = self._store, self._file.read_record
        logs: dict[KeptLog, list[tuple[int, int, str, Any, int]]] = {}
        for row, lane, name, key, place, number, data in self._file.rows("SELECT * FROM kept ORDER BY row"):
            table = self._known(name)
            value = decode(row, table, key, data)
            if not table.log:
                self._by_number[lane].read_back(row, table, key, value)
            elif type(place) is type(number) is int:
                logs.setdefault(self._log(lane, table), []).append((place, row, key, value, number))
            else:
                raise ValueError(f"{name} in row {row} has no place")
            store.last_row = row
        for log, entries in logs.items():
            entries.sort(key=itemgetter(0))
            for place, row, key, value, number in entries:
                log.read_back(row, key, value, place, number)

    def _log(self, lane: int, table: Table[Any]) -> KeptLog:
        return cast("KeptLog", self._by_number[lane].log(table))

    def _known(self, name: str) -> Table[Any]:
        table = self._tables.get(name)
        if table is None:
            raise StoreUnusable(f"store sqlite:{self._file.path}: this otp-sandbox knows no table {name}")
        return table


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
