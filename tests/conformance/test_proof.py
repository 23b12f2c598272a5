"""The proof that the suite bites: what the matrix finds wrong with cases and mutants."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from mutants.proof import Matrix, Row, play_mutants
from otp_conformance.case import Case, Level, Tier
from otp_conformance.results import Kind
from otp_conformance.stops import CouldNotRun


async def _nothing(_: Any) -> None:
    """Drive nothing."""


def _case(name: str, *kills: str, level: Level = Level.MUST, provider: str = "esms") -> Case:
    return Case(
        id=name,
        provider=provider,
        family="money",
        rule="A rule.",
        level=level,
        tier=Tier.SENDS,
        needs=frozenset(),
        sources=("S1",),
        covers=(),
        kills=kills,
        choices={},
        sends=1,
        run=_nothing,
    )


def _row(name: str, killed_by: list[str], survived: list[str]) -> Row:
    return Row(name, "money", "a mistake", killed_by, survived)


def test_a_proof_that_holds_has_no_findings() -> None:
    matrix = Matrix([_row("esms.m", ["a"], ["b"])], [_case("a", "esms.m"), _case("b", level=Level.SHOULD)], frozenset())

    assert matrix.findings() == []


@pytest.mark.parametrize(
    ("row", "cases", "finding"),
    [
        (_row("esms.m", ["a"], []), [_case("a", "esms.m")], "esms.m is stillborn"),
        (
            _row("esms.m", [], ["a"]),
            [_case("a", "esms.m", level=Level.SHOULD)],
            "esms.m survives every case (a mistake)",
        ),
        (_row("esms.m", ["a"], ["b"]), [_case("a"), _case("b", level=Level.SHOULD)], "esms.m is claimed by no case"),
        (
            _row("esms.m", ["a"], ["b"]),
            [_case("a"), _case("b", "esms.m", level=Level.SHOULD)],
            "esms.m is claimed by b, which does not find it",
        ),
        (
            _row("esms.m", ["a"], ["b"]),
            [_case("a", "esms.m", "esms.other"), _case("b", level=Level.SHOULD)],
            "a claims esms.other, which does not exist",
        ),
        (_row("esms.m", ["a"], ["b"]), [_case("a", "esms.m"), _case("b")], "b is a must, and finds no mutant"),
    ],
)
def test_each_flaw_is_a_finding(row: Row, cases: list[Case], finding: str) -> None:
    found = Matrix([row], cases, frozenset()).findings()

    assert any(each.startswith(finding) for each in found)


def test_a_mutant_that_one_good_call_reveals_is_not_subtle() -> None:
    rows = [_row("esms.plain", ["smoke", "a"], ["b"]), _row("esms.fine", ["a"], ["smoke"])]
    matrix = Matrix(rows, [_case("a", "esms.plain", "esms.fine")], frozenset({"smoke"}))

    held = json.loads(matrix.document())

    assert [row.name for row in matrix.subtle()] == ["esms.fine"]
    assert held["subtle"] == ["esms.fine"]
    assert [each["name"] for each in held["mutants"]] == ["esms.fine", "esms.plain"]


class FakeSuite:
    """Answers as it is told: a kind for each mutant and case."""

    def __init__(self, kinds: Mapping[tuple[str, str], Kind], *, dead: bool = False) -> None:
        self.kinds = kinds
        self.dead = dead
        self.target = SimpleNamespace(lane_prefix="")

    def run(self, case: Case) -> Any:
        return SimpleNamespace(
            kind=self.kinds.get((self.target.lane_prefix.removeprefix("mutant."), case.id), Kind.PASSED)
        )

    def control(self, method: str, path: str) -> None:
        if self.dead:
            raise CouldNotRun("it does not answer")


MUTANTS = [{"name": "esms.m", "group": "money", "text": "x"}, {"name": "amoot.m", "group": "money", "text": "x"}]
CASES = [_case("esms.a.accepted_body"), _case("esms.b"), _case("esms.c"), _case("amoot.a", provider="amoot")]


def test_each_mutant_meets_the_cases_of_its_provider() -> None:
    """Failing and not getting through both find it; a case that does not apply says nothing."""
    kinds = {
        ("esms.m", "esms.a.accepted_body"): Kind.COULD_NOT_RUN,
        ("esms.m", "esms.b"): Kind.NOT_APPLICABLE,
        ("amoot.m", "amoot.a"): Kind.FAILED,
    }
    suite, told = FakeSuite(kinds), list[str]()

    matrix = play_mutants(suite, CASES, MUTANTS, told.append)  # type: ignore[arg-type]  # a fake

    assert [(row.name, row.killed_by, row.survived) for row in matrix.rows] == [
        ("esms.m", ["esms.a.accepted_body"], ["esms.c"]),
        ("amoot.m", ["amoot.a"], []),
    ]
    assert matrix.smoke == {"esms.a.accepted_body"}
    assert told == ["[1/2] esms.m", "[2/2] amoot.m"]
    assert suite.target.lane_prefix == ""


def test_a_dead_target_proves_nothing() -> None:
    """Otherwise every mutant would count as found."""
    with pytest.raises(CouldNotRun):
        play_mutants(FakeSuite({}, dead=True), CASES, MUTANTS, lambda _: None)  # type: ignore[arg-type]  # a fake


def test_cases_of_providers_without_mutants_are_not_blamed() -> None:
    matrix = play_mutants(FakeSuite({}), CASES, MUTANTS[1:], lambda _: None)  # type: ignore[arg-type]  # a fake

    assert [case.id for case in matrix.cases] == ["amoot.a"]
