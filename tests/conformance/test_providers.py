"""Each provider has a folder in the suite, found by itself, which speaks of that provider only."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import otp_conformance.providers
from otp_conformance.dialects import DIALECTS
from otp_conformance.good import good
from otp_conformance.providers import ByProvider, names
from otp_conformance.samples import CHOICES, documented, recipes
from otp_specs import available, load

SHOWN: ByProvider[dict[str, str]] = ByProvider("SHOWN", "coverage")
REASONS: ByProvider[dict[str, str]] = ByProvider("REASONS", "coverage")


def test_every_spec_has_a_folder_and_every_folder_a_spec() -> None:
    assert names() == sorted(available())


@pytest.mark.parametrize("provider", names())
def test_every_operation_has_a_good_call(provider: str) -> None:
    """By the examples of its spec, or by its folder; a folder knows no operation that does not exist."""
    spec = load(provider)
    names_of_all = {each.name for each in spec.operations}

    assert set(DIALECTS[provider].good) <= names_of_all
    for operation in spec.operations:
        needed = {each.name for each in operation.fields.values() if each.missing is not None}
        optional = {"Brandname", "Channels", "TypeId"}  # named by no rule of the operation itself
        assert needed - optional <= set(good(spec, operation.name)) | {"show"}, operation.name


@pytest.mark.parametrize("provider", names())
def test_every_published_body_comes_about_somehow(provider: str) -> None:
    """A recipe whose sample has gone would never be noticed."""
    assert set(recipes(provider)) == set(documented(load(provider)))
    assert set(CHOICES[provider]) <= set(recipes(provider))


@pytest.mark.parametrize("provider", names())
def test_a_folder_speaks_of_its_own_provider(provider: str) -> None:
    """The tables are put together for the list of cases, where a foreign line would hide another."""
    named = [*SHOWN[provider], *SHOWN[provider].values(), *REASONS[provider]]
    chosen = [choice for choices in CHOICES[provider].values() for choice in choices]

    assert {re.split("[.:]", each)[0] for each in named + chosen} <= {provider}


def test_a_new_folder_is_found_and_read_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "pingotp"
    folder.mkdir()
    (folder / "__init__.py").write_text("A = 1\n", "utf-8")
    (folder / "coverage.py").write_text("B = 2\n", "utf-8")
    monkeypatch.setattr(otp_conformance.providers, "__path__", [*otp_conformance.providers.__path__, str(tmp_path)])
    held: ByProvider[int] = ByProvider("A")

    assert "pingotp" in names()
    assert "pingotp" in list(held)
    assert len(held) == len(names())
    assert "otp_conformance.providers.pingotp" not in sys.modules
    try:
        assert (held["pingotp"], ByProvider[int]("B", "coverage")["pingotp"]) == (1, 2)
    finally:
        for name in [name for name in sys.modules if name.startswith("otp_conformance.providers.pingotp")]:
            del sys.modules[name]


@pytest.mark.parametrize("name", ["nobody", "reasons", ""])
def test_what_has_no_folder_is_a_missing_key(name: str) -> None:
    """As in a table; a plain module beside the folders is no provider."""
    assert name not in DIALECTS
    with pytest.raises(KeyError):
        DIALECTS[name]
