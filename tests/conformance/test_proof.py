"""The proof that the suite bites: what the matrix finds wrong with cases and mutants."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from mutants.marks import lane_prefix
from mutants.proof import OPEN, Matrix, Mutant, Proof, Row
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


def _written(killed_by: list[str], survived: list[str]) -> Row:
    return Row(Mutant("esms.m", "written", "a mistake"), killed_by, survived)


def _derived(killed_by: list[str], *, living: str = "") -> Row:
    return Row(Mutant("esms.A.without.b", "without", "a mistake", living=living), killed_by, [])


CLAIMING = _case("a", "esms.m")
OTHER = _case("b", level=Level.SHOULD)


def test_a_proof_that_holds_has_no_findings() -> None:
    """What was written is found by a case that claims it; what is derived is found, or lives with a reason."""
    rows = [_written(["a"], ["b"]), _derived(["b"]), _derived([], living="it cannot be seen")]

    assert Matrix(rows, [CLAIMING, OTHER]).findings() == []


@pytest.mark.parametrize(
    ("row", "cases", "finding"),
    [
        (_written(["a"], []), [CLAIMING], "esms.m is stillborn"),
        (_written([], ["a"]), [CLAIMING], "esms.m is claimed by a, which does not find it (a mistake)"),
        (_written(["a"], ["b"]), [_case("a"), OTHER], "esms.m is claimed by no case"),
        (_written(["a"], ["b"]), [_case("a", "esms.m", "esms.other")], "a claims esms.other, which nobody wrote"),
        (_written(["a"], ["b"]), [CLAIMING, _case("b")], "b is a must, and finds no mutant"),
        (_derived([]), [OTHER], "esms.A.without.b survives every case (a mistake)"),
        (_derived(["b"], living="it cannot be seen"), [OTHER], "esms.A.without.b is found by b, but stands among"),
    ],
)
def test_each_flaw_is_a_finding(row: Row, cases: list[Case], finding: str) -> None:
    found = Matrix([row], cases).findings()

    assert any(each.startswith(finding) for each in found)


NOTE = _case("n", level=Level.NOTE)


@pytest.mark.parametrize(
    ("killed_by", "findings"),
    [
        (["n"], []),
        (["n", "b"], ["esms.other is no mistake, but b fails"]),
        ([], ["esms.other is told by no note (other words)"]),
        (["b"], ["esms.other is told by no note (other words)"]),
    ],
)
def test_what_is_no_mistake_is_told_by_notes_alone(killed_by: list[str], findings: list[str]) -> None:
    """An assumed text is a note at most: whoever answers with another one is as right as we are."""
    row = Row(Mutant("esms.other", "note", "other words"), killed_by, [])

    assert Matrix([row], [OTHER, NOTE]).findings() == findings


def test_every_case_is_played_against_what_is_no_mistake() -> None:
    suite = FakeSuite({("esms.other", "esms.b"): Kind.FAILED, ("esms.other", "esms.c"): Kind.FAILED})

    matrix = _proof(suite).run([Mutant("esms.other", "note", "x")], whole=False)

    assert matrix.rows[0].killed_by == ["esms.b", "esms.c"]


def test_a_part_of_the_mutants_says_nothing_of_claims_and_musts() -> None:
    assert (
        Matrix([_written(["a"], ["b"])], [_case("a", "esms.m", "esms.other"), _case("b")], whole=False).findings() == []
    )


def test_numbers_are_told_by_provider_and_kind() -> None:
    derived = [_derived(["b"]), _derived([], living="it cannot be seen"), _derived([], living=OPEN)]

    assert [" ".join(line.split()) for line in Matrix([_written(["a"], ["b"]), *derived], []).counts()] == [
        "esms written 1 made 1 found 0 live with a reason 0 open",
        "esms without 3 made 1 found 1 live with a reason 1 open",
    ]


class FakeSuite:
    """Answers as it is told: a kind for each mutant and case, and what each case meets."""

    def __init__(
        self,
        kinds: Mapping[tuple[str, str], Kind],
        met: Mapping[str, list[str]] | None = None,
        *,
        dead: bool = False,
    ) -> None:
        self.kinds = {(lane_prefix(mutant) if mutant else "", case): kind for (mutant, case), kind in kinds.items()}
        self.met = met or {}
        self.dead = dead
        self.target = SimpleNamespace(lane_prefix="")
        self.last = ""

    def run(self, case: Case) -> Any:
        self.last = case.id
        return SimpleNamespace(kind=self.kinds.get((self.target.lane_prefix, case.id), Kind.PASSED))

    def control(self, method: str, path: str) -> Any:
        if self.dead:
            raise CouldNotRun("it does not answer")
        return {"met": self.met.get(self.last, []), "broken": ["esms.broken"]}


WRITTEN = [Mutant("esms.m", "written", "x"), Mutant("amoot.m", "written", "x")]
CASES = [
    _case("esms.a.accepted_body", level=Level.SHOULD),
    _case("esms.b", "esms.m", level=Level.SHOULD),
    _case("esms.c"),
    _case("amoot.a", "amoot.m", provider="amoot"),
]


def _proof(suite: FakeSuite, told: Callable[[str], None] = lambda _: None) -> Proof:
    return Proof(suite, CASES, told)  # type: ignore[arg-type]  # a fake


def test_each_written_mutant_meets_cases_of_its_provider_until_one_that_claims_it_finds_it() -> None:
    suite = FakeSuite({("esms.m", "esms.b"): Kind.FAILED, ("amoot.m", "amoot.a"): Kind.FAILED})
    told: list[str] = []

    matrix = _proof(suite, told.append).run(WRITTEN, whole=False)

    assert [(row.name, row.killed_by, row.survived) for row in matrix.rows] == [
        ("esms.m", ["esms.b"], ["esms.a.accepted_body"]),
        ("amoot.m", ["amoot.a"], []),
    ]
    assert told == ["[1/2] esms.m: esms.b", "[2/2] amoot.m: amoot.a"]
    assert suite.target.lane_prefix == ""
    assert [row.name for row in matrix.subtle()] == ["esms.m", "amoot.m"]
    assert [each["name"] for each in json.loads(matrix.document())["mutants"]] == ["amoot.m", "esms.m"]


def test_a_case_that_could_not_run_finds_no_mutant() -> None:
    """It says nothing about the target: the next case is asked."""
    kinds = {("esms.m", "esms.b"): Kind.COULD_NOT_RUN, ("esms.A.x", "esms.c"): Kind.COULD_NOT_RUN}
    derived = Mutant("esms.A.x", "as", "x", meets=["A x"])

    matrix = _proof(FakeSuite(kinds, {"esms.c": ["A x"]})).run([WRITTEN[0], derived], whole=False)

    assert [(row.name, row.killed_by) for row in matrix.rows] == [("esms.m", []), ("esms.A.x", [])]


@pytest.mark.parametrize(("met", "played"), [(["A", "A x"], True), (["A", "A y", "row r"], False)])
def test_a_derived_mutant_meets_the_cases_that_meet_it(met: list[str], *, played: bool) -> None:
    """Other cases cannot differ."""
    mutant = Mutant("esms.A.x", "as", "x", meets=["A x", "A z"])
    suite = FakeSuite({("esms.A.x", "esms.c"): Kind.FAILED}, {"esms.c": met})

    matrix = _proof(suite).run([mutant], whole=False)

    assert matrix.rows[0].killed_by == (["esms.c"] if played else [])


def test_a_must_that_has_found_nothing_is_tried_on_what_it_may_find() -> None:
    """Else nobody would know whether it can fail, because a mutant is played only until a case finds it."""
    suite = FakeSuite({("esms.m", "esms.b"): Kind.FAILED, ("esms.m", "esms.c"): Kind.FAILED})

    matrix = _proof(suite).run(WRITTEN[:1])

    assert matrix.rows[0].killed_by == ["esms.b", "esms.c"]
    assert matrix.findings() == []


def test_a_case_that_fails_without_a_mistake_finds_nothing() -> None:
    """It would find everything."""
    mutant = Mutant("esms.A.x", "as", "x", meets=["A x"])
    suite = FakeSuite({("", "esms.c"): Kind.FAILED}, {"esms.c": ["A x"]})

    matrix = _proof(suite).run([mutant], whole=False)

    assert matrix.findings()[0] == "esms.c fails without a mistake, so it proves nothing"
    assert matrix.rows[0].killed_by == []


def test_a_mutant_that_goes_wrong_itself_proves_nothing() -> None:
    """Every case finds a server that breaks down, whatever the mistake was to be."""
    suite = FakeSuite({("esms.broken", "esms.b"): Kind.FAILED})

    matrix = _proof(suite).run([Mutant("esms.broken", "written", "x")], whole=False)

    assert matrix.findings() == ["esms.broken goes wrong in a line of its own, so it proves nothing"]


def test_a_dead_target_proves_nothing() -> None:
    """Otherwise every mutant would count as found."""
    with pytest.raises(CouldNotRun):
        _proof(FakeSuite({}, dead=True)).run(WRITTEN)


def test_cases_of_providers_without_mutants_are_not_blamed() -> None:
    matrix = _proof(FakeSuite({})).run(WRITTEN[1:])

    assert [case.id for case in matrix.cases] == ["amoot.a"]
