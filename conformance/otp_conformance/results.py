"""What came out: one result a case, the verdict on the whole, how much was judged, and what a run did not prove."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any, Protocol

from otp_conformance.case import Level
from otp_conformance.rooms import ROOMS, spec_of
from otp_conformance.verdict import CONFORMANT, COULD_NOT_RUN, NOT_CONFORMANT
from otp_specs.model import EVIDENCE


class Kind(StrEnum):
    """How a case ended. Only failed is a word about the target."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not applicable"
    COULD_NOT_RUN = "could not run"
    KNOWN = "known failure"
    STALE = "stale known failure"


JUDGED = (Kind.PASSED, Kind.FAILED, Kind.KNOWN, Kind.STALE)
"""How a case ends about which something was found out."""


@dataclass(slots=True)
class Result:
    """A case and how it ended.

    `operations` names what was called and answered, each operation once, in the order in which they first were. It is
    empty where nothing was sent, and for the links of a provider, which lead from one operation to another. `evidence`
    is that of what the case covers.
    """

    id: str
    provider: str
    family: str
    layer: str
    rule: str
    level: str
    tier: int
    sources: list[str]
    covers: list[str]
    kind: str
    reason: str = ""
    expected: list[str] = field(default_factory=list)
    actual: str = ""
    exchanges: list[dict[str, Any]] = field(default_factory=list)
    choices: dict[str, str] = field(default_factory=dict)
    operations: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    codes_read: int = 0
    clock_moves: int = 0

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON values, and as plain ones: workers hand it on by a protocol that knows no enumerations."""
        return {**asdict(self), "level": str(self.level), "tier": int(self.tier), "kind": str(self.kind)}


class Run(Protocol):
    """What a report says of the run itself."""

    @property
    def target(self) -> str:
        """What was asked for: an address, or live."""
        ...

    @property
    def tier(self) -> int:
        """The highest that was run."""
        ...

    @property
    def choices(self) -> Mapping[str, str]:
        """How the target is said to play contested points."""
        ...

    @property
    def strict(self) -> bool:
        """Whether everything has to be judged."""
        ...


def exit_status(results: Iterable[Result], *, stopped: bool = False, strict: bool = False) -> int:
    """Give the verdict: one failed must or should case outweighs whatever could not run.

    Args:
        results: what came out.
        stopped: whether the run did not come to its end.
        strict: whether what was not applicable counts as what could not run.
    """
    found = list(results)
    if any(each.kind in (Kind.FAILED, Kind.STALE) and each.level != Level.NOTE for each in found):
        return NOT_CONFORMANT
    open_kinds = (Kind.COULD_NOT_RUN, Kind.NOT_APPLICABLE) if strict else (Kind.COULD_NOT_RUN,)
    if stopped or any(each.kind in open_kinds for each in found) or not any(each.kind in JUDGED for each in found):
        return COULD_NOT_RUN
    return CONFORMANT


def count_kinds(results: Iterable[Result]) -> dict[str, int]:
    """Count how cases ended."""
    counts = Counter(each.kind for each in results)
    return {str(kind): counts.get(kind, 0) for kind in Kind}


def count_judged(results: Iterable[Result]) -> dict[str, dict[str, int]]:
    """Count by level how many cases there were, and how many were judged."""
    found = list(results)
    return {
        str(level): {
            "judged": sum(each.kind in JUDGED for each in found if each.level == level),
            "of": sum(each.level == level for each in found),
        }
        for level in Level
    }


def count_evidence(results: Iterable[Result]) -> dict[str, dict[str, int]]:
    """Count by evidence how many cases there were, and how many were judged. A case may rest on several kinds."""
    found = list(results)
    return {
        word: {
            "judged": sum(each.kind in JUDGED for each in found if word in each.evidence),
            "of": sum(word in each.evidence for each in found),
        }
        for word in EVIDENCE
    }


def count_reasons(results: Iterable[Result]) -> dict[str, int]:
    """Count the reasons for which cases were not judged, the commonest first."""
    return dict(Counter(each.reason for each in results if each.kind not in JUDGED).most_common())


def weaknesses(results: Iterable[Result]) -> list[str]:
    """Say what a run did not prove, so that a green one is not taken for more than it is."""
    ran = [each for each in results if each.kind in (Kind.PASSED, Kind.FAILED, Kind.KNOWN)]
    if not ran:
        return ["nothing was run"]
    found = []
    if not any(each.codes_read for each in ran):
        found.append("no code was ever read: whether right codes are accepted is unproven")
    if not any(each.clock_moves for each in ran):
        found.append("the clock was never moved: lifetimes are unproven")
    if all(_only_refusals(each) for each in ran):
        found.append("only refusals were seen: nothing was ever accepted")
    return found


def _only_refusals(result: Result) -> bool:
    return not any(cover in _successes(result.provider) for cover in result.covers)


@cache
def _successes(provider: str) -> frozenset[str]:
    """Name the rows that mean success, as cases name what they cover."""
    rows = spec_of(provider).outcomes.values() if provider in ROOMS else ()
    return frozenset(f"{provider}:{row.name}" for row in rows if row.success)
