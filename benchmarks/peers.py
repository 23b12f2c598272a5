"""Measures other mock servers beside ours: node:http by hand, @scalar/mock-server, openapi-backend and Prism."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from otp_bench import wrk
from otp_bench.page.writing import PEERS, write_page
from otp_bench.parts import peers
from otp_bench.results import gathered
from otp_bench.scale import FULL, QUICK
from otp_bench.tables import tables


def main() -> int:
    """Install, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short loads; shows that all works, its figures are rough")
    parser.add_argument("--rounds", type=int, help="how often each figure is taken; the median counts")
    parser.add_argument("--json", type=Path, default=Path("benchmark-peers.json"), help="where the result goes")
    parser.add_argument("--page", action="store_true", help="store the result with the page, and write the page anew")
    asked = parser.parse_args()
    if not wrk.is_there():
        print(wrk.HOW_TO_GET_IT, file=sys.stderr)
        return 1
    if not peers.are_possible():
        print("node and npm are needed; get them by `apt-get install nodejs npm`", file=sys.stderr)
        return 1
    peers.install()
    scale = QUICK if asked.quick else FULL
    if asked.rounds:
        scale = replace(scale, rounds=asked.rounds)
    result = gathered({"peers": peers.measure}, scale, PEERS if asked.page else asked.json)
    print("\n\n".join(table.plain() for _, table in tables(result)))
    if asked.page:
        write_page()
    return 0


if __name__ == "__main__":
    sys.exit(main())
