"""The block of a hosts file that names this machine for the hosts that are played. All other lines stay as they are."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from otp_sandbox.interception.files import written

BEGIN: Final = "# BEGIN otp-sandbox: these hosts are played on this machine"
END: Final = "# END otp-sandbox"
SIZE_MOST: Final = 16 * 1024 * 1024
"""Bytes of a file that is changed: nobody's is larger."""
_BEGINS: Final = b"# BEGIN otp-sandbox"
_ENDS: Final = b"# END otp-sandbox"
_MARK: Final = b"\xef\xbb\xbf"


class HostsFileError(Exception):
    """The file cannot be changed; the text says why, in one line."""


def lines(hosts: Iterable[str], addresses: Iterable[str]) -> list[str]:
    """Give the lines: each host with its address, sorted by the names that were registered."""
    names = sorted(hosts, key=lambda host: (*reversed(host.removeprefix("www.").split(".")), host))
    return [f"{address} {name}" for address in addresses for name in names]


def without_block(content: bytes) -> bytes:
    """Take our block out.

    Raises:
        HostsFileError: it has a beginning and no end, or more than one.
    """
    rows = content.splitlines(keepends=True)
    begins = [at for at, row in enumerate(rows) if _bare(row).startswith(_BEGINS)]
    ends = [at for at, row in enumerate(rows) if _bare(row).startswith(_ENDS)]
    if not begins and not ends:
        return content
    if len(begins) != 1 or len(ends) != 1 or ends[0] < begins[0]:
        raise HostsFileError(f"the block between {_BEGINS.decode()!r} and {END!r} is damaged; mend it by hand")
    mark = _MARK if rows[begins[0]].startswith(_MARK) else b""
    return mark + b"".join(rows[: begins[0]] + rows[ends[0] + 1 :])


def with_block(content: bytes, block: Iterable[str]) -> bytes:
    """Put our block in, in the place of an older one. It comes first: a host's first line counts.

    Raises:
        HostsFileError: the older one is damaged.
    """
    rest = without_block(content)
    mark, rest = (_MARK, rest[len(_MARK) :]) if rest.startswith(_MARK) else (b"", rest)
    first = rest.splitlines(keepends=True)[:1]
    end = b"\r\n" if (first[0].endswith(b"\r\n") if first else os.linesep == "\r\n") else b"\n"
    return mark + b"".join(line.encode() + end for line in (BEGIN, *block, END)) + rest


def change(path: Path, block: Iterable[str] | None) -> bool:
    """Put a block into a file, or with None take it out; says whether that changed anything.

    The file is whole at any moment, and keeps its owner and its rights.

    Raises:
        HostsFileError: it cannot be read, written, or understood.
    """
    path = path.resolve()  # a link stays one
    try:
        with path.open("rb") as file:
            before = file.read(SIZE_MOST + 1)
    except OSError as error:
        raise HostsFileError(f"{path}: cannot be read ({error.strerror})") from error
    if len(before) > SIZE_MOST:
        raise HostsFileError(f"{path}: is no hosts file: it is too large")
    try:
        after = without_block(before) if block is None else with_block(before, block)
    except HostsFileError as error:
        raise HostsFileError(f"{path}: {error}") from error
    if after == before:
        return False
    try:
        _replace(path, after)
    except PermissionError as error:
        raise HostsFileError(f"{path}: cannot be written ({error.strerror}); say it as the administrator") from error
    except OSError as error:
        raise HostsFileError(f"{path}: cannot be written ({error.strerror})") from error
    return True


def _replace(path: Path, content: bytes) -> None:
    its = path.stat()
    try:
        with written(path.parent, content) as made:
            made.chmod(its.st_mode & 0o7777)
            if hasattr(os, "chown"):
                os.chown(made, its.st_uid, its.st_gid)
            made.replace(path)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        # In a container the file is mounted, and can only be written where it is.
        path.write_bytes(content)


def _bare(row: bytes) -> bytes:
    return row.removeprefix(_MARK).lstrip()
