"""What a store costs: CPU for a request of the sandbox and of what it keeps its lanes in, and requests a second.

Several replicas over one Redis are asked by one wrk each, as a balancer before them would take CPU of its own. They
have the cores in turn, the first that of the server: with fewer cores than programs, only CPU can be compared.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

from otp_bench import wrk
from otp_bench.control import Control, proves_itself
from otp_bench.cost import PHONES, Cost, Phones
from otp_bench.figures import figure, ratio
from otp_bench.kept import KINDS, wanting
from otp_bench.parts.cpu import LOADS, costs
from otp_bench.proc import cpu_seconds
from otp_bench.scale import Scale
from otp_bench.servers import GENCODE, Server, sandbox

CONNECTIONS = 64
"""To each replica: a request that goes to a Redis several times waits for most of its time."""
MEMORY, ONE = "memory", "redis"
FLEETS = {MEMORY: (MEMORY, 1), "sqlite": ("sqlite", 1), ONE: (ONE, 1), "redis × 2": (ONE, 2), "redis × 3": (ONE, 3)}
"""By their names: the kind of store, and how many replicas share it."""

Fleet = Sequence[Server]


def measure(scale: Scale) -> dict[str, Any]:
    """Measure all stores in turns: each round has both loads on all of them, every other one backwards."""
    left_out = {kind: why for kind in KINDS if (why := wanting(kind)) is not None}
    for kind, why in left_out.items():
        print(f"{kind}: left out, {why}", file=sys.stderr)
    phones = Phones()
    with ExitStack() as stack:
        fleets = {
            name: stack.enter_context(fleet(kind, count))
            for name, (kind, count) in FLEETS.items()
            if kind not in left_out
        }
        runs: dict[str, dict[str, list[Cost]]] = {load: {name: [] for name in fleets} for load in LOADS}
        for number in range(scale.rounds):
            names = list(fleets) if number % 2 == 0 else list(fleets)[::-1]
            start = phones.start()
            for load in LOADS:
                for name in names:
                    runs[load][name].append(together(fleets[name], load, start, scale))
            phones.used(max(runs[load][name][-1].report.requests for load in LOADS for name in names))
    result: dict[str, Any] = {load: _summed_up(each, scale) for load, each in runs.items()}
    return result | ({"left out": left_out} if left_out else {})


@contextmanager
def fleet(kind: str, count: int, *, anywhere: bool = False) -> Iterator[Fleet]:
    """Run so many replicas over one new store, ready to be sent codes from. They have the cores in turn, or any."""
    with ExitStack() as stack:
        kept = stack.enter_context(KINDS[kind]())
        servers = [
            stack.enter_context(
                sandbox(*kept.flags, core="any" if anywhere else number, beside=kept.pid if number == 0 else 0)
            )
            for number in range(count)
        ]
        Control(servers[0]).make_rich()
        for server in servers:
            proves_itself(server, GENCODE)
        yield servers


def together(servers: Fleet, load: str, first: int, scale: Scale) -> Cost:
    """Run a load against all replicas at once; tell what it cost them all, with the tail."""
    apart = PHONES // len(servers)
    pids, beside = [each.pid for each in servers], servers[0].beside
    before, before_it = sum(map(cpu_seconds, pids)), cpu_seconds(beside) if beside else 0

    def run(number: int) -> wrk.Report:
        start = (first + number * apart) % PHONES
        return wrk.load(servers[number].url, load, start, seconds=scale.seconds, connections=CONNECTIONS)

    with ThreadPoolExecutor(len(servers)) as pool:
        reports = [*pool.map(run, range(len(servers)))]
    time.sleep(scale.tail)
    after, after_it = sum(map(cpu_seconds, pids)), cpu_seconds(beside) if beside else 0
    return Cost(after - before, wrk.summed_up(reports), beside=after_it - before_it)


def _summed_up(runs: dict[str, list[Cost]], scale: Scale) -> dict[str, Any]:
    """Give for each store the microseconds, their ratio to those of memory, and the requests of a second."""
    rates = {name: [took.report.requests / scale.seconds for took in each] for name, each in runs.items()}
    result: dict[str, Any] = {}
    for name, each in runs.items():
        kind, _ = FLEETS[name]
        result[name] = {
            "us": figure(costs(each)),
            "ratio": ratio(costs(each), costs(runs[MEMORY])),
            "rate": figure(rates[name]),
        }
        if kind == ONE:
            result[name] |= {
                "beside_us": figure([took.beside_microseconds for took in each]),
                "rate to one": ratio(rates[name], rates[ONE]),
            }
    return result
