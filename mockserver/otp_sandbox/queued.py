"""A stream that is written by a thread of its own: a reader who stops reading stops nobody else."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final

MOST: Final = 4 * 1024 * 1024
"""Bytes that wait to be written. What comes on top is dropped, and counted."""
CLOSING: Final = 0.3
"""Seconds that are left to a reader when everything ends."""


class QueuedStream:
    """Takes text at once, and writes it when it can be written.

    Args:
        stream: where it goes: a stream with a file number, or one that is not there (None).
        told: makes the line that tells how many were dropped.
        most: bytes that wait at most.
        failed: is told why something could not be written, in the thread that writes.
    """

    def __init__(
        self,
        stream: Any,
        told: Callable[[int], str] = str,
        *,
        most: int = MOST,
        failed: Callable[[OSError], None] | None = None,
    ) -> None:
        self._file = _number_of(stream)
        self._told = told
        self._most = most
        self._failed = failed
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self.dropped = 0
        """Lines that were not written, and of which nobody was told yet."""

    def write(self, text: str) -> int:
        """Take lines, to the last character of them. They are dropped together where there is no room."""
        data = text.encode("utf-8", "backslashreplace")
        if self._file is None or not data:
            return len(text)
        with self._changed:
            if self._size + len(data) > self._most:
                self.dropped += data.count(b"\n")
                return len(text)
            if self.dropped:
                data = f"{self._told(self.dropped)}\n".encode() + data
                self.dropped = 0
            self._waiting.append(data)
            self._size += len(data)
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_on, name="log", daemon=True)
                self._thread.start()
            self._changed.notify()
        return len(text)

    def flush(self) -> None:
        """Writing goes on by itself."""

    def close(self, seconds: float = CLOSING) -> None:
        """Wait until all is written, some seconds at most."""
        with self._changed:
            self._changed.wait_for(lambda: not self._size, seconds)

    def _write_on(self) -> None:
        if hasattr(signal, "pthread_sigmask"):  # not on Windows; signals are for the main thread
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                data = self._waiting.popleft()
            lost = self._write(data)
            with self._changed:
                self._size -= len(data)
                self.dropped += lost
                self._changed.notify_all()

    def _write(self, data: bytes) -> int:
        """Write, past the stream's own buffer. Returns how many lines could not be written: the disk may be full."""
        left = memoryview(data)
        while left:
            try:
                left = left[os.write(self._file or 0, left) :]
            except OSError as error:
                if self._failed is not None:
                    self._failed(error)
                return bytes(left).count(b"\n")
        return 0


def _number_of(stream: Any) -> int | None:
    try:
        number: int = stream.fileno()
    except (AttributeError, OSError, ValueError):
        return None
    return number
