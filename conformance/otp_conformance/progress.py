"""A progress bar with the current case, on a terminal, when a run takes longer than two seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

import pytest

PATIENCE = 2.0
"""Seconds without a bar."""
BAR, WIDTH = 24, 100


class Progress:
    """Draws the bar. Only the leading process of a run has one."""

    def __init__(self, stream: TextIO | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream or sys.stderr
        self._now = now
        self._started = now()
        self._done = 0
        self._total = 0
        self._drawn = False

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Learn how many items there are."""
        self._total = len(session.items)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Show which case begins."""
        if self._stream.isatty() and self._now() - self._started >= PATIENCE:
            total = max(self._total, self._done + 1)
            filled = BAR * self._done // total
            line = f"[{'#' * filled}{'.' * (BAR - filled)}] {self._done + 1}/{total} {nodeid.rpartition('::')[2]}"
            self._stream.write(f"\r{line[:WIDTH]:<{WIDTH}}")
            self._stream.flush()
            self._drawn = True

    def pytest_runtest_logfinish(self) -> None:
        """Count."""
        self._done += 1

    def pytest_sessionfinish(self) -> None:
        """Take the bar away."""
        if self._drawn:
            self._stream.write("\r" + " " * WIDTH + "\r")
            self._stream.flush()
