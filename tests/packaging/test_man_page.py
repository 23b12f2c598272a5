"""The man page says what `--help` says, and is a man page."""

from __future__ import annotations

import argparse
import importlib.util
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from equipment.packages import Need, require
from otp_sandbox.command_line import make_parser
from otp_sandbox.manual import SECTIONS
from otp_sandbox.settings import PREFIX, READERS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    """The script that makes it."""
    spec = importlib.util.spec_from_file_location("docs_generate_man", ROOT / "docs" / "generate_man.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def plain(page: str) -> str:
    """Give a page as one line, without what sets its type."""
    return " ".join(re.sub(r"\\f[BIR]|\\&", "", page).replace("\\-", "-").split())


def parsers() -> Iterator[argparse.ArgumentParser]:
    parser = make_parser()
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.values()


def test_it_is_fresh(generate: ModuleType) -> None:
    """After a change of the command: `python docs/generate_man.py`."""
    assert generate.PAGE.read_text("utf-8") == generate.page()


def test_it_has_every_command_flag_and_section(generate: ModuleType) -> None:
    page = generate.page()
    text = plain(page)

    for parser in parsers():
        for action in parser._actions:
            if action.option_strings and "--help" not in action.option_strings:
                assert all(f"{flag} " in text for flag in action.option_strings)
                assert " ".join((action.help or "").split()) in text
    assert re.findall(r"^\.SH (.*)$", page, re.MULTILINE) == [
        *("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS"),
        *("ENVIRONMENT", "EXIT STATUS", "EXAMPLES"),
    ]


def test_help_has_the_same_sections() -> None:
    """As they are written, line for line; what they name exists."""
    helped = make_parser().format_help()

    assert SECTIONS.strip() in helped
    for name in re.findall(rf"{PREFIX}([A-Z_]+)", SECTIONS):
        assert name.lower() in READERS or name in ("URL", "CONFIG", "NAME")
    lines = [line.strip() for line in SECTIONS.partition("examples:")[2].strip().splitlines()]
    for line in lines:
        words = line.split("  ")[0].split()
        assert words[0] == "otp-sandbox"
        make_parser().parse_args(words[1:])


@pytest.mark.parametrize("words", [["groff", "-man", "-ww", "-z", "-Tutf8"], ["mandoc", "-T", "lint", "-W", "warning"]])
def test_its_reader_has_nothing_to_say(generate: ModuleType, words: list[str]) -> None:
    """All warnings are on. It has no date: one would make it stale each day."""
    require([Need(("sh", "-c", f"command -v {words[0]}"), (words[0],))], f"{words[0]} has not read the man page")
    done = subprocess.run([*words, generate.PAGE], capture_output=True, text=True, check=False, timeout=60)

    told = (done.stdout + done.stderr).splitlines()
    assert [line for line in told if "missing date" not in line] == []
