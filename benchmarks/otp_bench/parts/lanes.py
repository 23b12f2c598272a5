"""What a GENCODE costs as there are more lanes, and what it costs to make one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from otp_bench.control import PLENTY, Control, proves_itself
from otp_bench.cost import Phones, cost
from otp_bench.figures import figure, ratio
from otp_bench.kept import Kept, memory
from otp_bench.proc import cpu_seconds
from otp_bench.scale import Scale
from otp_bench.servers import CREDENTIALS, GENCODE, Server, bare, sandbox


def measure(scale: Scale, new: Callable[[], AbstractContextManager[Kept]] = memory) -> dict[str, Any]:
    """Measure each number of lanes on a sandbox of its own with a new store, in turn with the bare handler."""
    costs: dict[str, Any] = {}
    made: list[float] = []
    for count in scale.lanes:
        with bare() as measuring, new() as kept, sandbox(*kept.flags, beside=kept.pid) as ours:
            Control(ours).make_rich()
            made = make(ours, count - 1) or made
            costs[str(count)] = _at(count, measuring, ours, scale)
    first, last = costs[str(scale.lanes[0])], costs[str(scale.lanes[-1])]
    return {
        "lanes": costs,
        "growth by lanes": round(first["ratio"]["median"] / last["ratio"]["median"] - 1, 3),
        "ms to make a lane": figure([seconds * 1000 for seconds in made], 3),
    }


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


def _at(count: int, measuring: Server, ours: Server, scale: Scale) -> dict[str, Any]:
    lanes = count - 1  # `default` takes part only when it is alone
    if lanes:
        last = f"ApiKey=BENCH-KEY-{lanes - 1}&SecretKey=BENCH-SECRET-{lanes - 1}"
        proves_itself(ours, GENCODE.replace(CREDENTIALS, last))
    phones = Phones()
    runs: dict[str, list[float]] = {"bare": [], "sandbox": []}
    beside: list[float] = []
    for _ in range(scale.rounds):
        start = phones.start()
        for name, server in (("bare", measuring), ("sandbox", ours)):
            took = cost(server, "gencode", start, lanes, seconds=scale.seconds, tail=scale.tail)
            runs[name].append(took.microseconds)
        phones.used(took.report.requests)
        beside.append(took.beside_microseconds)
    level = {"us": figure(runs["sandbox"]), "ratio": ratio(runs["bare"], runs["sandbox"])}
    return level | ({"beside_us": figure(beside)} if ours.beside else {})
