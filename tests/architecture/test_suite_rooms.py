"""The suite's core knows no provider: what is one's own stands in its room."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from otp_conformance.rooms import ROOMS
from otp_specs import available, load

SUITE = Path(__file__).parents[2] / "conformance" / "otp_conformance"
CORE = sorted(path for path in SUITE.rglob("*.py") if not path.is_relative_to(SUITE / "providers"))
MEETINGS = {
    "providers/thuesim/cases/arrivals.py",
    "providers/thuesim/cases/reading.py",
    "providers/viotp/cases/reading.py",
}
"""Cases about codes of one provider that are read at a number of another."""
ROOM_FILES = ("__init__.py", "coverage.py", "cases/__init__.py")


@cache
def names_of(provider: str) -> set[str]:
    """Give what a provider is known by: its name, its title, its host."""
    host = ROOMS[provider].live.host.partition("://")[2]
    return {provider, load(provider).title, host.partition(".")[2]}


def mentions(text: str) -> list[tuple[int, str]]:
    """Find names of providers in a text, in any case, comments and documentation included: line and name."""
    names = sorted({name for provider in available() for name in names_of(provider)})
    return [
        (number, name)
        for number, line in enumerate(text.splitlines(), 1)
        for name in names
        if re.search(re.escape(name), line, re.IGNORECASE)
    ]


def test_no_provider_is_named_in_the_core() -> None:
    """Neither in code nor in comments: a fourth one changes no line there."""
    found = [
        f"{path.relative_to(SUITE)}:{line}: {name}" for path in CORE for line, name in mentions(path.read_text("utf-8"))
    ]

    assert found == []


def test_the_core_is_looked_through() -> None:
    """All of its folders are, and the rooms are not."""
    looked_at = {path.relative_to(SUITE).as_posix() for path in CORE}

    assert {"driver.py", "layers/schema.py", "live/allowance.py", "reports/page.py"} <= looked_at
    assert not any(name.startswith("providers/") for name in looked_at)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("HOSTS = {'esms': 1}", 1),
        ("# as Amoot does", 1),
        ("THUESIM_TOKEN", 1),
        ("https://rest.esms.vn", 2),
        ("a provider", 0),
    ],
)
def test_a_name_in_the_core_would_be_found(text: str, found: int) -> None:
    """In any spelling; an address names the provider and the host."""
    assert len(mentions(text)) == found


@pytest.mark.parametrize("provider", ROOMS)
def test_every_room_has_the_same_files(provider: str) -> None:
    """Knowing one room is knowing all; samples are a module, or a folder of modules by subject."""
    room = SUITE / "providers" / provider
    missing = [file for file in ROOM_FILES if not (room / file).is_file()]

    assert missing == []
    assert (room / "samples.py").is_file() or (room / "samples" / "__init__.py").is_file()


@pytest.mark.parametrize("provider", ROOMS)
def test_a_room_names_no_other_provider_but_where_it_meets_one(provider: str) -> None:
    """Rooms are strangers; where a rule is about two providers, the room of the rule may call the other.

    An option of a choice may be named for a provider whose way it is.
    """
    options = {option for choice in load(provider).choices.values() for option in choice.options or ()}
    others = {name for name in available() if name != provider} - options
    found = {
        path.relative_to(SUITE).as_posix()
        for path in (SUITE / "providers" / provider).rglob("*.py")
        if others & set(re.findall(r"\w+", path.read_text("utf-8")))
    }

    assert found <= MEETINGS
