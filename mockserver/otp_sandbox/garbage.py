"""When a server looks for garbage."""

from __future__ import annotations

import asyncio
import gc

GC_STEP = 0.1
"""Seconds between two looks at what was made since the last one."""
FULL = 60.0
"""Seconds between two looks at everything."""


def tune_gc() -> None:
    """Collect garbage in small steps, and all of it once a minute.

    What was loaded is never garbage. Records are not tracked, but the few tuples of each request are, once: a look at
    those of a tenth of a second takes a millisecond under full load, while waiting for the threshold would take forty.
    A connection that was short is found then. Old cycles, which long connections may leave, wait for the minute.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 1_000_000)
    loop = asyncio.get_running_loop()
    loop.call_later(GC_STEP, _collect_young)
    loop.call_later(FULL, _collect_all)


def _collect_young() -> None:
    gc.collect(0)
    asyncio.get_running_loop().call_later(GC_STEP, _collect_young)


def _collect_all() -> None:
    gc.collect()
    asyncio.get_running_loop().call_later(FULL, _collect_all)
