"""What a GENCODE costs as more codes are alive, and what a live code takes of memory.

Two sandboxes are asked in turns: one has as few codes as the first level all the time, the other goes up level by
level. Each is asked for codes to the phones that have one, again and again, so a level stays what it is while it is
measured. Rings are full from the beginning, so that only codes grow. At the first level both have as many: that is the
noise.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from otp_bench.control import Control, proves_itself
from otp_bench.cost import TAIL, Cost, Phones, cost
from otp_bench.figures import figure, ratio
from otp_bench.kept import Kept, memory
from otp_bench.parts.cpu import costs
from otp_bench.proc import resident_bytes
from otp_bench.scale import Scale
from otp_bench.servers import GENCODE, Server, sandbox
from otp_bench.turns import Asked, in_turns

RING = 10_000
"""Entries that each log of a lane keeps unless it is told otherwise."""

MINUTES = 15
"""How long a code lives: as long as can be, because a million take minutes to send. It needs a choice of the lane."""

LONG_LIVES = {"esms.lifetime-range": "two-to-fifteen"}
SMALL, LARGE = "small", "large"


@dataclass(frozen=True, slots=True)
class Level:
    """What was measured at one number of live codes, or of lanes.

    Args:
        count: the number.
        small: the turns of the sandbox that has few.
        large: those of the one that has so many.
        resident: memory of the latter and of what keeps its lanes, in bytes.
    """

    count: int
    small: Sequence[Cost]
    large: Sequence[Cost]
    resident: int = 0


def measure(scale: Scale, new: Callable[[], AbstractContextManager[Kept]] = memory) -> dict[str, Any]:
    """Go up level by level in a new store; give the cost at each beside the first, and the bytes of a code."""
    first, levels, sent = scale.codes[0], list[Level](), 0
    with (
        new() as kept_small,
        new() as kept_large,
        sandbox(*kept_small.flags, beside=kept_small.pid) as small,
        sandbox(*kept_large.flags, beside=kept_large.pid) as large,
    ):
        for server in (small, large):
            control = Control(server)
            control.make_rich()
            control.call("PATCH", "/choices", LONG_LIVES)
            proves_itself(server, GENCODE)
            _send(server, 0, RING, first)
        for codes in scale.codes:
            begin = time.monotonic()
            _send(large, sent, codes - sent, codes)
            sent = codes
            level = _level(codes, scale, {SMALL: _asked(small, first), LARGE: _asked(large, codes)})
            if time.monotonic() - begin > MINUTES * 60:
                print(f"{codes:,} live codes: left out, codes expired while they were sent", file=sys.stderr)
            else:
                levels.append(level)
    return summed_up("codes", levels) | {"bytes a live code": _bytes_of_one(levels)}


def summed_up(what: str, levels: Sequence[Level]) -> dict[str, Any]:
    """Give cost and ratio of each level, and the growth from the first to the last."""
    told = {}
    for level in levels:
        ours, beside = costs(level.large), [each.beside_microseconds for each in level.large]
        told[str(level.count)] = {"us": figure(ours), "ratio": ratio(costs(level.small), ours)} | (
            {"beside_us": figure(beside)} if any(beside) else {}
        )
    return {what: told, f"growth by {what}": round(growth(levels[-1]), 3)}


def growth(level: Level) -> float:
    """Tell by how much a request of the large one costs more, all turns together: a short one says little."""
    means = [
        sum(each.cpu + each.beside for each in runs) / sum(each.report.requests for each in runs)
        for runs in (level.small, level.large)
    ]
    return means[1] / means[0] - 1


def _bytes_of_one(levels: Sequence[Level]) -> int:
    below, top = levels[-2:]  # there are two: the small levels take seconds
    return round((top.resident - below.resident) / (top.count - below.count))


def _asked(server: Server, codes: int) -> Asked:
    return Asked(server, Phones(), _more(codes))


def _more(codes: int) -> tuple[int | str, ...]:
    """Tell a load: the lane `default`, how long a code lives, no host of its own, and to how many phones."""
    return (0, MINUTES, "", codes)


def _level(count: int, scale: Scale, asked: dict[str, Asked]) -> Level:
    took = in_turns("gencode", asked, turns=scale.turns, seconds=1, tail=scale.tail)
    large = asked[LARGE].server
    resident = sum(resident_bytes(pid) for pid in (large.pid, large.beside) if pid)
    return Level(count, took[SMALL], took[LARGE], resident)


def _send(server: Server, first: int, codes: int, phones: int) -> None:
    """Have so many codes sent and delivered."""
    if codes:
        cost(server, "gencode", first, *_more(phones), most=codes, tail=TAIL)
