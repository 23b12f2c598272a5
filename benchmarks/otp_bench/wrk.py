"""Runs wrk with one of the loads in `load/`, and reads its report."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from otp_bench.cores import pinned

LOADS = Path(__file__).with_name("load")
CONNECTIONS = 16
LONG = 3600
"""Seconds after which a load that is bounded by its requests is given up."""

HOW_TO_GET_IT = "wrk is not installed; get it by `apt-get install wrk`"


class LoadFailed(RuntimeError):
    """A load that was not answered as it should be. Its figures would mislead."""


@dataclass(frozen=True, slots=True)
class Report:
    """What wrk saw. Latencies are in milliseconds; a load that is bounded by its requests has no use for `seconds`."""

    requests: int
    seconds: float
    p50: float
    p99: float
    p99_9: float


def is_there() -> bool:
    """Tell whether wrk can be run."""
    return shutil.which("wrk") is not None


def load(
    url: str,
    name: str,
    first: int,
    *more: int | str,
    seconds: int = LONG,
    most: int = 0,
    connections: int = CONNECTIONS,
) -> Report:
    """Run a load against a server.

    Args:
        url: where the server is.
        name: the load, a file in `load/`.
        first: the number that phones and codes are made of is counted up from here.
        more: what this load asks for besides.
        seconds: for how long.
        most: how many requests at most; 0 is no bound.
        connections: how many ask at the same time.
    """
    command = [*pinned("load"), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s"]
    command += ["-s", f"{name}.lua", url, "--", str(first), str(most), *map(str, more)]
    with subprocess.Popen(command, cwd=LOADS, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None  # noqa: S101  (asked for above)
        if most and process.stderr.readline().strip() == "enough":
            process.send_signal(signal.SIGINT)
        output, complaints = process.communicate()
    report = parsed(output + complaints)
    if report.requests < most:
        raise LoadFailed(f"only {report.requests} of {most} requests were answered in {seconds} s")
    return report


def summed_up(reports: Sequence[Report]) -> Report:
    """Make one report of several loads that ran at once; the worst latencies count."""
    return Report(
        sum(each.requests for each in reports),
        *(max(getattr(each, name) for each in reports) for name in ("seconds", "p50", "p99", "p99_9")),
    )


def parsed(output: str) -> Report:
    """Read the report in what wrk printed.

    Raises:
        LoadFailed: there is none, nothing was answered, or an answer was not as it should be.
    """
    line = next((line for line in output.splitlines() if line.startswith("report ")), None)
    if line is None:
        raise LoadFailed(output.strip() or "wrk printed nothing")
    report = json.loads(line.removeprefix("report "))
    if report["errors"] or not report["requests"]:
        raise LoadFailed(output.strip())
    return Report(
        requests=report["requests"],
        seconds=report["microseconds"] / 1e6,
        p50=report["p50"] / 1000,
        p99=report["p99"] / 1000,
        p99_9=report["p99_9"] / 1000,
    )
