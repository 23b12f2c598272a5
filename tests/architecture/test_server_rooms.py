"""The server outside the providers' rooms knows no provider: a fourth one changes no line there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from otp_sandbox.app import find_providers

SERVER = Path(__file__).parents[2] / "mockserver" / "otp_sandbox"
TOLD = {"command_line.py": 1, "commands/mcp_server.py": 1}
"""The help of the command says what is played, to people and to agents: no list that anything is made from."""


@cache
def known() -> re.Pattern[str]:
    """Give what providers are known by, in any case: their names, their titles, their hosts."""
    names = {
        name for each in find_providers().values() for name in (each.name, each.title.partition(" ")[0], *each.hosts)
    }
    return re.compile("|".join(map(re.escape, names)), re.IGNORECASE)


def mentions(text: str) -> list[str]:
    """Find lines in which a provider is named."""
    return [line for line in text.splitlines() if known().search(line)]


def test_no_provider_is_named_outside_its_room() -> None:
    """Neither in code nor in comments."""
    found = {
        path.relative_to(SERVER).as_posix(): len(mentions(path.read_text("utf-8")))
        for path in SERVER.rglob("*.py")
        if not path.is_relative_to(SERVER / "providers")
    }

    assert {name: count for name, count in found.items() if count} == TOLD


@pytest.mark.parametrize(
    ("text", "found"), [('if name == "esms":', 1), ("# as Amoot does", 1), ("portal.amootsms.com", 1), ("plain", 0)]
)
def test_a_name_would_be_found(text: str, found: int) -> None:
    assert len(mentions(text)) == found
