# ruff: noqa: INP001  (a script beside the page that it makes)
"""`python docs/generate_cases.py` makes `build/docs/conformance-cases.md` from the suite.

It fails when an outcome of a played operation, a behaviour or an option has neither a case nor a reason.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / each) for each in ("conformance", "mockserver", "specs", "tests")]

from otp_conformance.case import Case  # noqa: E402  (of this tree, whatever is installed)
from otp_conformance.collection import all_cases  # noqa: E402  (as above)
from otp_conformance.grounds import evidence_of  # noqa: E402  (as above)
from otp_conformance.rooms import ROOMS  # noqa: E402  (as above)
from otp_specs import Spec, available, load  # noqa: E402  (as above)

PAGE = ROOT / "build" / "docs" / "conformance-cases.md"


IMPLIED = {name: case for room in ROOMS.values() for name, case in room.coverage.implied.items()}
"""Behaviours that a case shows without naming them: the case, without its row."""

REASONS = {name: reason for room in ROOMS.values() for name, reason in room.coverage.reasons.items()}
"""What has no case, and why."""


def page() -> str:
    """Make the page.

    Raises:
        ValueError: something has neither case nor reason, or a table names what does not exist.
    """
    cases = all_cases()
    specs = {name: load(name) for name in available()}
    problems = [problem for spec in specs.values() for problem in _problems(spec, cases)]
    problems += _stale(specs, cases)
    if problems:
        raise ValueError("\n".join(problems))
    parts = [_HEAD.format(count=len(cases))]
    for spec in specs.values():
        parts += [f"\n## {spec.title}\n", *_families(spec, cases), *_without(spec)]
    return "".join(parts)


_HEAD = """# Conformance: all cases

Made by `python docs/generate_cases.py` from the {count} cases of the suite; `docs/conformance.md` says how to run
them. *Evidence* is that of the behaviours which a case shows, else of its rows. A case with several rows of input is
one line here. Tiers: 0 nothing is sent, 1 free reads, 2 sends, 3 long waits.
"""


def _families(spec: Spec, cases: Sequence[Case]) -> Iterator[str]:
    own = [case for case in cases if case.provider == spec.provider]
    for family in sorted({case.family for case in own}):
        yield f"\n### {spec.provider}: {family}\n\n"
        yield "| Id | Rule | Level | Tier | Sources | Evidence |\n|---|---|---|---|---|---|\n"
        grouped: dict[str, list[Case]] = {}
        for case in own:
            if case.family == family:
                grouped.setdefault(_base(case), []).append(case)
        for name, rows in grouped.items():
            first = rows[0]
            count = f" ({len(rows)} rows)" if len(rows) > 1 else ""
            sources = _cell("; ".join(first.sources))
            cells = (
                f"`{name}`{count}",
                _cell(first.rule),
                first.level,
                f"{first.tier:d}",
                sources,
                _proof(first),
            )
            yield f"| {' | '.join(cells)} |\n"


def _proof(case: Case) -> str:
    return ", ".join(evidence_of(case.id, case.covers)) or "—"


def _without(spec: Spec) -> Iterator[str]:
    rows = [(name, reason) for name, reason in REASONS.items() if re.split("[.:]", name)[0] == spec.provider]
    yield f"\n### {spec.provider}: without a case\n\n"
    yield "| What | Reason |\n|---|---|\n" if rows else "Nothing.\n"
    for name, reason in rows:
        yield f"| `{name}` | {_cell(reason)} |\n"


def _wanted(spec: Spec) -> Iterator[str]:
    """Name what must have a case or a reason."""
    yield from sorted({f"{spec.provider}:{each.outcome}" for own in spec.operations for each in own.answers})
    for behaviour in spec.behaviours:
        if behaviour.options is None:
            yield behaviour.id
        else:
            yield from (f"{behaviour.id}={option}" for option in behaviour.options)


def _problems(spec: Spec, cases: Sequence[Case]) -> Iterator[str]:
    covered = {cover for case in cases for cover in case.covers} | set(IMPLIED)
    for name in _wanted(spec):
        if name not in covered and name not in REASONS:
            yield f"{name} has neither a case nor a reason"
        if name in covered and name in REASONS:
            yield f"{name} has a case, so it needs no reason"


def _stale(specs: Mapping[str, Spec], cases: Sequence[Case]) -> list[str]:
    known = {name for spec in specs.values() for name in _wanted(spec)}
    named = known | {behaviour.id for spec in specs.values() for behaviour in spec.behaviours}
    named |= {f"{spec.provider}:{row}" for spec in specs.values() for row in spec.outcomes}
    bases = {_base(case) for case in cases}
    found = [f"{name} does not exist" for name in (*IMPLIED, *REASONS) if name not in known]
    found += [
        f"{cover} does not exist, but {case.id} covers it"
        for case in cases
        for cover in case.covers
        if cover not in named
    ]
    return found + [
        f"{name} is shown by {case}, which does not exist" for name, case in IMPLIED.items() if case not in bases
    ]


def _base(case: Case) -> str:
    return case.id.partition("[")[0]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    try:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page(), "utf-8")
    except ValueError as problems:
        sys.exit(str(problems))
