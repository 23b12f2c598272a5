"""What a case rests on, and that what was observed counts like what is documented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import pytest

from otp_conformance import grounds
from otp_conformance.case import Level
from otp_conformance.collection import all_cases
from otp_conformance.grounds import evidence_of, sources_of
from otp_conformance.results import Kind, Result, exit_status
from otp_conformance.rooms import ROOMS, spec_of
from otp_specs import Behaviour, Evidence, Option, Outcome

WAYS = {"new": Option("new", "as seen"), "old": Option("old", "as the page says")}


def behaviour(name: str, evidence: str, source: str, *, choice: bool = False) -> Behaviour:
    more = {"options": WAYS, "default": "new"} if choice else {}
    return Behaviour(f"esms.{name}", "It is so.", evidence, source, **more)  # type: ignore[arg-type]


def row(name: str, code: str, text: str | None, source: str) -> Outcome:
    return Outcome(name, "1", None if text is None else "Text", "It is so.", Evidence(code, text), source)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let eSMS be a spec of a few statements."""
    rows = [
        row("listed", "documented", "assumed", "V2, table; I, text"),
        row("seen", "documented", "observed", "V2, table; FX O1-, text"),
        row("bare", "observed", None, "SM O1"),
        row("invented", "assumed", "assumed", "I"),
    ]
    few = replace(
        spec_of("esms"),
        behaviours=(
            behaviour("page", "documented", "V2, page; S2"),
            behaviour("met", "observed", "N24 O2; V2, page"),
            behaviour("guess", "assumed", "I"),
            behaviour("two-ways", "observed", "N24 O2; V2, page", choice=True),
            behaviour("against", "contradicted", "V2 against EN", choice=True),
        ),
        outcomes=MappingProxyType({each.name: each for each in rows}),
    )
    monkeypatch.setattr(grounds, "spec_of", lambda _: few)
    monkeypatch.setattr(grounds, "_behaviours", lambda _: {each.id: each for each in few.behaviours})
    monkeypatch.setattr(grounds, "_implied", lambda _: {"esms.money.price": ["esms.met"]})


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("covers", "expected"),
    [
        (["esms.page"], ["documented"]),
        (["esms.met"], ["observed"]),
        (["esms.guess", "esms.met", "esms.page"], ["documented", "observed", "assumed"]),
        (["esms.met", "esms:listed"], ["observed"]),
        (["esms:listed"], ["documented"]),
        (["esms:seen"], ["documented", "observed"]),
        (["esms:bare"], ["observed"]),
        (["esms:invented"], ["assumed"]),
        (["esms.two-ways"], ["observed"]),
        (["esms.two-ways=new"], ["observed"]),
        (["esms.two-ways=old"], []),
        (["esms.against=new"], ["contradicted"]),
        (["esms.against=old"], ["contradicted"]),
        (["esms.gone"], []),
        ([], []),
    ],
)
def test_a_case_has_the_evidence_of_what_it_covers(covers: list[str], expected: list[str]) -> None:
    """Of behaviours, else of rows; never of an option that nobody saw, nor of a text that is assumed."""
    assert evidence_of("esms.a.b[row]", covers) == expected


@pytest.mark.usefixtures("small")
def test_what_a_case_implies_counts_too() -> None:
    assert evidence_of("esms.money.price[row]", ["esms.guess"]) == ["observed", "assumed"]
    assert sources_of("esms.money.price", ["esms.guess"]) == ("I", "N24 O2", "V2, page")


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("covers", "expected"),
    [
        (["esms.page", "esms.met"], ("V2, page", "S2", "N24 O2")),
        (["esms.two-ways=old", "esms:listed"], ("N24 O2", "V2, page")),
        (["esms:listed", "esms:invented"], ("V2, table", "I, text", "I")),
        ([], ()),
    ],
)
def test_a_case_has_the_sources_of_what_it_covers(covers: list[str], expected: tuple[str, ...]) -> None:
    """Each part once."""
    assert sources_of("esms.a.b", covers) == expected


def test_a_case_of_nobody_rests_on_nothing() -> None:
    assert (evidence_of("a", ["nobody.x", "nobody:y"]), sources_of("a", ["nobody.x", "nobody:y"])) == ([], ())


@pytest.mark.parametrize("evidence", ["documented", "observed"])
@pytest.mark.parametrize("level", [Level.MUST, Level.SHOULD])
def test_a_failure_counts_whether_it_was_documented_or_observed(
    evidence: str, level: Level, made: Callable[..., Result]
) -> None:
    """The level alone tells how much, and a note alone does not count."""
    failure = made(Kind.FAILED, level=level, evidence=[evidence])

    assert exit_status([made(), failure]) == 1
    assert exit_status([made(), replace(failure, level=Level.NOTE)]) == 0


def test_every_case_has_a_source() -> None:
    """Its own, or those of what it covers."""
    assert [each.id for each in all_cases() if not each.sources] == []


ABOUT_SPELLING = {"esms.callback.odd_id_is_encoded"}
"""Notes on how something is spelled that no source shows, in a behaviour that is known."""


def test_no_note_is_about_what_is_known_alone() -> None:
    """What was observed is judged, like what is documented: a note is about what nobody knows."""
    notes = [each for each in all_cases() if each.level == Level.NOTE and each.family != "texts"]
    known = {each.id for each in notes if set(evidence_of(each.id, each.covers)) in ({"observed"}, {"documented"})}

    assert len(notes) > len(known)
    assert known == ABOUT_SPELLING


@pytest.mark.parametrize("provider", ROOMS)
def test_what_was_observed_has_a_case_that_counts(provider: str) -> None:
    """Of those that have a case at all; what has none has its reason in the list of cases."""
    judged = {
        cover.partition("=")[0] for each in all_cases() if each.level != Level.NOTE for cover in each.covers
    } | set(ROOMS[provider].coverage.implied)
    seen = {each.id for each in spec_of(provider).behaviours if each.evidence == "observed"}

    assert seen - judged <= set(ROOMS[provider].coverage.reasons)
