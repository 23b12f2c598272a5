"""When a server looks for garbage: a little often, everything when that may be worth it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator

import pytest

from otp_sandbox import garbage
from otp_sandbox.garbage import GROWN, Collector

YOUNG, OLDER, OLD = 0, 1, 2
FREEZE = -1
BLOCKS = 1_000_000


class Machine:
    """Tells what was looked at, and has as many blocks of memory in use as a test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.looks: list[int] = []
        self.blocks = BLOCKS
        monkeypatch.setattr(garbage.gc, "collect", lambda generation=OLD: self.looks.append(generation))
        monkeypatch.setattr(garbage.gc, "freeze", lambda: self.looks.append(FREEZE))
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


def second(collector: Collector) -> None:
    for _ in range(10):
        collector._step()


def test_what_was_loaded_is_not_looked_at_again(machine: Machine) -> None:
    Collector()

    assert machine.looks == [OLD, FREEZE]


async def test_what_is_new_is_looked_at_in_each_step(machine: Machine, collector: Collector) -> None:
    """And once more in each tenth: what is left then is old."""
    for _ in range(2):
        second(collector)

    assert machine.looks == [*[YOUNG] * 9, OLDER] * 2


async def test_what_is_old_is_looked_at_once_a_minute(machine: Machine, collector: Collector) -> None:
    """It is not frozen then: memory has not grown."""
    for _ in range(120):
        second(collector)

    assert machine.looks[9::10] == [*[OLDER] * 59, OLD] * 2
    assert FREEZE not in machine.looks


@pytest.mark.parametrize(("more", "looks"), [(0, [OLDER]), (GROWN, [OLDER]), (GROWN + 1, [OLD, FREEZE])])
async def test_what_is_old_is_frozen_when_memory_has_grown(
    machine: Machine, collector: Collector, more: int, looks: list[int]
) -> None:
    """Else the look of each minute would stop a server with many lanes for a second."""
    machine.blocks += more

    second(collector)

    assert machine.looks[9:] == looks


async def test_growth_is_counted_from_the_last_look(machine: Machine, collector: Collector) -> None:
    """A server that has become large for good is not looked through again and again."""
    machine.blocks += GROWN + 1
    second(collector)

    machine.blocks += GROWN
    second(collector)

    assert machine.looks.count(OLD) == 1
    machine.blocks += 1
    second(collector)
    assert machine.looks.count(OLD) == 2


async def test_growth_is_counted_from_the_least_there_was(machine: Machine, collector: Collector) -> None:
    """Lanes that were deleted make room for others, which are to be looked at as well."""
    machine.blocks -= GROWN
    second(collector)

    machine.blocks += GROWN + 1
    second(collector)

    assert machine.looks.count(OLD) == 1


async def test_it_goes_on_by_itself(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the start, and after each step."""
    later: list[float] = []
    monkeypatch.setattr(asyncio.get_running_loop(), "call_later", lambda seconds, _: later.append(seconds))

    collector.start()
    second(collector)

    assert later == [garbage.STEP] * 11
