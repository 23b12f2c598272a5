"""Everything at once for ten minutes: does memory stay flat?

Clients of the providers with all kinds of bodies, tests that make and delete lanes and wait for messages, and clients
that stop half-way or go away. Logs are short and codes live for two minutes, so that all that may grow is full long
before the second half. Memory is flat when the slope of the second half is small.
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

from otp_bench.soak.memory import Sample, second_half, slope
from otp_bench.soak.probed import probed_sandbox
from otp_bench.soak.running import Soak, run

QUIET = 3.0
"""Seconds after the load in which what it set going is done."""

FEWEST = 12
"""Looks at the server from which a slope can be told."""

KINDS = 12
"""Types of unreachable objects that are told."""


def main() -> int:
    """Run, print, write; 1 if memory grows or an answer was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--clients", type=int, default=8, help="how many at once")
    parser.add_argument("--every", type=float, default=5, help="seconds between two looks at the server")
    parser.add_argument("--ring", type=int, default=200, help="entries that each log of a lane keeps")
    parser.add_argument("--phones", type=int, default=5000, help="what is remembered of phones")
    parser.add_argument("--most", type=float, default=0.5, help="megabytes a minute that are still called flat")
    parser.add_argument("--json", type=Path, default=Path("benchmark-soak.json"), help="where the result goes")
    asked = parser.parse_args()
    if asked.minutes * 60 < FEWEST * asked.every:
        parser.error(f"a slope needs {FEWEST} looks at the server: take more minutes, or --every less")
    soak = Soak(asked.minutes * 60, asked.clients, asked.every)
    bounds = {"OTP_SANDBOX_RING": str(asked.ring), "OTP_SANDBOX_PHONE_RECORDS": str(asked.phones)}
    with probed_sandbox(bounds) as (server, probe):
        # Only now: the server has its core by then.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        samples = asyncio.run(run(soak, server, probe, _tell))
        time.sleep(QUIET)
        unreachable = probe.collect()
    growth = slope(second_half(samples))
    flat = growth <= asked.most
    print(f"slope of the second half: {growth:+.2f} MB/min; {'flat' if flat else 'NOT FLAT'} (at most {asked.most:g})")
    kinds = ", ".join(f"{count:,} {name}" for name, count in list(unreachable.items())[:KINDS])
    print(f"objects that nobody could reach, not yet collected: {sum(unreachable.values()):,} ({kinds})")
    result = {
        "minutes": asked.minutes,
        "mb_a_minute": round(growth, 3),
        "flat": flat,
        "unreachable at the end": dict(list(unreachable.items())[:KINDS]),
        "samples": [asdict(sample) for sample in samples],
    }
    asked.json.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    return 0 if flat else 1


def _tell(sample: Sample) -> None:
    print(sample.line(), flush=True)


if __name__ == "__main__":
    sys.exit(main())
