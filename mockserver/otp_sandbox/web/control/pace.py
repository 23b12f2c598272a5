"""The streams that are open: how many there are, and how much of the time they may take together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from time import thread_time
from typing import Final

MOST: Final = 2_000
"""Streams at a time; connections at a time are twice as many."""
SHARE: Final = 40
"""Streams together take about one part in so many of the time: requests of providers come first."""
CREDIT: Final = 0.025
"""Seconds, for each stream that is open, whose share may be taken at once after quiet times: enough for two looks."""
AROUND: Final = 0.000_2
"""Seconds of the processor that a look takes besides what is measured: to be woken, to ask the store, to send."""


class Streams:
    """Counts open streams, and lets them have their turns one after the other.

    Whatever happens in the lanes, and however many look on: who wants to look waits until the looks before have had
    their share of the time. After quiet times all are told at once.

    Args:
        most: streams at a time.
    """

    def __init__(self, most: int = MOST) -> None:
        """Start without any."""
        self.most = most
        self.open = 0
        self._cost = AROUND
        self._free = 0.0

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Count a stream as long as it is open."""
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1

    async def turn(self) -> None:
        """Wait for a turn to look."""
        now = asyncio.get_running_loop().time()
        begin = max(now - CREDIT * self.open, self._free)
        self._free = begin + self._cost * SHARE
        if begin > now:
            await asyncio.sleep(begin - now)

    @contextmanager
    def look(self) -> Iterator[None]:
        """Measure the time of the processor that a look takes. Where a store waits, that of others counts too."""
        started = thread_time()
        try:
            yield
        finally:
            took = thread_time() - started + AROUND
            self._free += (took - self._cost) * SHARE
            self._cost += (took - self._cost) / 8
