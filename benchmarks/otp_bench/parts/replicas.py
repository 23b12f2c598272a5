"""What a further replica brings: requests a second of one, two and three over one Redis.

Where each program has a core, replicas have one each. Where there are fewer, each has the same share of one, so small
that Redis and the load have what they need: then what another replica brings does not hang on what the machine has.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from otp_bench.cost import Phones
from otp_bench.figures import figure, ratio
from otp_bench.kept import wanting
from otp_bench.parts.cpu import LOADS
from otp_bench.parts.stores import Fleet, fleet, together
from otp_bench.scale import Scale
from otp_bench.share import shares
from otp_bench.share import wanting as no_share

COUNTS = (1, 2, 3)
SHARE = 0.3
"""Of a core. Three replicas with that, Redis and the loads fit on two cores."""
PROGRAMS = 2 * COUNTS[-1] + 1


def measure(scale: Scale) -> dict[str, Any]:
    """Measure fleets of all sizes in turns, both loads on each."""
    whole = len(os.sched_getaffinity(0)) >= PROGRAMS
    for why in (wanting("redis"), None if whole else no_share()):
        if why is not None:
            print(f"replicas: left out, {why}", file=sys.stderr)
            return {"left out": why}
    phones = Phones()
    rates: dict[str, dict[int, list[float]]] = {load: {count: [] for count in COUNTS} for load in LOADS}
    with ExitStack() as stack:
        fleets = {count: stack.enter_context(_limited(count, whole=whole)) for count in COUNTS}
        for _ in range(scale.rounds):
            start = phones.start()
            for load in LOADS:
                took = {count: together(servers, load, start, scale) for count, servers in fleets.items()}
                for count, each in took.items():
                    rates[load][count].append(each.report.requests / scale.seconds)
            phones.used(max(each.report.requests for each in took.values()))
    return {
        "share": 1.0 if whole else SHARE,
        "rates": {
            load: {
                str(count): {"rate": figure(each), "rate to one": ratio(each, by_count[1])}
                for count, each in by_count.items()
            }
            for load, by_count in rates.items()
        },
    }


@contextmanager
def _limited(count: int, *, whole: bool) -> Iterator[Fleet]:
    with ExitStack() as stack:
        limit = None if whole else stack.enter_context(shares(SHARE))
        servers = stack.enter_context(fleet("redis", count, anywhere=not whole))
        for server in servers if limit is not None else ():
            limit(server.pid)
        yield servers
