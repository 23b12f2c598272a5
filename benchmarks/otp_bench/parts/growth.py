"""What a GENCODE costs as more codes are alive, and what a live code takes of memory.

A level is the middle of what is sent while it is measured: half of that is sent before the level is reached, half after
it. A small level has room for few requests, so it is filled and measured several times. Rings are full from the
beginning, so that only codes grow.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from otp_bench.control import Control, proves_itself
from otp_bench.cost import TAIL, Cost, Phones, cost
from otp_bench.figures import figure, ratio
from otp_bench.kept import Kept, memory
from otp_bench.proc import resident_bytes
from otp_bench.scale import Scale
from otp_bench.servers import GENCODE, Server, bare, sandbox

RING = 10_000
"""Entries that each log of a lane keeps unless it is told otherwise."""

MINUTES = 15
"""How long a code lives: as long as can be, because a million take minutes to send. It needs a choice of the lane."""

LONG_LIVES = {"esms.lifetime-range": "two-to-fifteen"}
TO_LANE_DEFAULT = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """How a level is measured.

    Args:
        fills: how often it is filled anew.
        loads: how many loads are measured after each filling.
        requests: how many requests each of them has.
    """

    fills: int
    loads: int
    requests: int


@dataclass(slots=True)
class Level:
    """What was measured at one number of live codes.

    Args:
        codes: the number.
        bare: microseconds of the bare handler, run by run.
        ours: those of the sandbox.
        live: how many codes were alive at the end.
        resident: the memory of the sandbox then, in bytes, and of what keeps its lanes.
        beside: microseconds of what keeps its lanes.
    """

    codes: int
    bare: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    live: int = 0
    resident: int = 0
    beside: list[float] = field(default_factory=list)


def measure(scale: Scale, new: Callable[[], AbstractContextManager[Kept]] = memory) -> dict[str, Any]:
    """Go up level by level in a new store; give the cost at each beside the bare handler, and the bytes of a code."""
    phones = Phones()
    levels = []
    with bare() as measuring, new() as kept, sandbox(*kept.flags, beside=kept.pid) as ours:
        control = Control(ours)
        control.make_rich()
        control.call("PATCH", "/choices", LONG_LIVES)
        proves_itself(ours, GENCODE)
        _send(ours, phones, RING)
        for codes in scale.codes:
            level = _level(codes, scale, (measuring, ours), control, phones)
            if level is None:
                print(f"{codes:,} live codes: left out, codes expired while they were sent", file=sys.stderr)
            else:
                levels.append(level)
    return summed_up(levels)


def planned(codes: int, scale: Scale) -> Plan:
    """Plan a level: never more requests than it has codes."""
    if codes <= scale.window:
        return Plan(fills=min(max(scale.window // codes, 3), 2 * scale.rounds), loads=1, requests=codes)
    return Plan(fills=1, loads=scale.rounds, requests=min(scale.window, codes // scale.rounds))


def summed_up(levels: list[Level]) -> dict[str, Any]:
    """Give cost and ratio of each level, the growth from the first to the last, and the bytes of a code."""
    costs = {
        str(level.codes): {"us": figure(level.ours), "ratio": ratio(level.bare, level.ours)}
        | ({"beside_us": figure(level.beside)} if level.beside else {})
        for level in levels
    }
    first, last = costs[str(levels[0].codes)], costs[str(levels[-1].codes)]
    below, top = levels[-2:]  # there are two: the small levels take seconds
    return {
        "codes": costs,
        "growth by codes": round(first["ratio"]["median"] / last["ratio"]["median"] - 1, 3),
        "bytes a live code": round((top.resident - below.resident) / (top.live - below.live)),
    }


def _level(codes: int, scale: Scale, servers: tuple[Server, Server], control: Control, phones: Phones) -> Level | None:
    """Measure a level; None if the machine was so slow that codes expired meanwhile."""
    level = Level(codes)
    plan = planned(codes, scale)
    for _ in range(plan.fills):
        begin = time.monotonic()
        control.call("POST", "/reset", {"what": ["codes"]})
        _send(servers[1], phones, codes - plan.requests * plan.loads // 2)
        for _ in range(plan.loads):
            start = phones.start()
            took = [_cost(server, start, plan.requests, scale.tail) for server in servers]
            level.bare.append(took[0].microseconds)
            level.ours.append(took[1].microseconds)
            if servers[1].beside:
                level.beside.append(took[1].beside_microseconds)
            phones.used(plan.requests)
        if time.monotonic() - begin > MINUTES * 60:
            return None
    level.live = codes + plan.requests * plan.loads // 2
    level.resident = sum(resident_bytes(pid) for pid in (servers[1].pid, servers[1].beside) if pid)
    return level


def _send(ours: Server, phones: Phones, codes: int) -> None:
    """Have so many codes sent and delivered."""
    _cost(ours, phones.start(), codes)
    phones.used(codes)


def _cost(server: Server, first: int, most: int, tail: float = TAIL) -> Cost:
    return cost(server, "gencode", first, TO_LANE_DEFAULT, MINUTES, most=most, tail=tail)
