"""The file of a store: opened, brought up to date, read once, and then written in batches."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import msgspec

from otp_sandbox.domain.store import Table
from otp_sandbox.domain.store_errors import StoreUnusable
from otp_sandbox.stores.batch import Batch
from otp_sandbox.stores.coding import Coding
from otp_sandbox.stores.sqlite_schema import APPLICATION, MIGRATIONS

_MAGIC: Final = b"SQLite format 3\0"
_HEAD: Final = 100
_AT_ONCE: Final = (256, 32, 4, 1)
"""Rows of one statement. While a statement runs, the loop runs too; between two they take turns."""


class SqliteFile:
    """A SQLite file that this process has alone. From `opened` on it may be used by one thread at a time.

    Args:
        path: where it is, or is to be.
        coding: writes and reads records.
    """

    def __init__(self, path: Path, coding: Coding) -> None:
        """Touch nothing yet."""
        self.path = path
        self._coding = coding
        self._connection: sqlite3.Connection | None = None

    @property
    def connection(self) -> sqlite3.Connection:
        """The open file."""
        if self._connection is None:
            raise RuntimeError("the file is not open")
        return self._connection

    def open(self) -> None:
        """Open the file for this process alone, and bring it up to date.

        Raises:
            StoreUnusable: that is not possible; what was there is as it was.
        """
        try:
            self._check_head()
            if self.path.parent.is_dir():
                _make_private(self.path)
            self._connection = sqlite3.connect(self.path, timeout=0, isolation_level=None, check_same_thread=False)
            self._prepare()
        except (OSError, sqlite3.Error) as error:
            self.close()
            raise StoreUnusable(self.told(error)) from error
        except StoreUnusable:
            self.close()
            raise

    def told(self, error: Exception) -> str:
        """Say in one line what is wrong with the file."""
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            reason = "another process has it open; a file is for one sandbox"
        elif code == sqlite3.SQLITE_CORRUPT:
            reason = f"it is damaged ({reason}); put a copy in its place"
        elif code == sqlite3.SQLITE_CANTOPEN and not self.path.parent.is_dir():
            reason = f"there is no folder {self.path.parent}"
        return f"store sqlite:{self.path}: {reason}"

    def _check_head(self) -> None:
        """Look at the file without opening it as a database: that alone may change it."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            head = file.read(_HEAD)
        if not head:
            return
        if len(head) < _HEAD or not head.startswith(_MAGIC):
            raise StoreUnusable(f"store sqlite:{self.path}: it is no SQLite file")
        version, application = (int.from_bytes(head[at : at + 4], "big") for at in (60, 68))
        if application != APPLICATION:
            raise StoreUnusable(f"store sqlite:{self.path}: it is a SQLite file of another program")
        if version > len(MIGRATIONS):
            raise StoreUnusable(
                f"store sqlite:{self.path}: it is of version {version}, and this otp-sandbox knows {len(MIGRATIONS)}"
            )

    def _prepare(self) -> None:
        connection = self.connection
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")  # from here on nobody else can, until the file is closed
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute("ROLLBACK")
        if version == len(MIGRATIONS):
            return
        if version:
            self._copy(version)
            connection.execute("PRAGMA journal_mode = DELETE")  # so that the version stands in the file itself
        with self._transaction():
            self._migrate(version)

    def begin_writing(self) -> None:
        """Make ready to write, when everything that is there could be read.

        Raises:
            StoreUnusable: it cannot be written.
        """
        connection = self.connection
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA journal_size_limit = 67108864")
            connection.execute("PRAGMA cache_size = -65536")
            with self._transaction():
                connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        except sqlite3.Error as error:
            raise StoreUnusable(self.told(error)) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self.connection.execute("ROLLBACK")
            raise

    def _copy(self, version: int) -> None:
        """Keep a file of an older version beside it."""
        copy, number = self.path.with_name(f"{self.path.name}.version-{version}"), 1
        while copy.exists():
            number += 1
            copy = copy.with_name(f"{self.path.name}.version-{version}-{number}")
        _make_private(copy)
        with sqlite3.connect(copy) as target:
            self.connection.backup(target)
        target.close()

    def _migrate(self, version: int) -> None:
        for migration in MIGRATIONS[version:]:
            for statement in _statements(migration):
                self.connection.execute(statement)
        self.connection.execute(f"PRAGMA application_id = {APPLICATION}")
        self.connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    def rows(self, query: str) -> Iterator[Any]:
        """Read rows."""
        return self.connection.execute(query)

    def write(self, batch: Batch) -> None:
        """Write a batch, all or nothing.

        Raises:
            sqlite3.Error: it could not be written; nothing of it is.
        """
        connection = self.connection
        with self._transaction():
            for table in ("records", "entries", "logs", "events"):
                connection.executemany(f"DELETE FROM {table} WHERE lane = ?", batch.lanes_gone)  # noqa: S608  (our names)
            connection.executemany("DELETE FROM lanes WHERE number = ?", batch.lanes_gone)
            for table in ("records", "entries"):
                connection.executemany(f"DELETE FROM {table} WHERE lane = ? AND name = ?", batch.cleared)  # noqa: S608  (as above)
            self._delete("records", ("lane", "name", "key"), batch.records_gone)
            self._delete("entries", ("lane", "name", "key"), batch.entries_gone)
            self._delete("events", ("lane", "number"), batch.events_gone)
            self._replace("lanes", 7, self._encoded(batch.lanes))
            self._replace("records", 5, self._encoded(batch.records))
            self._replace("entries", 6, self._encoded(batch.entries))
            self._replace("logs", 3, iter(batch.logs))
            self._replace("events", 3, self._encoded(batch.events))

    def _encoded(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        encode = self._coding.encode
        for row in rows:
            yield (*row[:-1], encode(row[-1]))

    def _replace(self, table: str, width: int, rows: Iterator[tuple[Any, ...]]) -> None:
        marks = f"({', '.join('?' * width)})"
        for values, count in _chunks(list(rows)):
            self.connection.execute(f"REPLACE INTO {table} VALUES {', '.join([marks] * count)}", values)  # noqa: S608  (as above)

    def _delete(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        *first, last = columns
        where = " AND ".join(f"{each} = ?" for each in first)
        # Keys one by one: SQLite would look through the whole table for a list of rows.
        for group, members in groupby(rows, key=lambda row: row[:-1]):
            for keys, count in _chunks([row[-1:] for row in members]):
                marks = ", ".join("?" * count)
                self.connection.execute(
                    f"DELETE FROM {table} WHERE {where} AND {last} IN ({marks})",  # noqa: S608  (our own names)
                    [*group, *keys],
                )

    def read_record(self, table: Table[Any], key: str, data: bytes) -> Any:
        """Decode a record.

        Raises:
            StoreUnusable: it is not of this type.
        """
        try:
            return self._coding.decoded(table, key, data)
        except (msgspec.MsgspecError, ValueError, KeyError) as error:
            raise StoreUnusable(f"store sqlite:{self.path}: {table.name}/{key} cannot be read ({error})") from error

    def close(self) -> None:
        """Close the file. What was not written is not in it."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None


def _make_private(path: Path) -> None:
    """Make an empty file that its owner alone can read, unless there is one: credentials of lanes will stand in it."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _statements(script: str) -> Iterator[str]:
    """Split a script: `executescript` would commit what is open first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _chunks(rows: Sequence[tuple[Any, ...]]) -> Iterator[tuple[list[Any], int]]:
    """Give the values of a few sizes of groups, so that few statements have to be prepared."""
    at = 0
    for size in _AT_ONCE:
        while len(rows) - at >= size:
            yield [value for row in rows[at : at + size] for value in row], size
            at += size
