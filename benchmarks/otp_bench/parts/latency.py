"""How long a request waits for its answer, beside the bare handler, when rings are full and many codes are alive.

16 connections ask as fast as they are answered, so the middle follows from the cost of a request. What the tail tells
is how long the server stands still at times.
"""

from __future__ import annotations

from typing import Any

from otp_bench import wrk
from otp_bench.control import Control, proves_itself
from otp_bench.cost import Phones, cost
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
    reports: dict[str, dict[str, list[wrk.Report]]] = {load: {"bare": [], "sandbox": []} for load in LOADS}
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
                    reports[load][name].append(took.report)
            phones.used(reports["gencode"]["sandbox"][-1].requests)
    return {
        "live": scale.live,
        "ms": {load: {name: percentiles(each) for name, each in by_name.items()} for load, by_name in reports.items()},
    }


def percentiles(reports: list[wrk.Report]) -> dict[str, Any]:
    """Sum up the percentiles of several runs, in milliseconds."""
    return {name: figure([getattr(report, name) for report in reports], 2) for name in PERCENTILES}
