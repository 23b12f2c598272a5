"""The proof, as CI runs it: every mistake that a sandbox can be made with is found by the case that claims it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mutants.found import MUTANTS

GROUPS = {"code", "life", "binding", "errors", "wire", "limits", "money", "callback", "authentication", "rental"}


def test_every_mutant_is_found_by_a_case_that_claims_it(serve: Any, prove: Any, tmp_path: Path) -> None:
    """None survives, none is stillborn, and most need more than one successful call."""
    served = serve("-m", "mutants", PYTHONPATH=str(Path(__file__).parents[1]))
    matrix = tmp_path / "matrix.json"

    done = prove("--quick", "--target", served.url, "--json", str(matrix), seconds=280)

    held = json.loads(matrix.read_text("utf-8"))
    assert held["findings"] == []
    assert done.returncode == 0
    assert {each["name"] for each in held["mutants"]} == set(MUTANTS)
    assert len(held["mutants"]) >= 60
    assert len(held["subtle"]) >= 40


def test_mistakes_of_every_kind_are_made() -> None:
    """From the code to the rental."""
    assert {mutant.group for mutant in MUTANTS.values()} == GROUPS
