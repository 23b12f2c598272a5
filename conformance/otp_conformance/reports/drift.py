"""Compares two reports: what changed between a sandbox and the real thing, or between two days, and what to choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from otp_conformance.grounds import evidence_of
from otp_conformance.results import JUDGED, Kind
from otp_conformance.rooms import ROOMS, spec_of


@dataclass(frozen=True, slots=True)
class Change:
    """A case that came out otherwise."""

    id: str
    kind: str  # changed, newly failing, newly passing
    before: str
    after: str
    rule: str
    sources: tuple[str, ...]
    evidence: str
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came out otherwise where both reports judged, worst first, and how many cases only one of them judged."""

    changes: list[Change]
    judged: int
    before_only: int
    after_only: int


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """Compare what both reports judged. What only one of them tried is no word about a difference."""
    old, new = _judged_of(before), _judged_of(after)
    found = []
    for name in old.keys() & new.keys():
        one, other = old[name], new[name]
        if one["kind"] == other["kind"] and one["actual"] == other["actual"]:
            continue
        failing = other if other["kind"] == Kind.FAILED else one
        found.append(
            Change(
                id=name,
                kind=_class(one["kind"], other["kind"]),
                before=_describe(one),
                after=_describe(other),
                rule=other["rule"],
                sources=tuple(other["sources"]),
                evidence=", ".join(evidence_of(name, other["covers"])),
                expected=" or ".join(failing["expected"]),
                actual=failing["actual"],
            )
        )
    order = ("newly failing", "changed", "newly passing")
    found.sort(key=lambda change: (order.index(change.kind), change.id))
    both = len(old.keys() & new.keys())
    return Comparison(found, both, len(old) - both, len(new) - both)


def _judged_of(report: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {each["id"]: each for each in report["results"] if each["kind"] in JUDGED}


def _class(one: str, other: str) -> str:
    if one == Kind.PASSED and other == Kind.FAILED:
        return "newly failing"
    return "newly passing" if other == Kind.PASSED else "changed"


def _describe(result: Mapping[str, Any]) -> str:
    return f"{result['kind']}: {result['actual'] or result['reason']}" if result["kind"] != Kind.PASSED else "passed"


def propose_choices(report: Mapping[str, Any]) -> dict[str, str]:
    """Propose choices that fit what a target did.

    A choice is proposed where a case about another option passed, or where every case about the option in force
    failed and those about exactly one other option were not contradicted.
    """
    seen: dict[str, dict[str, list[str]]] = {}
    for result in report["results"]:
        about = {cover for cover in result["covers"] if "=" in cover}
        about |= {f"{choice}={option}" for choice, option in result["choices"].items()}
        if result["kind"] == Kind.FAILED and len(about) > 1:
            continue  # which of them is to blame cannot be told
        for cover in result["covers"]:
            choice, equals, option = cover.partition("=")
            if equals and result["kind"] in (Kind.PASSED, Kind.FAILED):
                seen.setdefault(choice, {}).setdefault(option, []).append(result["kind"])
    known = {choice.id: choice for name in ROOMS for choice in spec_of(name).choices.values()}
    wanted = {}
    for choice, options in seen.items():
        held = known.get(choice)
        if held is None:
            continue
        current = report["choices"].get(choice, held.default)
        right = [option for option, kinds in options.items() if set(kinds) == {Kind.PASSED}]
        wrong = {option for option, kinds in options.items() if Kind.FAILED in kinds}
        if len(right) == 1 and right[0] != current:
            wanted[choice] = right[0]
        elif current in wrong:
            others = [option for option in held.options or {} if option not in wrong]
            if len(others) == 1:
                wanted[choice] = others[0]
    return wanted


def write_text(found: Comparison, choices: Mapping[str, str]) -> str:
    """Write the drift report."""
    lines = []
    for change in found.changes:
        lines += [
            f"{change.kind}: {change.id}",
            f"  rule:     {change.rule}",
            f"  source:   {'; '.join(change.sources)}",
        ]
        if change.evidence:
            lines.append(f"  evidence: {change.evidence}")
        lines += [f"  before:   {change.before}", f"  after:    {change.after}"]
        if change.expected:
            lines.append(f"  expected: {change.expected}")
    count = len(found.changes)
    lines.append(f"{count} cases came out otherwise" if count else "nothing came out otherwise")
    lines.append(
        f"judged by both: {found.judged}; only by the first: {found.before_only}, the second: {found.after_only}"
    )
    lines += [f"proposed choice: {choice} = {option}" for choice, option in choices.items()]
    return "\n".join(lines) + "\n"


def write_toml(choices: Mapping[str, str]) -> str:
    """Write choices as a configuration that the sandbox loads."""
    lines = ["[lanes.default.choices]", *(f'"{choice}" = "{option}"' for choice, option in sorted(choices.items()))]
    return "\n".join(lines) + "\n"
