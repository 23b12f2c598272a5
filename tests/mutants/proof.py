"""Does the suite bite? Every mutant is played, and the matrix says which case finds which."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from otp_conformance.case import Case, Level
from otp_conformance.results import Kind
from otp_conformance.suite import Suite


@dataclass(slots=True)
class Row:
    """A mutant, and the cases that found it."""

    name: str
    group: str
    text: str
    killed_by: list[str] = field(default_factory=list)
    survived: list[str] = field(default_factory=list)

    @property
    def stillborn(self) -> bool:
        """Whether it breaks every call: such a mutant proves nothing."""
        return not self.survived

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {
            "name": self.name,
            "group": self.group,
            "text": self.text,
            "killed_by": self.killed_by,
            "stillborn": self.stillborn,
        }


@dataclass(slots=True)
class Matrix:
    """All mutants against all cases of their providers."""

    rows: list[Row]
    cases: Sequence[Case]
    smoke: frozenset[str]
    quick: bool = False

    def findings(self) -> list[str]:
        """Say what is wrong with the suite or the mutants; nothing, when the proof holds."""
        found = []
        killed = {row.name: set(row.killed_by) for row in self.rows}
        claims = {row.name: [case.id for case in self.cases if row.name in case.kills] for row in self.rows}
        for row in self.rows:
            if row.stillborn:
                found.append(f"{row.name} is stillborn: every case fails, so it proves nothing")
            if not row.killed_by:
                found.append(f"{row.name} survives every case ({row.text})")
            if not claims[row.name]:
                found.append(f"{row.name} is claimed by no case")
            elif not killed[row.name] & set(claims[row.name]):
                found.append(f"{row.name} is claimed by {claims[row.name][0]}, which does not find it")
        found += [
            f"{case.id} claims {name}, which does not exist"
            for case in self.cases
            for name in case.kills
            if name not in killed
        ]
        if self.quick:
            return found
        biting = {case for names in killed.values() for case in names}
        found += [
            f"{case.id} is a must, and finds no mutant"
            for case in self.cases
            if case.level == Level.MUST and case.id not in biting
        ]
        return found

    def subtle(self) -> list[Row]:
        """Give the mutants that a single successful call does not reveal."""
        return [row for row in self.rows if not set(row.killed_by) & self.smoke]

    def document(self) -> bytes:
        """Write it as JSON."""
        held = {
            "mutants": [row.as_json() for row in sorted(self.rows, key=lambda row: row.name)],
            "subtle": sorted(row.name for row in self.subtle()),
            "findings": self.findings(),
        }
        return orjson.dumps(held, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


SMOKE = ("accepted_body", "success_body", "rented_body")
"""The cases of a single successful call, by the end of their ids."""


def _play(suite: Suite, row: Row, cases: Sequence[Case], *, until: str | None = None) -> None:
    """Run cases against a mutant, all of them or until one ends as it is wanted."""
    for case in cases:
        kind = suite.run(case).kind
        if kind in (Kind.FAILED, Kind.COULD_NOT_RUN):
            row.killed_by.append(case.id)
        elif kind == Kind.PASSED:
            row.survived.append(case.id)
        if (until == "found" and kind == Kind.FAILED) or (until == "passed" and kind == Kind.PASSED):
            return


def _play_quickly(suite: Suite, row: Row, cases: Sequence[Case]) -> None:
    """Run the cases of a single call, those that claim the mutant until one finds it, others until one passes."""
    single = [case for case in cases if case.id.endswith(SMOKE)]
    claims = [case for case in cases if row.name in case.kills and case not in single]
    others = [case for case in cases if case not in claims and case not in single]
    _play(suite, row, single)
    if not any(row.name in case.kills and case.id in row.killed_by for case in single):
        _play(suite, row, claims, until="found")
    if not row.survived:
        _play(suite, row, others, until="passed")


def play_mutants(
    suite: Suite,
    cases: Sequence[Case],
    mutants: Sequence[dict[str, str]],
    tell: Callable[[str], None],
    *,
    quick: bool = False,
) -> Matrix:
    """Play every mutant against all cases of its provider; quickly, until a case that claims it finds it.

    Raises:
        CouldNotRun: the target went away.
    """
    rows = []
    for number, mutant in enumerate(mutants, start=1):
        row = Row(mutant["name"], mutant["group"], mutant["text"])
        tell(f"[{number}/{len(mutants)}] {row.name}")
        suite.target.lane_prefix = f"mutant.{row.name}"
        own = [case for case in cases if case.provider == row.name.partition(".")[0]]
        (_play_quickly if quick else _play)(suite, row, own)
        rows.append(row)
        suite.control("GET", "/info")  # what a dead target does not answer was found by nobody
    suite.target.lane_prefix = ""
    providers = {row.name.partition(".")[0] for row in rows}
    smoke = frozenset(case.id for case in cases if case.id.endswith(SMOKE))
    return Matrix(rows, [case for case in cases if case.provider in providers], smoke, quick)
