"""What one recipient costs: SendMultipleMessage_V4 as JSON, and SendSimple with more and more recipients in a call.

Needs wrk. Everything is measured in turns in one run against one sandbox on one core; the ratios are what to trust.
Flat means that a recipient among a hundred costs no more than one among ten.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path

from throughput import make_rich, server, wrk

COUNTS = (1, 10, 100)


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=4, help="length of one run")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each kind; the median counts")
    parser.add_argument("--json", type=Path, default=Path("recipients.json"))
    asked = parser.parse_args()
    command = ["-m", "otp_sandbox.cli", "serve", "--port", "{port}", "--log-format", "json"]
    with server(command, "/readyz") as sandbox:
        make_rich(sandbox, "esms", "balance")
        make_rich(sandbox, "amoot", "credit")
        kinds = {"gencode": ("gencode", 1), "sendmessage": ("sendmessage", 1)}
        kinds |= {f"sendsimple {count}": ("sendsimple", count) for count in COUNTS}
        rates: dict[str, list[float]] = {name: [] for name in kinds}
        for number in range(asked.rounds):
            for name, (script, count) in kinds.items():
                rates[name].append(count * wrk(sandbox, script, asked.seconds, 1_000_000 + number * 20_000_000, count))
    middle = {name: statistics.median(each) for name, each in rates.items()}
    result = {
        "recipients a second": {name: round(rate) for name, rate in middle.items()},
        "sendmessage to gencode": round(middle["sendmessage"] / middle["gencode"], 2),
        "a recipient among 100 to one among 10": round(middle["sendsimple 10"] / middle["sendsimple 100"], 2),
    }
    print(json.dumps(result, indent=2))
    asked.json.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
