"""When a server looks for garbage."""

from __future__ import annotations

import asyncio
import gc
import sys

STEP = 0.1
"""Seconds between two looks at what was made since the last one."""
STEPS_TO_OLD = 10
"""Steps after which what has lived on is looked at once more, and is old from then on."""
STEPS_TO_ALL = 600
"""Steps after which what is old is looked at, too."""
GROWN = 200_000
"""Blocks of memory that have come since something was frozen, before it is again: about 500 new lanes."""


class Collector:
    """Looks for garbage in small steps.

    What was loaded is never garbage. Records are not tracked, but the few tuples of each request are, once: a look at
    those of a tenth of a second takes a millisecond under full load, while waiting for the threshold would take forty.
    A connection that was short is found then.

    Cycles that have lived for longer, as those of long connections, are found once a minute. To look at ten thousand
    lanes takes a second. So what is old is frozen when memory has grown: it is looked at while it is little, and never
    again. A cycle that is still in use then stays for ever, but memory does not grow often.
    """

    def __init__(self) -> None:
        """Take what is there for loaded."""
        gc.set_threshold(50_000, 20, 1_000_000)
        self._steps = self._blocks = 0
        self._freeze()

    def start(self) -> None:
        """Go on from now on, in the loop that runs."""
        asyncio.get_running_loop().call_later(STEP, self._step)

    def _step(self) -> None:
        self._steps += 1
        if self._steps % STEPS_TO_OLD:
            gc.collect(0)
        elif sys.getallocatedblocks() > self._blocks + GROWN:
            self._freeze()
        else:
            gc.collect(1 if self._steps % STEPS_TO_ALL else 2)
            self._blocks = min(self._blocks, sys.getallocatedblocks())
        asyncio.get_running_loop().call_later(STEP, self._step)

    def _freeze(self) -> None:
        gc.collect()
        gc.freeze()
        self._blocks = sys.getallocatedblocks()
