# ruff: noqa: INP001  (a script beside the page that it makes)
"""`python docs/generate_man.py` makes the man page of the command from its parser. A test says when it is stale."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / each) for each in ("mockserver", "specs")]

from otp_sandbox.command_line import make_parser  # noqa: E402  (of this tree, whatever is installed)
from otp_sandbox.manual import SECTIONS  # noqa: E402  (as above)
from otp_sandbox.version import VERSION  # noqa: E402  (as above)

PAGE = ROOT / "mockserver" / "otp-sandbox.1"
_TERM = re.compile(r"  (\S.*?)  +(\S.*)")


def page() -> str:
    """Give the page, in the language of man(7)."""
    parser = make_parser()
    lines = [
        '.\\" Made by docs/generate_man.py; do not edit.',
        f'.TH OTP-SANDBOX 1 "" "otp-sandbox {VERSION}" "User Commands"',
        ".SH NAME",
        "otp-sandbox \\- plays providers of one-time codes by SMS",
        ".SH SYNOPSIS",
        ".B otp-sandbox",
        ".I COMMAND",
        "[options]",
        ".SH DESCRIPTION",
        _roff(parser.description or ""),
        ".SH OPTIONS",
        *_options(parser),
        ".SH COMMANDS",
    ]
    for name, summary, command in _commands(parser):
        lines += [f".SS {_roff(name)}", *_usage(name, command), ".PP", _roff(command.description or summary)]
        lines += _options(command)
    return "\n".join([*lines, *_sections(SECTIONS)]) + "\n"


def _commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    for action in parser._actions:  # noqa: SLF001  (argparse has no other way to them)
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  (as above)
            for told in action._choices_actions:  # noqa: SLF001  (as above)
                yield told.dest, told.help or "", action.choices[told.dest]


def _usage(name: str, command: argparse.ArgumentParser) -> Iterator[str]:
    yield f".B otp-sandbox {_roff(name)}"
    yield "[options]"
    for action in command._actions:  # noqa: SLF001  (as above)
        if not action.option_strings:
            yield f".I {_roff(_value(action))}"


def _options(command: argparse.ArgumentParser) -> Iterator[str]:
    for action in command._actions:  # noqa: SLF001  (as above)
        if isinstance(action, argparse._SubParsersAction | argparse._HelpAction):  # noqa: SLF001  (as above)
            continue  # each command has a help, and the description says so
        names = ", ".join(f"\\fB{_roff(each)}\\fR" for each in action.option_strings)
        value = f"\\fI{_roff(_value(action))}\\fR" if action.nargs != 0 else ""
        yield from (".TP", " ".join(filter(None, (names, value))), _roff(action.help or ""))


def _value(action: argparse.Action) -> str:
    if action.metavar is None and action.choices is not None:
        return "{" + ",".join(map(str, action.choices)) + "}"
    value = action.metavar or action.dest.upper()
    return value if isinstance(value, str) else " ".join(value)


def _sections(text: str) -> Iterator[str]:
    """Give sections: a line without indent is a heading; indented ones are terms with what they mean, or text."""
    for line in re.sub(r"\n\n(?! )", "\n", text).splitlines():
        term = _TERM.fullmatch(line)
        if not line:
            yield ".PP"
        elif not line.startswith(" "):
            yield f".SH {line.removesuffix(':').upper()}"
        elif term is not None:
            yield from (".TP", f"\\fB{_roff(term[1])}\\fR", _roff(term[2]))
        else:
            yield _roff(line.strip())


def _roff(text: str) -> str:
    """Let nothing in a text be taken for a request or an escape; a hyphen is what one types."""
    text = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-").replace("…", "...")
    return "\\&" + text if text.startswith((".", "'")) else text


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
