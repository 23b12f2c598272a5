"""What is said to be known has a source that can carry it, and a second-hand source says how sure it is."""

from __future__ import annotations

from pathlib import Path

import pytest

import otp_specs
from otp_specs.sources import labels_in

SPEC = """\
openapi: 3.1.0
info: {{title: Tiny, version: 1.0.0}}
paths: {{}}
x-sources:
  P: {{kind: documentation, title: A page, date: "2026"}}
  PHP: {{kind: sample, title: A sample program, date: "2026"}}
  C: {{kind: client, title: A program, date: "2026"}}
  X: {{kind: sister, title: A sister, date: "2026"}}
  N: {{kind: data, title: Public data, date: "2026"}}
  N24: {{kind: second-hand, title: Notes, date: "2026"}}
  FX: {{kind: second-hand, title: Fixtures, date: "2026"}}
  I: {{kind: none, title: No source, date: "2026"}}
x-outcomes:
  sent: {{code: "100", message: Sent, condition: Good., evidence: {{code: {code}, text: {text}}}, source: "{row}"}}
x-behaviours:
- {{id: tiny.one, text: It is so., evidence: {evidence}, source: "{source}"}}
"""


def read_spec(folder: Path, **changes: str) -> otp_specs.Spec:
    """Read a spec with one row and one behaviour."""
    said = {"code": "documented", "text": "documented", "row": "P", "evidence": "assumed", "source": "I"} | changes
    (folder / "tiny.yaml").write_text(SPEC.format(**said))
    return otp_specs.load("tiny", folder)


@pytest.mark.parametrize(
    ("evidence", "source"),
    [
        ("observed", "C, a program"),
        ("observed", "C and X, a program and another"),
        ("observed", "X; P, page 1"),
        ("observed", "PHP, a program"),
        ("observed", "N24 O2; P, page 1"),
        ("observed", "N24 O1, an answer; FX O1-"),
        ("observed", "FX O1-; N24 O3, the rest"),
        ("observed", "N24 O3; C, a program"),
        ("documented", "P, page 1; N24 O2"),
        ("documented", "PHP, a program"),
        ("documented", "N"),
        ("contradicted", "P, page 1 against N24 O2"),
        ("contradicted", "N24 O2 against FX O1-"),
        ("assumed", "I; N24 O3, another way"),
        ("assumed", "N24 O3"),
        ("assumed", "I"),
    ],
)
def test_evidence_that_its_source_carries_is_taken(tmp_path: Path, evidence: str, source: str) -> None:
    """An observation needs somebody who saw it, a document somebody who wrote it."""
    assert read_spec(tmp_path, evidence=evidence, source=source).behaviours[0].source == source


@pytest.mark.parametrize(
    ("evidence", "source", "reason"),
    [
        ("observed", "P, page 1", "is observed, but source 'P, page 1' names no client, sister, sample or second-hand"),
        ("observed", "N", "names no client, sister, sample or second-hand"),
        ("observed", "P, page 1; N24 O2", "its source begins with what saw it: client, sister, sample or second-hand"),
        ("observed", "P and C", "its source begins with what saw it"),
        ("observed", "N24 O3", "source 'N24 O3' is hearsay alone (O3)"),
        ("observed", "N24 O3, one; FX O3; P", "is hearsay alone (O3)"),
        (
            "documented",
            "C, a program",
            "is documented, but source 'C, a program' names no documentation",
        ),
        ("documented", "N24 O1", "names no documentation, sample or data"),
        ("observed", "I", "source 'I' is none, so the evidence is assumed"),
        ("documented", "I, twice; I", "is none, so the evidence is assumed"),
        ("contradicted", "I", "is none, so the evidence is assumed"),
        ("observed", "N24", "source 'N24' has no mark behind N24: O1, O1-, O2 or O3"),
        ("observed", "N24, notes O2", "has no mark behind N24"),
        ("observed", "N24 O4", "has no mark behind N24"),
        ("observed", "N24 O2-", "has no mark behind N24"),
        ("observed", "N24 O1--", "has no mark behind N24"),
        ("observed", "N24 O12", "has no mark behind N24"),
        ("observed", "N24 O2; FX", "has no mark behind FX"),
        ("observed", "N24 O2 and FX, both", "has no mark behind FX"),
        ("assumed", "I, though FX has another", "has no mark behind FX"),
    ],
)
def test_evidence_that_its_source_does_not_carry_stops_the_reader(
    tmp_path: Path, evidence: str, source: str, reason: str
) -> None:
    """Told in one line, with the place."""
    with pytest.raises(otp_specs.SpecError) as caught:
        read_spec(tmp_path, evidence=evidence, source=source)

    assert caught.value.place == "x-behaviours/tiny.one"
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    ("code", "text", "source"),
    [
        ("documented", "observed", "P, table; FX O1-, text"),
        ("observed", "documented", "P, text; C, number"),
        ("documented", "assumed", "P, table; I, text"),
        ("assumed", "assumed", "I"),
    ],
)
def test_code_and_text_of_a_row_may_have_sources_of_their_own(
    tmp_path: Path, code: str, text: str, source: str
) -> None:
    """The source of a row is that of both, in any order."""
    assert read_spec(tmp_path, code=code, text=text, row=source).outcomes["sent"].source == source


@pytest.mark.parametrize(
    ("code", "text", "source", "reason"),
    [
        ("documented", "observed", "P, table", "is observed, but source 'P, table' names no client"),
        ("documented", "observed", "P; FX O3", "is hearsay alone"),
        ("observed", "documented", "C", "is documented, but source 'C' names no documentation"),
        ("assumed", "documented", "I", "is none, so the evidence is assumed"),
        ("documented", "assumed", "P; N24", "has no mark behind N24"),
    ],
)
def test_a_row_is_held_against_its_source_too(tmp_path: Path, code: str, text: str, source: str, reason: str) -> None:
    """Neither code nor text is known better than by its source."""
    with pytest.raises(otp_specs.SpecError) as caught:
        read_spec(tmp_path, code=code, text=text, row=source)

    assert caught.value.place == "x-outcomes/sent"
    assert reason in caught.value.reason


def test_labels_are_given_with_their_marks() -> None:
    """In the order in which they stand; a language is no label."""
    found = list(labels_in("N24 O2, notes; FX O1-; V2, tabs 100 and C, C# samples; I"))

    assert found == [("N24", "O2"), ("FX", "O1-"), ("V2", None), ("C", None), ("I", None)]
