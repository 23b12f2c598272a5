"""Results as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from otp_conformance.results import (
    JUDGED,
    Kind,
    Result,
    count_evidence,
    count_judged,
    count_kinds,
    count_reasons,
    exit_status,
    weaknesses,
)

_WORDS = ("conformant", "not conformant", "drift", "could not run", "usage")
_REASONS = 5
"""How many reasons are told for which cases were not judged; the rest is counted."""
_SHOWN = (Kind.PASSED, Kind.FAILED, Kind.NOT_APPLICABLE, Kind.COULD_NOT_RUN, Kind.KNOWN)


def failure(result: Result) -> str:
    """Tell a failure so that it can be reported without running it again."""
    lines = [f"{result.id} ({result.level}): {result.kind}", f"  rule:     {result.rule}"]
    if result.sources:
        lines.append(f"  source:   {'; '.join(result.sources)}")
    if result.evidence:
        lines.append(f"  evidence: {', '.join(result.evidence)}")
    if result.expected:
        lines.append(f"  expected: {' or '.join(result.expected)}")
        lines.append(f"  actual:   {result.actual}")
    else:
        lines.append(f"  reason:   {result.reason}")
    for exchange in result.exchanges:
        lines += [f"  {exchange['curl']}", f"    HTTP {exchange['status']} {exchange['answer'][:1000]}"]
    return "\n".join(lines)


def how_much(results: Sequence[Result]) -> list[str]:
    """Say how much of what was asked for was judged, and why the rest was not."""
    judged = sum(each.kind in JUDGED for each in results)
    lines = [f"judged: {judged} of {len(results)} cases ({_parts(count_judged(results))})"]
    evidence = _parts(count_evidence(results))
    lines += [f"evidence: {evidence}"] if evidence else []
    reasons = list(count_reasons(results).items())
    told = [f"{count} {reason}" for reason, count in reasons[:_REASONS]]
    rest = sum(count for _, count in reasons[_REASONS:])
    if reasons:
        lines.append("not judged: " + "; ".join(told + ([f"{rest} for other reasons"] if rest else [])))
    return lines


def _parts(counts: Mapping[str, Mapping[str, int]]) -> str:
    return ", ".join(f"{word} {held['judged']} of {held['of']}" for word, held in counts.items() if held["of"])


def summary(results: Sequence[Result], stopped: str = "", *, strict: bool = False) -> str:
    """Make the table and the verdict."""
    rows = [("provider", "family", *map(str, _SHOWN))]
    for key in sorted({(each.provider, each.family) for each in results}):
        own = [each for each in results if (each.provider, each.family) == key]
        counts = count_kinds(own)
        rows.append((*key, *(str(counts[kind] or "") for kind in _SHOWN)))
    verdict = _WORDS[exit_status(results, stopped=bool(stopped), strict=strict)]
    lines = [
        *_table(rows),
        "",
        f"{verdict}: " + ", ".join(f"{n} {kind}" for kind, n in count_kinds(results).items() if n),
    ]
    lines += [f"stopped: {stopped}"] if stopped else []
    lines += how_much(results) if results else []
    lines += [f"note: {weakness}" for weakness in weaknesses(results)]
    return "\n".join(lines) + "\n"


def _table(rows: Iterable[tuple[str, ...]]) -> list[str]:
    held = list(rows)
    widths = [max(len(row[column]) for row in held) for column in range(len(held[0]))]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in held]
