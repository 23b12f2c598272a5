"""The verdict, the counts, what a run did not prove, and the file of known failures."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from otp_conformance.case import Level, Tier
from otp_conformance.known import Known
from otp_conformance.results import Kind, Result, count_kinds, exit_status, weaknesses
from otp_conformance.verdict import CONFORMANT, COULD_NOT_RUN, NOT_CONFORMANT

Made = Callable[..., Result]
COUNT = [Kind.FAILED, Kind.STALE]
RAN = [Kind.PASSED, Kind.KNOWN]


@pytest.mark.parametrize(("one", "other"), list(product(Kind, repeat=2)))
def test_a_failure_beats_could_not_run_and_that_beats_the_rest(one: Kind, other: Kind, made: Made) -> None:
    """The verdict on any two results, in either order."""
    kinds = {one, other}
    expected = (
        NOT_CONFORMANT
        if kinds.intersection(COUNT)
        else COULD_NOT_RUN
        if Kind.COULD_NOT_RUN in kinds or not kinds.intersection(RAN)
        else CONFORMANT
    )

    assert exit_status([made(one), made(other)]) == expected


@pytest.mark.parametrize("level", [Level.MUST, Level.SHOULD])
@pytest.mark.parametrize("kind", COUNT)
def test_must_and_should_count_alike(level: Level, kind: Kind, made: Made) -> None:
    assert exit_status([made(), made(kind, level=level), made(Kind.COULD_NOT_RUN)]) == NOT_CONFORMANT


@pytest.mark.parametrize("kind", COUNT)
def test_a_note_that_failed_does_not_count(kind: Kind, made: Made) -> None:
    """Alone it even shows that something was run."""
    assert exit_status([made(), made(kind, level=Level.NOTE)]) == CONFORMANT
    assert exit_status([made(kind, level=Level.NOTE)]) == CONFORMANT


def test_nothing_run_is_no_success(made: Made) -> None:
    assert exit_status([]) == COULD_NOT_RUN
    assert exit_status([made(Kind.NOT_APPLICABLE)]) == COULD_NOT_RUN


@pytest.mark.parametrize("kind", list(Kind))
def test_a_strict_run_judges_everything(kind: Kind, made: Made) -> None:
    """What is not applicable counts as what could not run; nothing else changes."""
    plain, strict = (exit_status([made(), made(kind)], strict=each) for each in (False, True))

    assert strict == (COULD_NOT_RUN if kind == Kind.NOT_APPLICABLE else plain)


def test_a_run_that_was_stopped_is_no_success_but_a_failure_stays_one(made: Made) -> None:
    assert exit_status([made()], stopped=True) == COULD_NOT_RUN
    assert exit_status([made(), made(Kind.FAILED)], stopped=True) == NOT_CONFORMANT


def test_every_kind_is_counted_even_when_it_did_not_occur(made: Made) -> None:
    assert count_kinds([made(), made(), made(Kind.STALE)]) == {
        "passed": 2,
        "failed": 0,
        "not applicable": 0,
        "could not run": 0,
        "known failure": 0,
        "stale known failure": 1,
    }


def test_a_run_says_what_it_did_not_prove(made: Made) -> None:
    """No code, no clock, nothing accepted: each goes away with the first case that did it."""
    bare = weaknesses([made()])
    full = weaknesses([made(codes_read=1), made(clock_moves=1), made(covers=["esms:accepted"])])

    assert [each.partition(":")[0] for each in bare] == [
        "no code was ever read",
        "the clock was never moved",
        "only refusals were seen",
    ]
    assert full == []


@pytest.mark.parametrize("kind", [Kind.NOT_APPLICABLE, Kind.COULD_NOT_RUN])
def test_what_was_not_run_proves_nothing(kind: Kind, made: Made) -> None:
    assert weaknesses([made(kind, codes_read=1, clock_moves=1, covers=["esms:accepted"])]) == ["nothing was run"]


def test_a_result_becomes_plain_values(made: Made) -> None:
    """Workers of a parallel run hand it on by a protocol that knows plain types only."""
    values = made(Kind.FAILED, level=Level.SHOULD, tier=Tier.SENDS).as_json()

    assert {type(value) for value in values.values()} == {str, int, list, dict}
    assert Result(**json.loads(json.dumps(values))).as_json() == values


def _known(folder: Path, text: str) -> Known:
    path = folder / "known.txt"
    path.write_text(text, "utf-8")
    return Known.read(path)


def test_known_failures_are_lines_of_id_and_reason(tmp_path: Path) -> None:
    known = _known(
        tmp_path, "# ours\n\nesms.money.charge: told to the vendor: twice, see #12  # 3 May\nesms.sample.a/b: b\n"
    )

    assert known.reasons == {"esms.money.charge": "told to the vendor: twice, see #12", "esms.sample.a/b": "b"}


@pytest.mark.parametrize("line", ["esms.money.price", "esms.money.price:", "esms.money.price: ", "esms.x:y"])
def test_a_known_failure_needs_a_reason(line: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"line 2: write `case id: reason`"):
        _known(tmp_path, f"# ours\n{line}\n")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"\xff: x\n")

    for name in ("missing", "latin", "."):
        with pytest.raises(ValueError, match="cannot be read"):
            Known.read(tmp_path / name)


def test_a_known_failure_names_a_case_that_exists(tmp_path: Path) -> None:
    """A name that fits nothing any more would never be noticed."""
    with pytest.raises(ValueError, match=r"line 1: there is no case esms\.money\.gone"):
        _known(tmp_path, "esms.money.gone: told to the vendor\n")


def test_without_a_file_nothing_is_known() -> None:
    assert Known.read(None).reasons == {}


@pytest.mark.parametrize("kind", list(Kind))
def test_only_failures_become_known_and_only_successes_stale(kind: Kind, made: Made) -> None:
    """A listed case must keep failing; one that was not run says nothing about that."""
    listed, other = made(kind), made(kind, id="esms.money.other")
    known = Known({"esms.money.price": "told to the vendor"})

    known.apply(listed)
    known.apply(other)

    assert listed.kind == {Kind.FAILED: Kind.KNOWN, Kind.PASSED: Kind.STALE}.get(kind, kind)
    assert ("told to the vendor" in listed.reason) is (kind in (Kind.FAILED, Kind.PASSED))
    assert (other.kind, other.reason) == (kind, "")
