"""Standard streams as they may be: closed, on a full disk, or on a console that has not all letters."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Literal, TextIO


class Unwritable(Exception):
    """Standard output does not take what a command has to say; the text says why."""


def open_missing() -> None:
    """Put something under the standard streams that were closed when this process began.

    Else the first sockets get their numbers: libraries abort when they are told to close one of these, and what is
    meant for people goes to a customer.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            # The lowest free number is given out: this one. What nobody can read is not written.
            os.open(os.devnull, os.O_RDONLY if number == 1 else os.O_RDWR)
    sys.stdin = sys.stdin or _stream(0, "r")
    sys.stdout = sys.stdout or _stream(1, "w")
    sys.stderr = sys.stderr or _stream(2, "w")


def _stream(number: int, mode: Literal["r", "w"]) -> TextIO:
    return open(number, mode, encoding="utf-8", errors="backslashreplace", closefd=False)


def say(text: str, *, exact: bool = False) -> None:
    """Write a line to standard output, at once.

    Letters that its encoding has not are written as `?`, unless the text must be `exact`.

    Raises:
        BrokenPipeError: nobody reads any more.
        Unwritable: it cannot be written.
    """
    stream = sys.stdout
    encoding = stream.encoding or "utf-8"
    try:
        stream.write((text if exact else _writable(text, encoding)) + "\n")
        stream.flush()
    except UnicodeEncodeError as error:
        raise Unwritable(f"standard output takes {encoding}, which has not all that is to be written") from error
    except BrokenPipeError:
        let_go(stream)
        raise
    except (OSError, ValueError) as error:
        let_go(stream)
        raise Unwritable(f"standard output cannot be written: {getattr(error, 'strerror', None) or error}") from error


def complain(text: str) -> None:
    """Write a line to standard error, if that takes it."""
    stream = sys.stderr
    try:
        stream.write(f"otp-sandbox: {_writable(text, stream.encoding or 'utf-8')}\n")
        stream.flush()
    except (OSError, ValueError):
        let_go(stream)


def failed(text: str, status: int = 1) -> int:
    """Complain, and give the exit status that says so."""
    complain(text)
    return status


def let_go(stream: TextIO) -> None:
    """Have what a stream still holds go nowhere: Python writes it once more when it ends, and fails once more."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _writable(text: str, encoding: str) -> str:
    return text.encode(encoding, "replace").decode(encoding)
