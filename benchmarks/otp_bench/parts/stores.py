"""What a store in a file costs: CPU of the server for a request, and how many requests it answers."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from otp_bench.control import Control, proves_itself
from otp_bench.cost import Cost, Phones, cost
from otp_bench.figures import figure, ratio
from otp_bench.parts.cpu import LOADS, costs
from otp_bench.scale import Scale
from otp_bench.servers import GENCODE, sandbox

MEMORY = "memory"


def measure(scale: Scale) -> dict[str, Any]:
    """Measure both stores in turns: each round has both loads on both."""
    phones = Phones()
    with (
        tempfile.TemporaryDirectory() as folder,
        sandbox() as memory,
        sandbox("--store", f"sqlite:{Path(folder) / 'lanes.sqlite'}") as in_file,
    ):
        servers = {MEMORY: memory, "sqlite": in_file}
        runs: dict[str, dict[str, list[Cost]]] = {load: {name: [] for name in servers} for load in LOADS}
        for server in servers.values():
            Control(server).make_rich()
            proves_itself(server, GENCODE)
        for number in range(scale.rounds):
            names = list(servers) if number % 2 == 0 else list(servers)[::-1]
            start = phones.start()
            for load in LOADS:
                for name in names:
                    runs[load][name].append(cost(servers[name], load, start, seconds=scale.seconds, tail=scale.tail))
            phones.used(max(runs[load][name][-1].report.requests for load in LOADS for name in names))
    return {
        load: {name: _summed_up(each[MEMORY], each[name], scale) for name in servers} for load, each in runs.items()
    }


def _summed_up(memory: list[Cost], runs: list[Cost], scale: Scale) -> dict[str, Any]:
    """Give the microseconds, their ratio to those of memory, and the requests of a second."""
    rates = [each.report.requests / scale.seconds for each in runs]
    return {"us": figure(costs(runs)), "ratio": ratio(costs(runs), costs(memory)), "rate": figure(rates)}
