"""Everything at once for ten minutes, in which a day passes: do memory, open files and the store stay flat?

Clients of the providers with all kinds of bodies, tests that make and delete lanes and wait for messages, and clients
that stop half-way or go away. Logs are short and codes live for some seconds, so that all that may grow is full long
before the second half. A figure is flat when the slope of the second half is small.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path

from otp_bench.proc import open_files
from otp_bench.soak.flat import FIGURES, Sample, second_half, slope
from otp_bench.soak.kept import sizer
from otp_bench.soak.probed import probed_sandbox
from otp_bench.soak.running import Soak, run

QUIET = 60.0
"""Seconds after the load in which what it set going is done: the time for a body, of which half came, is over."""

SPARE = 5
"""Files more than at the beginning that are not called a leak."""

FEWEST = 12
"""Looks at the server from which a slope can be told."""

KINDS = 12
"""Types of unreachable objects that are told."""


def main() -> int:
    """Run, print, write; 1 if something grows or an answer was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--clients", type=int, default=8, help="how many at once")
    parser.add_argument("--every", type=float, default=5, help="seconds between two looks at the server")
    parser.add_argument("--ring", type=int, default=200, help="entries that each log of a lane keeps")
    parser.add_argument("--phones", type=int, default=5000, help="what is remembered of phones")
    parser.add_argument("--most", type=float, default=0.5, help="megabytes a minute that are still called flat")
    parser.add_argument("--store", default="memory", help="where lanes are kept, as `serve` takes it; begin with none")
    parser.add_argument("--speed", type=float, default=144, help="seconds of the lane's clock in one of ours")
    parser.add_argument("--json", type=Path, default=Path("benchmark-soak.json"), help="where the result goes")
    asked = parser.parse_args()
    if asked.minutes * 60 < FEWEST * asked.every:
        parser.error(f"a slope needs {FEWEST} looks at the server: take more minutes, or --every less")
    soak = Soak(asked.minutes * 60, asked.clients, asked.every, asked.speed)
    bounds = {"OTP_SANDBOX_RING": str(asked.ring), "OTP_SANDBOX_PHONE_RECORDS": str(asked.phones)}
    bounds["OTP_SANDBOX_STORE"] = asked.store
    with probed_sandbox(bounds) as (server, probe):
        # Only now: the server has its core by then.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        samples = asyncio.run(run(soak, server, probe, sizer(asked.store), _tell))
        still_open = _closed(server.pid, samples[0].files + SPARE)
        unreachable = probe.collect()
    slopes = {name: slope(second_half(samples), figure) for name, figure in FIGURES.items()}
    grown = [name for name, growth in slopes.items() if growth > asked.most]
    for name, growth in slopes.items():
        print(f"slope of the second half: {name} {growth:+.2f} a minute (at most {asked.most:g})")
    first = samples[0].files
    print(f"open files when all clients have gone: {still_open} ({first} at the beginning, {SPARE} more may be)")
    if still_open > first + SPARE:
        grown.append("open files")
    print(f"NOT FLAT: {', '.join(grown)}" if grown else "flat")
    kinds = ", ".join(f"{count:,} {name}" for name, count in list(unreachable.items())[:KINDS])
    print(f"objects that nobody could reach, not yet collected: {sum(unreachable.values()):,} ({kinds})")
    result = {
        "minutes": asked.minutes,
        "store": asked.store,
        "a minute": {name: round(growth, 3) for name, growth in slopes.items()},
        "files": [first, max(sample.files for sample in samples), still_open],
        "flat": not grown,
        "unreachable at the end": dict(list(unreachable.items())[:KINDS]),
        "samples": [asdict(sample) for sample in samples],
    }
    asked.json.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    return 1 if grown else 0


def _closed(pid: int, most: int) -> int:
    """Wait until a server has closed what it had open for its clients; tell how many files are open then."""
    end = time.monotonic() + QUIET
    while True:
        found = open_files(pid)
        if found <= most or time.monotonic() > end:
            return found
        time.sleep(1)


def _tell(sample: Sample) -> None:
    print(sample.line(), flush=True)


if __name__ == "__main__":
    sys.exit(main())
