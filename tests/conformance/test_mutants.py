"""The proof, as CI runs it: all that was written, mistake or not, and a few of the derived. `make mutants`: all."""

from __future__ import annotations

import json
from fnmatch import filter as fitting
from pathlib import Path
from typing import Any

from mutants.found import DERIVED, NOTES, WRITTEN
from mutants.living import LIVING

KINDS = {"without", "swap", "as", "body", "stale", "row", "policy", "choice"}
ONE_IN = 80


def test_every_mistake_is_found(serve: Any, prove: Any, tmp_path: Path) -> None:
    """None that was written survives or is stillborn; a derived one lives only as the list of the living says."""
    served = serve("-m", "mutants", PYTHONPATH=str(Path(__file__).parents[1]))
    matrix = tmp_path / "matrix.json"

    done = prove("--one-in", str(ONE_IN), "--target", served.url, "--json", str(matrix), seconds=900)

    held = json.loads(matrix.read_text("utf-8"))
    played = {each["name"] for each in held["mutants"]}
    assert held["findings"] == []
    assert done.returncode == 0
    assert played > {*WRITTEN, *NOTES}
    assert len(played & set(DERIVED)) > len(DERIVED) / ONE_IN / 2
    assert len(held["subtle"]) >= 40


def test_mistakes_of_every_kind_are_made() -> None:
    assert {mutant.kind for mutant in WRITTEN.values()} == {"written"}
    assert {mutant.kind for mutant in DERIVED.values()} == KINDS


def test_names_are_unique() -> None:
    assert len({*WRITTEN, *NOTES, *DERIVED}) == len(WRITTEN) + len(NOTES) + len(DERIVED)


def test_every_pattern_of_the_living_fits_a_mutant() -> None:
    assert [each for patterns in LIVING.values() for each in patterns if not fitting(DERIVED, each)] == []
