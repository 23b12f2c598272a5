"""What is counted as it happens, for `/metrics`; the rest is looked up when somebody asks."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType

_OURS = "otp_sandbox."
_STORES = "otp_sandbox.stores."


class Failures(logging.Handler):
    """Counts failures by what is logged of them: no request pays for it.

    Attributes:
        total: errors that were logged.
        of_store: those that a store raised, or what a store is built on.
    """

    def __init__(self) -> None:
        """Start at nothing."""
        super().__init__(logging.ERROR)
        self.total = self.of_store = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Take a line of the log."""
        self.total += 1
        traceback = record.exc_info[2] if record.exc_info else None
        if record.name.startswith(_STORES) or _is_of_store(traceback):
            self.of_store += 1


def _is_of_store(traceback: TracebackType | None) -> bool:
    """Whether of our own modules a store was the last one on the way. A store also calls what decides: that is not."""
    last = ""
    while traceback is not None:
        name = str(traceback.tb_frame.f_globals.get("__name__", ""))
        last = name if name.startswith(_OURS) else last
        traceback = traceback.tb_next
    return last.startswith(_STORES)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted since the start, which is in seconds since 1970."""

    requests: Mapping[tuple[str, str, str], int]
    failures: Failures
    started: float
