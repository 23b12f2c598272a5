"""CPU of the server for one GENCODE and one CHECKCODE, beside the bare handler."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from otp_bench.control import Control, proves_itself
from otp_bench.cost import Cost, Phones, cost
from otp_bench.figures import figure, ratio
from otp_bench.scale import Scale
from otp_bench.servers import GENCODE, Server, bare, sandbox

LOADS = ("gencode", "checkcode")


def measure(scale: Scale) -> dict[str, Any]:
    """Measure in turns: each round has both loads on both servers."""
    with bare() as measuring, sandbox() as ours:
        Control(ours).make_rich()
        proves_itself(ours, GENCODE)
        return compared({"bare": measuring, "sandbox": ours}, scale)


def compared(servers: Mapping[str, Server], scale: Scale) -> dict[str, Any]:
    """Measure several servers in one run; give microseconds and the ratio to `bare` for each load.

    A load before the first round is not counted: servers that compile what is hot are cold at first. Every other round
    goes backwards, so that nobody is always first.
    """
    runs: dict[str, dict[str, list[Cost]]] = {load: {name: [] for name in servers} for load in LOADS}
    phones = Phones()
    for server in servers.values():
        phones.used(sum(cost(server, load, phones.at, seconds=scale.seconds).report.requests for load in LOADS))
    for number in range(scale.rounds):
        names = list(servers) if number % 2 == 0 else list(servers)[::-1]
        start = phones.start()
        for load in LOADS:
            for name in names:
                took = cost(servers[name], load, start, seconds=scale.seconds, tail=scale.tail)
                runs[load][name].append(took)
        phones.used(max(runs[load][name][-1].report.requests for load in LOADS for name in names))
    return {load: summed_up({name: costs(each) for name, each in runs[load].items()}) for load in LOADS}


def costs(each: Sequence[Cost]) -> list[float]:
    """Give the microseconds of several runs."""
    return [took.microseconds for took in each]


def summed_up(microseconds: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """Give figure and ratio for each server; one of them is `bare`."""
    return {
        name: {"us": figure(runs), "ratio": ratio(microseconds["bare"], runs)} for name, runs in microseconds.items()
    }
