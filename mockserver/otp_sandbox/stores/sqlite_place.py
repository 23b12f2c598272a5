"""The place of a store's file: what may be there, without opening it as a database, as that alone may change it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from otp_sandbox.stores.sqlite_schema import APPLICATION, MIGRATIONS

_MAGIC: Final = b"SQLite format 3\0"
_HEAD: Final = 100
_KINDS: Final = {stat.S_IFDIR: "directory", stat.S_IFIFO: "FIFO", stat.S_IFSOCK: "socket"}


def what_is_wrong(path: Path) -> str | None:
    """Say why no store can be at a path, None if one can.

    Raises:
        OSError: it cannot be looked at.
    """
    head = b""
    with suppress(FileNotFoundError, NotADirectoryError):
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # whoever opened a FIFO would wait for somebody who writes
            return f"it is a {_KINDS.get(stat.S_IFMT(found.st_mode), 'device')}, no file"
        if found.st_nlink > 1:
            return (
                f"it has {found.st_nlink} names (hard links): what was written last may stand beside another one; "
                "leave it one name"
            )
        if not os.access(path, os.R_OK | os.W_OK):
            return "there is no permission to read and write it"
        with path.open("rb") as file:
            head = file.read(_HEAD)
    if path.parent.is_dir() and not os.access(path.parent, os.W_OK | os.X_OK):
        return f"there is no permission to write into {path.parent}, where SQLite keeps what it needs beside it"
    return _wrong_head(head) if head else _wrong_log(path.with_name(f"{path.name}-wal"))


def _wrong_head(head: bytes) -> str | None:
    if len(head) < _HEAD or not head.startswith(_MAGIC):
        return "it is no SQLite file"
    version, application = (int.from_bytes(head[at : at + 4], "big") for at in (60, 68))
    if application != APPLICATION:
        return "it is a SQLite file of another program"
    if version > len(MIGRATIONS):
        return f"it is of version {version}, and this otp-sandbox knows {len(MIGRATIONS)}"
    return None


def _wrong_log(log: Path) -> str | None:
    """Look for what was written last, beside a file that is empty: SQLite would throw it away."""
    if not log.exists() or not log.stat().st_size:
        return None
    return f"it is empty or missing, but {log.name} is beside it; put the file back, or move that away"


def make_private(path: Path) -> None:
    """Make an empty file that its owner alone can read, unless there is one: credentials of lanes will stand in it."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def identity(path: Path) -> tuple[int, int] | None:
    """Tell which file a path leads to; None for none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def remove(copy: Path) -> None:
    """Remove a copy that was not finished, or that nobody needs."""
    for each in (copy, copy.with_name(f"{copy.name}-journal")):
        with suppress(OSError):
            each.unlink()
