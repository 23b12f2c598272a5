"""Each provider has a room in the suite, found by itself, which speaks of that provider only."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import otp_conformance.providers
from otp_conformance.good_calls import good_fields
from otp_conformance.layers.samples import derive_recipe, recipe_of, written_recipes
from otp_conformance.recipe import published_bodies
from otp_conformance.rooms import ROOMS, load_modules
from otp_specs import available, load


def test_every_spec_has_a_room_and_every_room_a_spec() -> None:
    assert list(ROOMS) == sorted(available())


@pytest.mark.parametrize("provider", ROOMS)
def test_every_operation_has_a_good_call(provider: str) -> None:
    """By the examples of its spec, or by its room; a room knows no operation that does not exist."""
    spec = load(provider)
    names_of_all = {each.name for each in spec.operations}

    assert set(ROOMS[provider].calls.good) <= names_of_all
    for operation in spec.operations:
        needed = {each.name for each in operation.fields.values() if each.missing is not None}
        optional = {"Brandname", "Channels", "TypeId"}  # named by no rule of the operation itself
        assert needed - optional <= set(good_fields(spec, operation.name)) | {*operation.constants}, operation.name


@pytest.mark.parametrize("provider", ROOMS)
def test_every_published_body_comes_about_somehow(provider: str) -> None:
    """By a recipe of its room, or by the spec; a recipe whose sample has gone would never be noticed."""
    assert set(written_recipes(provider)) <= set(published_bodies(provider))
    assert [name for name in published_bodies(provider) if not recipe_of(provider, name)] == []


def test_a_refusal_that_nobody_can_bring_about_is_told() -> None:
    with pytest.raises(LookupError, match="nobody knows how thuesim/balance/error comes about"):
        derive_recipe("thuesim", "balance/error")


@pytest.mark.parametrize("provider", ROOMS)
def test_a_room_speaks_of_its_own_provider(provider: str) -> None:
    """The tables are put together for the list of cases, where a foreign line would hide another."""
    coverage = ROOMS[provider].coverage
    named = [*coverage.implied, *coverage.implied.values(), *coverage.reasons]
    chosen = [choice for recipe in written_recipes(provider).values() for choice in recipe.choices]

    assert {re.split("[.:]", each)[0] for each in named + chosen} <= {provider}


def test_a_new_room_is_found_and_read_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = tmp_path / "pingotp" / "cases"
    cases.mkdir(parents=True)
    (cases.parent / "__init__.py").write_text("ROOM = 1\n", "utf-8")
    (cases / "__init__.py").write_text("", "utf-8")
    (cases / "money.py").write_text("A = 2\n", "utf-8")
    monkeypatch.setattr(otp_conformance.providers, "__path__", [*otp_conformance.providers.__path__, str(tmp_path)])

    try:
        assert "pingotp" in list(ROOMS)
        assert len(ROOMS) == len(list(ROOMS))
        assert "otp_conformance.providers.pingotp" not in sys.modules
        assert ROOMS["pingotp"] == 1  # type: ignore[comparison-overlap]  # as much of a room as this test needs
        assert [getattr(each, "A", 0) for each in load_modules("pingotp")] == [0, 2]
    finally:
        ROOMS._read.pop("pingotp", None)
        for name in [name for name in sys.modules if name.startswith("otp_conformance.providers.pingotp")]:
            del sys.modules[name]


@pytest.mark.parametrize("name", ["nobody", ""])
def test_what_has_no_room_is_a_missing_key(name: str) -> None:
    """As in a table."""
    assert name not in ROOMS
    with pytest.raises(KeyError):
        ROOMS[name]
