"""How long a request waits for its answer, beside the bare handler, when rings are full and many codes are alive.

16 connections ask as fast as they are answered, so the middle follows from the cost of a request. What the tail tells
is how long the server stands still at times. Where other work takes the core away, latencies tell of that work: the
share of the time in which the server waited for a core stands beside them.
"""

from __future__ import annotations

from typing import Any

from otp_bench.control import Control, proves_itself
from otp_bench.cost import Cost, Phones, cost
from otp_bench.figures import figure
from otp_bench.parts.cpu import LOADS
from otp_bench.scale import Scale
from otp_bench.servers import GENCODE, bare, sandbox

PERCENTILES = ("p50", "p99", "p99_9")
LONGER = 2
"""A tail needs more requests than a mean: as many times as long a load."""


def measure(scale: Scale) -> dict[str, Any]:
    """Measure in turns. Each round begins with as many live codes, so that a long run does not measure growth."""
    phones = Phones()
    costs: dict[str, dict[str, list[Cost]]] = {load: {"bare": [], "sandbox": []} for load in LOADS}
    with bare() as measuring, sandbox() as ours:
        control = Control(ours)
        control.make_rich()
        proves_itself(ours, GENCODE)
        for _ in range(scale.rounds):
            control.call("POST", "/reset", {"what": ["codes"]})
            start = phones.start()
            cost(ours, "gencode", start, most=scale.live)
            phones.used(scale.live)
            for load in reversed(LOADS):  # GENCODE last: it adds codes
                first = start if load == "checkcode" else phones.start()
                for name, server in (("bare", measuring), ("sandbox", ours)):
                    took = cost(server, load, first, seconds=scale.seconds * LONGER, tail=scale.tail)
                    costs[load][name].append(took)
            phones.used(costs["gencode"]["sandbox"][-1].report.requests)
    return {
        "live": scale.live,
        "ms": {load: {name: percentiles(each) for name, each in by_name.items()} for load, by_name in costs.items()},
    }


def percentiles(costs: list[Cost]) -> dict[str, Any]:
    """Sum up several runs: percentiles in milliseconds, and the per cent of the time without a core."""
    found = {name: figure([getattr(took.report, name) for took in costs], 2) for name in PERCENTILES}
    return found | {"queued": figure([took.queued / took.report.seconds * 100 for took in costs])}
