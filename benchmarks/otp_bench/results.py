"""Results as they are stored: what was measured, on what and when."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from otp_bench.machine import described
from otp_bench.scale import Scale

Part = Callable[[Scale], dict[str, Any]]


def gathered(parts: Mapping[str, Part], scale: Scale, path: Path, *, only: bool = False) -> dict[str, Any]:
    """Measure part after part. What is there is written after each, so that a long run that ends early is not lost."""
    result: dict[str, Any] = {"measured": f"{datetime.now(UTC):%Y-%m-%d}", "scale": scale.name, **described()}
    for name, part in parts.items():
        print(f"{name} …", file=sys.stderr, flush=True)
        result[name] = part(scale)
        write(path, result, only=only)
    return result


def write(path: Path, result: Mapping[str, Any], *, only: bool = False) -> None:
    """Write a result. A run of some parts only leaves the other parts of a run of the same scale as they were."""
    before = read(path) if only and path.exists() else {}
    kept = before if before.get("scale") == result["scale"] else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**kept, **result}, indent=2, ensure_ascii=False) + "\n", "utf-8")


def read(path: Path) -> dict[str, Any]:
    """Read a stored result."""
    result: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return result
