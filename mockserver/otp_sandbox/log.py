"""One line a request: for people, or as JSON. Lines are gathered, and written a few times a second."""

from __future__ import annotations

import asyncio
import sys
from typing import Any, Protocol

import orjson

from otp_sandbox.lanes.lane import Lane
from otp_sandbox.play.journal import Entry

FLUSH = 0.05
"""Seconds that a line may wait."""


class Writable(Protocol):
    """What lines can be written to."""

    def write(self, text: str, /) -> Any:
        """Take lines."""
        ...

    def flush(self) -> Any:
        """Write them."""
        ...


class RequestLog:
    """Writes journal entries as lines.

    Args:
        as_json: lines are JSON objects.
        stream: where they go; standard error if nothing else is said.
    """

    def __init__(self, *, as_json: bool, stream: Writable | None = None) -> None:
        self._line = _json_line if as_json else _text_line
        self._stream = stream or sys.stderr
        self._lines = bytearray()
        self._timer: asyncio.TimerHandle | None = None

    def __call__(self, lane: Lane, entry: Entry) -> None:
        """Take an entry."""
        self._lines += self._line(lane, entry)  # now, while the entry is in the processor's cache
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH, self.flush)

    def flush(self) -> None:
        """Write what has been gathered."""
        self._timer = None
        lines, self._lines = self._lines, bytearray()
        try:
            self._stream.write(lines.decode())
            self._stream.flush()
        except (OSError, ValueError):
            return  # nobody reads any more; the journal still has it


def _text_line(lane: Lane, entry: Entry) -> bytes:
    what = entry.operation or f"{entry.method} {entry.path}"
    where = "" if lane.id == "default" else f" [{lane.id}]"
    verdict = f"{entry.code} {entry.outcome}" if entry.outcome else str(entry.status)
    warnings = f"  ! {'; '.join(entry.warnings)}" if entry.warnings else ""
    if entry.fault:
        verdict = f"{verdict if entry.status else 'no answer'} (fault {entry.fault})"
    line = f"{entry.at:%H:%M:%S} {entry.provider or '-'}{where} {what} -> {verdict}{warnings} ({entry.id})"
    if not line.isprintable():
        line = "".join(char if char.isprintable() else "?" for char in line)
    return f"{line}\n".encode()


def _json_line(lane: Lane, entry: Entry) -> bytes:
    return orjson.dumps(
        {
            "at": entry.at,
            "lane": lane.id,
            "id": entry.id,
            "provider": entry.provider,
            "operation": entry.operation,
            "method": entry.method,
            "path": entry.path,
            "outcome": entry.outcome,
            "code": entry.code,
            "status": entry.status,
            "duration_ms": round(entry.duration_ms, 3),
            "warnings": entry.warnings,
            "fault": entry.fault or None,
        },
        option=orjson.OPT_APPEND_NEWLINE,
    )
