"""Measures the sandbox beside a bare aiohttp handler. Prints tables and writes JSON.

Absolute figures of a shared machine prove nothing: what counts are the ratios of one run, and their spread.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from otp_bench import wrk
from otp_bench.page.writing import RESULTS, write_page
from otp_bench.parts import (
    cpu,
    growth,
    lanes,
    latency,
    proxy,
    recipients,
    replicas,
    start,
    steering,
    stores,
    stores_growth,
    tls,
)
from otp_bench.results import gathered
from otp_bench.scale import FULL, QUICK
from otp_bench.tables import tables

PARTS = {
    "cpu": cpu.measure,
    "latency": latency.measure,
    "growth": growth.measure,
    "lanes": lanes.measure,
    "start": start.measure,
    "recipients": recipients.measure,
    "steering": steering.measure,
    "tls": tls.measure,
    "proxy": proxy.measure,
    "stores": stores.measure,
    "stores-growth": stores_growth.measure,
    "replicas": replicas.measure,
}


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="PART,…", help=f"some parts only: {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="a minute; shows that all works, its figures are rough")
    parser.add_argument("--rounds", type=int, help="how often each figure is taken; the median counts")
    parser.add_argument("--json", type=Path, default=Path("benchmark.json"), help="where the result goes")
    parser.add_argument("--page", action="store_true", help="store the result with the page, and write the page anew")
    asked = parser.parse_args()
    chosen = asked.only.split(",") if asked.only else list(PARTS)
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if not wrk.is_there():
        print(wrk.HOW_TO_GET_IT, file=sys.stderr)
        return 1
    scale = QUICK if asked.quick else FULL
    if asked.rounds:
        scale = replace(scale, rounds=asked.rounds)
    path = RESULTS if asked.page else asked.json
    result = gathered({name: PARTS[name] for name in chosen}, scale, path, only=bool(asked.only))
    print("\n\n".join(table.plain() for _, table in tables(result)))
    if asked.page:
        write_page()
    return 0


if __name__ == "__main__":
    sys.exit(main())
