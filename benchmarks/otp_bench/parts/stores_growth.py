"""What a GENCODE costs in each store as more codes are alive and as there are more lanes."""

from __future__ import annotations

import sys
from typing import Any

from otp_bench.kept import KINDS, wanting
from otp_bench.parts import growth, lanes
from otp_bench.scale import Scale


def measure(scale: Scale) -> dict[str, Any]:
    """Measure one store after the other, each beside the bare handler: what is compared is its own growth."""
    result: dict[str, Any] = {}
    for kind, new in KINDS.items():
        if (why := wanting(kind)) is not None:
            print(f"{kind}: left out, {why}", file=sys.stderr)
            continue
        result[kind] = growth.measure(scale, new) | lanes.measure(scale, new)
    return result
