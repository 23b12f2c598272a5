"""Results as canonical JSON: sorted, so that two runs of the same target give the same bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import orjson

from otp_conformance.case import Level
from otp_conformance.results import (
    Result,
    Run,
    count_evidence,
    count_judged,
    count_kinds,
    count_reasons,
    exit_status,
    weaknesses,
)

FORMAT = 2
READ = (1, FORMAT)
"""What is read: in format 1 notes are called observed, and nothing is said of evidence."""


def document(run: Run, results: Sequence[Result], stopped: str = "") -> bytes:
    """Write the results, and why there are no more. `docs/conformance.md` describes the members."""
    ordered = sorted(results, key=lambda each: each.id)
    held: dict[str, Any] = {
        "format": FORMAT,
        "target": run.target,
        "tier": int(run.tier),
        "choices": dict(run.choices),
        "status": exit_status(results, stopped=bool(stopped), strict=run.strict),
        "stopped": stopped,
        "counts": count_kinds(results),
        "judged": count_judged(results),
        "evidence": count_evidence(results),
        "not_judged": count_reasons(results),
        "weaknesses": weaknesses(results),
        "results": [each.as_json() for each in ordered],
    }
    return orjson.dumps(held, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def read(data: bytes) -> dict[str, Any]:
    """Read a report back.

    Raises:
        ValueError: it is none, or of another format.
    """
    held = orjson.loads(data)
    if (
        not isinstance(held, dict)
        or held.get("format") not in READ
        or not re.match("http|live$", str(held.get("target")))
        or not isinstance(held.get("results"), list)
    ):
        raise ValueError("this is no conformance report of this version")
    for each in held["results"]:
        if each.get("level") == "observed":
            each["level"] = Level.NOTE
    return held
