"""The file of a store: opened, brought up to date, read once, and then written in batches."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from otp_sandbox.domain.store import Table
from otp_sandbox.domain.store_errors import StoreUnusable
from otp_sandbox.stores.batch import Batch
from otp_sandbox.stores.coding import Coding
from otp_sandbox.stores.sqlite_place import identity, make_private, remove, what_is_wrong
from otp_sandbox.stores.sqlite_schema import APPLICATION, MIGRATIONS

T = TypeVar("T")

_LOG = logging.getLogger(__name__)
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
        self._real = path
        """The same file by a name that SQLite takes for nothing else, and that stays the same."""
        self._identity: tuple[int, int] | None = None
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
            self._find()
            if self._real.parent.is_dir():
                make_private(self._real)
            self._connection = sqlite3.connect(self._real, timeout=0, isolation_level=None, check_same_thread=False)
            self._prepare()
            self._identity = identity(self._real)
        except (OSError, sqlite3.Error) as error:
            self.close()
            raise StoreUnusable(self.told(error)) from error
        except StoreUnusable:
            self.close()
            raise

    def _find(self) -> None:
        self._real = Path(os.path.realpath(self.path))
        if wrong := what_is_wrong(self._real):
            raise StoreUnusable(f"store sqlite:{self.path}: {wrong}")

    def told(self, error: Exception) -> str:
        """Say in one line what is wrong with the file."""
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            reason = "another process has it open; a file is for one sandbox"
        elif code == sqlite3.SQLITE_CORRUPT:
            reason = f"it is damaged ({reason}); put a copy in its place"
        elif code == sqlite3.SQLITE_CANTOPEN and not self._real.parent.is_dir():
            reason = f"there is no folder {self.path.parent}"
        elif code == sqlite3.SQLITE_CANTOPEN:
            reason = f"what SQLite keeps beside it cannot be made in {self.path.parent}"
        elif code == sqlite3.SQLITE_IOERR:
            reason = f"it cannot be read or written ({reason})"
        return f"store sqlite:{self.path}: {reason}"

    def _prepare(self) -> None:
        connection = self.connection
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")  # from here on nobody else can, until the file is closed
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute("ROLLBACK")
        if version == len(MIGRATIONS):
            return
        copy = self._copy(version) if version else None
        try:
            connection.execute("PRAGMA journal_mode = DELETE")  # so that the version stands in the file itself
            with self._transaction():
                self._migrate(version)
        except BaseException:
            if copy is not None:  # the file is as it was, and each try would leave one more
                remove(copy)
            raise

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
            connection.execute("PRAGMA secure_delete = OFF")  # distributions have it on: it writes over what is gone
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

    def _copy(self, version: int) -> Path:
        """Keep a file of an older version beside it."""
        name, number = f"{self._real.name}.version-{version}", 1
        copy = self._real.with_name(name)
        while copy.exists():
            number += 1
            copy = copy.with_name(f"{name}-{number}")
        try:
            make_private(copy)
            with closing(sqlite3.connect(copy)) as target:
                self.connection.backup(target)
        except BaseException:
            remove(copy)
            raise
        return copy

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
            StoreUnusable: the file is no longer where it was: the next process would not find it.
        """
        if self._identity is not None and identity(self._real) != self._identity:
            raise StoreUnusable(f"store sqlite:{self.path}: the file was moved or deleted; put it back, or start again")
        with self._transaction():
            self._delete("logs", "lane", batch.lanes_gone)
            self._delete("lanes", "number", batch.lanes_gone)
            self._delete("kept", "row", chain(batch.kept_gone, *(each.values() for each in batch.kept_dropped)))
            self._delete("due", "row", chain(batch.due_gone, *(each.values() for each in batch.due_dropped)))
            self._replace("lanes", 7, self._encoded(batch.lanes))
            self._replace("logs", 3, iter(batch.logs))
            self._replace("kept", 7, self._encoded(batch.kept))
            self._replace("due", 3, self._encoded(batch.due))

    def _encoded(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        encode = self._coding.encode
        for row in rows:
            try:
                data = encode(row[-1])
            except Exception as error:  # noqa: BLE001  (a mistake of ours in one record is not to hold up all others)
                _LOG.error(
                    "store sqlite:%s: a record is not kept, of %s: %s", self.path, row[2], error
                )  # a key may be secret
                continue
            yield (*row[:-1], data)

    def _replace(self, table: str, width: int, rows: Iterator[tuple[Any, ...]]) -> None:
        marks = f"({', '.join('?' * width)})"
        for some in _chunks(list(rows)):
            self.connection.execute(
                f"REPLACE INTO {table} VALUES {', '.join([marks] * len(some))}",  # noqa: S608  (our own names)
                [value for row in some for value in row],
            )

    def _delete(self, table: str, column: str, numbers: Iterable[int]) -> None:
        for some in _chunks(list(numbers)):
            marks = ", ".join("?" * len(some))
            self.connection.execute(f"DELETE FROM {table} WHERE {column} IN ({marks})", some)  # noqa: S608  (as above)

    def read_record(self, row: int, table: Table[Any], key: str, data: bytes) -> Any:
        """Decode the record of a row.

        Raises:
            StoreUnusable: it is not of this type.
        """
        try:
            return self._coding.decoded(table, key, data)
        except (msgspec.MsgspecError, ValueError, TypeError, KeyError) as error:
            raise StoreUnusable(
                f"store sqlite:{self.path}: {table.name} in row {row} cannot be read ({error})"
            ) from error

    def close(self) -> None:
        """Close the file. What was not written is not in it."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None


def _statements(script: str) -> Iterator[str]:
    """Split a script: `executescript` would commit what is open first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut rows in groups of a few sizes, so that few statements have to be prepared."""
    at = 0
    for size in _AT_ONCE:
        while len(rows) - at >= size:
            yield rows[at : at + size]
            at += size
