"""A secret on the disk that is its owner's alone: written once whoever comes first, read only if nobody else can."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import Final

from otp_sandbox.interception import AuthorityError
from otp_sandbox.interception.files import written

SIZE_MOST: Final = 64 * 1024
"""Bytes of a secret: what is longer is none."""
ELSEWHERE: Final = "name another folder with --state or OTP_SANDBOX_STATE"
_OTHERS: Final = 0o077
"""The rights of everybody but the owner."""


def make_folder(folder: Path, remake: str, *, mend: bool) -> None:
    """Make a folder for its owner alone, with those above it; `mend` takes rights of others away.

    `remake` says how to have that done.

    Raises:
        AuthorityError: it is not its owner's alone.
        OSError: it cannot be made.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if mend and os.name != "nt":
        folder.chmod(0o700)
    _look_at_rights(folder, folder.stat(), f"remove it, or {ELSEWHERE}", remake)


def put_first(path: Path, content: bytes) -> None:
    """Write a file unless another process is faster: then what that one wrote stays.

    Raises:
        OSError: it cannot be written.
    """
    with written(path.parent, content) as made:
        try:
            os.link(made, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without links: then the last one wins
            made.replace(path)


def read_secret(path: Path, remake: str) -> bytes:
    """Read a file that is ours alone; `remake` says how to have it made anew.

    Raises:
        AuthorityError: it is not, is no file, or cannot be read.
    """
    try:
        # Whatever else may be there does not hold us up.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            its = os.fstat(handle)
            if not stat.S_ISREG(its.st_mode):
                raise AuthorityError(f"{path}: is no file; {remake}")
            _look_at_rights(path, its, remake, remake)
            return file.read(SIZE_MOST)
    except OSError as error:
        raise AuthorityError(f"{path}: cannot be read ({error.strerror}); {remake}") from error


def _look_at_rights(path: Path, its: os.stat_result, of_another: str, of_others: str) -> None:
    """Look whether a file, or a folder, is ours alone; else say the way out.

    Raises:
        AuthorityError: it is not.
    """
    if os.name == "nt":  # rights are told otherwise there
        return
    if its.st_uid != os.geteuid():
        raise AuthorityError(f"{path}: belongs to another user; {of_another}")
    if its.st_mode & _OTHERS:
        raise AuthorityError(f"{path}: others may read or change it ({stat.S_IMODE(its.st_mode):04o}); {of_others}")
