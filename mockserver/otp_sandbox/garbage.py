"""When a server looks for garbage."""

from __future__ import annotations

import asyncio
import gc
import sys

STEP = 0.1
"""Seconds between two looks at what was made since the last one."""
STEPS_TO_OLD = 10
"""Steps after which what has lived on is looked at once more, and is old from then on."""
FULL = 60.0
"""Seconds between two thoughts of a look at everything."""
GROWN = 1.25
"""So much more memory must be in use than after the last look at everything."""


class Collector:
    """Looks for garbage in small steps, and through everything when that may be worth it.

    What was loaded is never garbage. Records are not tracked, but the few tuples of each request are, once: a look at
    those of a tenth of a second takes a millisecond under full load, while waiting for the threshold would take forty.
    A connection that was short is found then. A look at everything takes a second where there are ten thousand lanes.
    What it finds are cycles that have lived for more than a second, as those of long connections. They are memory that
    is in use: so as long as that does not grow, nobody looks.
    """

    def __init__(self) -> None:
        """Take what is there for loaded."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 1_000_000)
        self._steps = 0
        self._blocks = sys.getallocatedblocks()

    def start(self) -> None:
        """Go on from now on, in the loop that runs."""
        loop = asyncio.get_running_loop()
        loop.call_later(STEP, self._step)
        loop.call_later(FULL, self._look_at_all)

    def _step(self) -> None:
        self._steps += 1
        gc.collect(0 if self._steps % STEPS_TO_OLD else 1)
        asyncio.get_running_loop().call_later(STEP, self._step)

    def _look_at_all(self) -> None:
        if sys.getallocatedblocks() > self._blocks * GROWN:
            gc.collect()
            self._blocks = sys.getallocatedblocks()
        asyncio.get_running_loop().call_later(FULL, self._look_at_all)
