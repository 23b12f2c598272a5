"""Does the suite bite? Every mutant is played until a case finds it, and every must-case has to find one.

Mutants that were written by hand are claimed by cases (`kills=`). Those that are derived from a spec are not: they say
what a case must meet to find them, and the cases that meet it are played. A few stay alive, each with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import orjson

from mutants.living import OPEN
from mutants.marks import lane_prefix
from otp_conformance.case import Case, Level
from otp_conformance.results import Kind
from otp_conformance.suite import Suite

SMOKE = ("accepted_body", "success_body", "rented_body")
"""The cases of a single successful call, by the end of their ids."""
_FOUND: Final = (Kind.FAILED,)
"""Only a word about the target finds a mutant; a case that could not run has said nothing."""
_PROVES_NOTHING: Final = (Kind.FAILED, Kind.COULD_NOT_RUN)
Met: TypeAlias = frozenset[str]
"""What a case meets: operations, causes, rows, numbers, options."""
Told: TypeAlias = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A sandbox with a mistake, as the target tells of it. `living` is the reason why no case finds it."""

    name: str
    kind: str
    text: str
    meets: Sequence[str] = ()
    living: str = ""

    @property
    def provider(self) -> str:
        """The provider that it spoils."""
        return self.name.partition(".")[0]

    @property
    def derived(self) -> bool:
        """Whether a rule made it, and nobody wrote it."""
        return self.kind not in ("written", "note")

    @property
    def is_note(self) -> bool:
        """Whether it is no mistake, as it differs in what nobody knows."""
        return self.kind == "note"

    def is_met(self, met: Met) -> bool:
        """Whether a case that meets so much may find it."""
        return not met.isdisjoint(self.meets)


@dataclass(slots=True)
class Row:
    """A mutant, and the cases that found it; of those that did not, enough to know."""

    mutant: Mutant
    killed_by: list[str] = field(default_factory=list)
    survived: list[str] = field(default_factory=list)
    is_broken: bool = False

    @property
    def name(self) -> str:
        """The mutant's name."""
        return self.mutant.name

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON values."""
        mutant = self.mutant
        return {
            "name": mutant.name,
            "kind": mutant.kind,
            "text": mutant.text,
            "killed_by": self.killed_by,
            "living": mutant.living,
        }


@dataclass(slots=True)
class Matrix:
    """The mutants that were played, and the cases of their providers.

    `whole` tells that all were played, `broken` names the cases that fail without a mistake.
    """

    rows: list[Row]
    cases: Sequence[Case]
    whole: bool = True
    broken: Sequence[str] = ()

    def findings(self) -> list[str]:
        """Say what is wrong with the suite or the mutants; nothing, when the proof holds."""
        found = [f"{name} fails without a mistake, so it proves nothing" for name in self.broken]
        for row in self.rows:
            found += self._of(row)
        known = {row.name for row in self.rows if row.mutant.kind == "written"}
        biting = {case for row in self.rows for case in row.killed_by}
        for case in self.cases if self.whole else ():
            found += [f"{case.id} claims {name}, which nobody wrote" for name in case.kills if name not in known]
            if case.level == Level.MUST and case.id not in biting:
                found.append(f"{case.id} is a must, and finds no mutant")
        return found

    def _of(self, row: Row) -> list[str]:
        if row.is_broken:
            return [f"{row.name} goes wrong in a line of its own, so it proves nothing"]
        if row.mutant.is_note:
            return self._of_note(row)
        return self._of_derived(row) if row.mutant.derived else self._of_written(row)

    def _of_note(self, row: Row) -> list[str]:
        notes = {case.id for case in self.cases if case.level == Level.NOTE}
        if not notes & set(row.killed_by):
            return [f"{row.name} is told by no note ({row.mutant.text})"]
        return [f"{row.name} is no mistake, but {name} fails" for name in row.killed_by if name not in notes]

    def _of_written(self, row: Row) -> list[str]:
        claims = [case.id for case in self.cases if row.name in case.kills]
        if not row.survived:
            return [f"{row.name} is stillborn: every case fails, so it proves nothing"]
        if not claims:
            return [f"{row.name} is claimed by no case"]
        if not set(row.killed_by) & set(claims):
            return [f"{row.name} is claimed by {claims[0]}, which does not find it ({row.mutant.text})"]
        return []

    @staticmethod
    def _of_derived(row: Row) -> list[str]:
        if row.killed_by and row.mutant.living:
            return [f"{row.name} is found by {row.killed_by[0]}, but stands among the living"]
        if not row.killed_by and not row.mutant.living:
            return [f"{row.name} survives every case ({row.mutant.text})"]
        return []

    def subtle(self) -> list[Row]:
        """Give the written mutants that a single successful call does not reveal."""
        written = [row for row in self.rows if row.mutant.kind == "written"]
        return [row for row in written if not any(map(_is_smoke, row.killed_by))]

    def counts(self) -> list[str]:
        """Say of each provider and kind how many there are, were found, and live: with a reason, or openly."""
        lines = []
        for provider, kind in dict.fromkeys((row.mutant.provider, row.mutant.kind) for row in self.rows):
            own = [row for row in self.rows if (row.mutant.provider, row.mutant.kind) == (provider, kind)]
            living = [row.mutant.living for row in own if not row.killed_by]
            still = living.count(OPEN)
            lines.append(
                f"{provider:8} {kind:8} {len(own):5} made {len(own) - len(living):5} found "
                f"{len(living) - still:4} live with a reason {still:4} open"
            )
        return lines

    def document(self) -> bytes:
        """Write it as JSON."""
        held = {
            "mutants": [row.as_json() for row in sorted(self.rows, key=lambda row: row.name)],
            "subtle": sorted(row.name for row in self.subtle()),
            "findings": self.findings(),
        }
        return orjson.dumps(held, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _is_smoke(case: str) -> bool:
    return case.endswith(SMOKE)


class Proof:
    """Plays mutants on a target that offers them.

    Args:
        suite: the target.
        cases: all cases.
        told: is told of each step.
    """

    def __init__(self, suite: Suite, cases: Sequence[Case], told: Told) -> None:
        self._suite = suite
        self._cases = cases
        self._told = told
        self._met: dict[str, Met] = {}

    def run(self, mutants: Sequence[Mutant], *, whole: bool = True) -> Matrix:
        """Play mutants, and, when they are all, what the must-cases find that have found none yet.

        Raises:
            CouldNotRun: the target went away.
        """
        providers = {mutant.provider for mutant in mutants}
        cases = [case for case in self._cases if case.provider in providers]
        broken = self._meet(cases) if any(mutant.derived for mutant in mutants) else []
        cases = [case for case in cases if case.id not in broken]
        rows = []
        for number, mutant in enumerate(mutants, start=1):
            row = Row(mutant)
            own = [case for case in cases if case.provider == mutant.provider]
            if mutant.is_note:
                self._play(row, own)  # all of them: no must or should may fail
            else:
                (self._play_derived if mutant.derived else self._play_written)(row, own)
            rows.append(row)
            self._told(f"[{number}/{len(mutants)}] {mutant.name}: {', '.join(row.killed_by) or 'lives'}")
            # What a dead target does not answer was found by nobody.
            row.is_broken = row.name in self._suite.control("GET", "/met")["broken"]
        if whole:
            self._bite(rows, cases)
        self._suite.target.lane_prefix = ""
        return Matrix(rows, cases, whole, broken)

    def _meet(self, cases: Sequence[Case]) -> list[str]:
        """Play every case without a mistake, to know what it meets. Gives those that fail."""
        self._suite.target.lane_prefix = ""
        self._suite.control("GET", "/met")
        broken = []
        for case in cases:
            if self._suite.run(case).kind in _PROVES_NOTHING:
                broken.append(case.id)
            self._met[case.id] = frozenset(self._suite.control("GET", "/met")["met"])
        return broken

    def _play_derived(self, row: Row, cases: Iterable[Case]) -> None:
        """Play those that meet its operation, its causes, its rows, the shortest first, until one finds it."""
        meeting = [case for case in cases if row.mutant.is_met(self._met[case.id])]
        self._play(row, sorted(meeting, key=lambda case: len(self._met[case.id])), until=_FOUND)

    def _play_written(self, row: Row, cases: Sequence[Case]) -> None:
        """Play those of a single call, those that claim it until one finds it, others until one passes."""
        single = [case for case in cases if _is_smoke(case.id)]
        claims = [case for case in cases if row.name in case.kills and case not in single]
        self._play(row, single)
        if not any(row.name in case.kills and case.id in row.killed_by for case in single):
            self._play(row, claims, until=_FOUND)
        if not row.survived:
            self._play(row, [case for case in cases if case not in claims and case not in single], until=(Kind.PASSED,))

    def _bite(self, rows: Sequence[Row], cases: Sequence[Case]) -> None:
        """Look for a mutant that a must-case finds, if it has found none: the rarest of those it meets come first."""
        biting = {case for row in rows for case in row.killed_by}
        derived = [row for row in rows if row.mutant.derived]
        derived.sort(key=lambda row: sum(map(row.mutant.is_met, self._met.values())))
        written = [row for row in rows if row.mutant.kind == "written"]
        for case in cases:
            if case.level != Level.MUST or case.id in biting:
                continue
            own = [row for row in derived if row.mutant.is_met(self._met[case.id])] + written
            for row in own:
                if row.mutant.provider == case.provider and case.id not in row.survived:
                    self._play(row, [case])
                if case.id in row.killed_by:
                    self._told(f"{case.id}: finds {row.name}")
                    break

    def _play(self, row: Row, cases: Iterable[Case], *, until: Collection[Kind] = ()) -> None:
        """Run cases against a mutant, all of them or until one ends as it is wanted."""
        self._suite.target.lane_prefix = lane_prefix(row.name)
        for case in cases:
            kind = self._suite.run(case).kind
            if kind in _FOUND:
                row.killed_by.append(case.id)
            elif kind == Kind.PASSED:
                row.survived.append(case.id)
            if kind in until:
                return
