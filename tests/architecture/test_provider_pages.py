"""What is written about the providers outside of their specs: their modules by name, behaviours by id."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.architecture.test_sources import FILE_SET

import otp_specs
from otp_sandbox.contract import Provider

ROOT = Path(__file__).parents[2]
PROVIDERS = ROOT / "mockserver" / "otp_sandbox" / "providers"
PAGE = ROOT / "docs" / "architecture.md"
NAMES = sorted(path.parent.name for path in PROVIDERS.glob("*/__init__.py"))
SUBJECTS = {"account", "codes", "contacts", "courses", "inbox", "rental", "reports", "sms", "zalo"}
"""The folders of operations. The same subject has the same word at every provider."""
BOOKS = re.compile(r"\breference \d|\breference [A-Z]\d|\bQ\d+\b|\(\d\.[A-D]\.\d")
"""How sources were cited that are not in the house."""


def modules_of(name: str) -> set[str]:
    """Name the modules of a provider that not all have, from its folder on."""
    folder = PROVIDERS / name
    paths = (path.relative_to(folder).as_posix() for path in folder.rglob("*.py"))
    return {path.removesuffix(".py") for path in paths if not path.endswith("__init__.py") and path not in FILE_SET}


def modules_named(page: str, title: str) -> set[str]:
    """Name the modules that stand in the first column of the table below a heading."""
    _, _, rest = page.partition(f"\n#### {title}\n")
    rows = re.match(r"\n*((?:\|.*\n)*)", rest)
    return set(re.findall(r"^\| `([\w/]+)` \|", rows[1] if rows else "", re.MULTILINE))


@pytest.mark.parametrize("name", NAMES)
def test_the_page_names_every_module_of_a_provider(providers: dict[str, Provider], name: str) -> None:
    """Besides those that all providers have; and no module that is gone."""
    named = modules_named(PAGE.read_text("utf-8"), providers[name].title)

    assert sorted(named) == sorted(modules_of(name))


@pytest.mark.parametrize("name", NAMES)
def test_operations_stand_in_folders_of_a_subject(name: str) -> None:
    """Knowing one provider is knowing where to look at the next."""
    folders = {path.parent.name for path in (PROVIDERS / name / "operations").glob("*/__init__.py")}

    assert folders <= SUBJECTS


def test_behaviours_are_cited_by_an_id_that_exists() -> None:
    """A comment says why by naming what a spec says, with its evidence and its source."""
    known = {each.id for name in otp_specs.available() for each in otp_specs.load(name).behaviours}
    cited = re.compile(rf"`((?:{'|'.join(NAMES)})\.[a-z0-9-]+)`")

    unknown = {
        f"{path.relative_to(ROOT)}: {found}"
        for path in sorted((ROOT / "mockserver").rglob("*.py"))
        for found in cited.findall(path.read_text("utf-8"))
        if found not in known
    }

    assert unknown == set()


def test_no_source_is_cited_that_is_not_in_the_house() -> None:
    """Sources stand in the specs."""
    found = [
        f"{path.relative_to(ROOT)}: {hit}"
        for folder in ("mockserver", "tests/providers")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for hit in BOOKS.findall(path.read_text("utf-8"))
    ]

    assert found == []
