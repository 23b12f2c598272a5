"""What a GENCODE costs as there are more lanes, and what it costs to make one.

Two sandboxes are asked in turns: one has one lane, the other many, and each request goes to the next. The journal's
budget is used up before, as it is after some minutes of that.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from otp_bench.control import PLENTY, Control, proves_itself
from otp_bench.cost import Phones, cost
from otp_bench.figures import figure
from otp_bench.kept import Kept, memory
from otp_bench.parts.growth import LARGE, SMALL, Level, summed_up
from otp_bench.proc import cpu_seconds
from otp_bench.scale import Scale
from otp_bench.servers import CREDENTIALS, GENCODE, Server, sandbox
from otp_bench.turns import Asked, in_turns


def measure(scale: Scale, new: Callable[[], AbstractContextManager[Kept]] = memory) -> dict[str, Any]:
    """Measure each number of lanes on a sandbox of its own with a new store, in turn with one that has one lane."""
    levels, made = list[Level](), list[float]()
    with new() as kept_small, sandbox(*kept_small.flags, beside=kept_small.pid) as small:
        make(small, 1)
        one = _ready(small, 1, scale)
        for count in scale.lanes:
            with new() as kept, sandbox(*kept.flags, beside=kept.pid) as large:
                lanes = max(count - 1, 1)  # `default` is one as well
                made = make(large, lanes)
                asked = {SMALL: one, LARGE: _ready(large, lanes, scale)}
                took = in_turns("gencode", asked, turns=scale.turns, seconds=1, tail=scale.tail)
                levels.append(Level(count, took[SMALL], took[LARGE]))
    return summed_up("lanes", levels) | {"ms to make a lane": figure([seconds * 1000 for seconds in made], 3)}


def make(server: Server, count: int) -> list[float]:
    """Make lanes with credentials and accounts; give CPU seconds of the server for one, in ten parts of the whole."""
    control = Control(server)
    each = []
    for part in parts(count):
        before = cpu_seconds(server.pid)
        for number in part:
            control.call("POST", "/lanes", lane(number))
        each.append((cpu_seconds(server.pid) - before) / len(part))
    return each


def parts(count: int) -> list[range]:
    """Cut the numbers of the lanes in ten parts; fewer than ten lanes are one part, none is none."""
    size = max(count // 10, min(count, 10), 1)
    return [range(start, min(start + size, count)) for start in range(0, count, size)]


def lane(number: int) -> dict[str, Any]:
    """Give what makes a lane with the credentials that the load counts up."""
    return {
        "id": f"bench-{number}",
        "accounts": {"esms": {"balance": PLENTY}, "amoot": {"credit": PLENTY}, "thuesim": {"balance": PLENTY}},
        "credentials": {"esms": {"ApiKey": f"BENCH-KEY-{number}", "SecretKey": f"BENCH-SECRET-{number}"}},
    }


def _ready(server: Server, lanes: int, scale: Scale) -> Asked:
    """Let its lanes have as much as may be kept."""
    last = f"ApiKey=BENCH-KEY-{lanes - 1}&SecretKey=BENCH-SECRET-{lanes - 1}"
    proves_itself(server, GENCODE.replace(CREDENTIALS, last))
    phones = Phones()
    cost(server, "gencode", phones.start(), lanes, most=scale.journal, tail=scale.tail)
    phones.used(scale.journal)
    return Asked(server, phones, (lanes,))
