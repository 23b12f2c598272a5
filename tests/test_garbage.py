"""When a server looks for garbage: a little often, everything when that may be worth it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator

import pytest

from otp_sandbox import garbage
from otp_sandbox.garbage import Collector

YOUNG, OLDER, ALL = 0, 1, 2
BLOCKS = 1000


class Machine:
    """Counts looks, and has as many blocks of memory in use as a test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.looks: list[int] = []
        self.blocks = BLOCKS
        monkeypatch.setattr(garbage.gc, "collect", lambda generation=ALL: self.looks.append(generation))
        monkeypatch.setattr(garbage.gc, "freeze", lambda: None)
        monkeypatch.setattr(garbage.sys, "getallocatedblocks", lambda: self.blocks)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    thresholds = gc.get_threshold()
    yield Machine(monkeypatch)
    gc.set_threshold(*thresholds)


@pytest.fixture
async def collector(machine: Machine) -> Collector:
    made = Collector()
    machine.looks.clear()
    return made


async def test_what_is_new_is_looked_at_in_each_step(machine: Machine, collector: Collector) -> None:
    """And once more in each tenth: what is left then is old."""
    for _ in range(20):
        collector._step()

    assert machine.looks == [*[YOUNG] * 9, OLDER] * 2


@pytest.mark.parametrize(("blocks", "looks"), [(BLOCKS, []), (1250, []), (1251, [ALL])])
async def test_everything_is_looked_at_when_memory_has_grown_by_a_quarter(
    machine: Machine, collector: Collector, blocks: int, looks: list[int]
) -> None:
    """Else a look would find next to nothing, and stop a server with many lanes for a second."""
    machine.blocks = blocks

    collector._look_at_all()

    assert machine.looks == looks


async def test_what_is_left_after_a_look_is_what_the_next_is_measured_by(
    machine: Machine, collector: Collector
) -> None:
    """A server that has become large for good is not looked through again and again."""
    machine.blocks = 2000
    collector._look_at_all()

    collector._look_at_all()

    assert machine.looks == [ALL]
    machine.blocks = 2501
    collector._look_at_all()
    assert machine.looks == [ALL, ALL]


async def test_it_goes_on_by_itself(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the start, and after each look."""
    later: list[float] = []
    monkeypatch.setattr(asyncio.get_running_loop(), "call_later", lambda seconds, _: later.append(seconds))

    collector.start()
    collector._step()
    collector._look_at_all()

    assert later == [garbage.STEP, garbage.FULL] * 2
