"""Results as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from otp_conformance.results import Kind, Result, count_kinds, exit_status, weaknesses

_WORDS = ("conformant", "not conformant", "drift", "could not run", "usage")
_SHOWN = (Kind.PASSED, Kind.FAILED, Kind.NOT_APPLICABLE, Kind.COULD_NOT_RUN, Kind.KNOWN)


def failure(result: Result) -> str:
    """Tell a failure so that it can be reported without running it again."""
    lines = [f"{result.id} ({result.level}): {result.kind}", f"  rule:     {result.rule}"]
    if result.sources:
        lines.append(f"  source:   {'; '.join(result.sources)}")
    if result.expected:
        lines.append(f"  expected: {' or '.join(result.expected)}")
        lines.append(f"  actual:   {result.actual}")
    else:
        lines.append(f"  reason:   {result.reason}")
    for exchange in result.exchanges:
        lines += [f"  {exchange['curl']}", f"    HTTP {exchange['status']} {exchange['answer'][:1000]}"]
    return "\n".join(lines)


def summary(results: Sequence[Result]) -> str:
    """Make the table and the verdict."""
    rows = [("provider", "family", *map(str, _SHOWN))]
    for key in sorted({(each.provider, each.family) for each in results}):
        own = [each for each in results if (each.provider, each.family) == key]
        counts = count_kinds(own)
        rows.append((*key, *(str(counts[kind] or "") for kind in _SHOWN)))
    verdict = _WORDS[exit_status(results)]
    lines = [
        *_table(rows),
        "",
        f"{verdict}: " + ", ".join(f"{n} {kind}" for kind, n in count_kinds(results).items() if n),
    ]
    lines += [f"note: {weakness}" for weakness in weaknesses(results)]
    return "\n".join(lines) + "\n"


def _table(rows: Iterable[tuple[str, ...]]) -> list[str]:
    held = list(rows)
    widths = [max(len(row[column]) for row in held) for column in range(len(held[0]))]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in held]
