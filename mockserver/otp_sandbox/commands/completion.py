"""`otp-sandbox completion`: a script that lets a shell complete the command line."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import otp_specs
from otp_sandbox.domain.faults import PRESETS
from otp_sandbox.streams import say


def completion(parsed: argparse.Namespace) -> int:
    """Print the script of a shell."""
    import shtab  # noqa: PLC0415  (for this command alone)

    for action in _all_actions(parsed.parser):
        if action.metavar in ("FILE", "FILE.toml", "PATH"):
            action.complete = shtab.FILE  # type: ignore[attr-defined]  # what the library looks for
        elif action.metavar == "FOLDER":
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]  # as above
        elif action.metavar == "PRESET":
            action.choices = [*PRESETS, "list", "clear"]
        elif action.option_strings == ["--provider"]:
            action.choices = otp_specs.available()
    say(shtab.complete(parsed.parser, parsed.shell).rstrip())
    return 0


def _all_actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:  # noqa: SLF001  (argparse has no other way to them)
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  (as above)
            for command in action.choices.values():
                yield from _all_actions(command)
        else:
            yield action
