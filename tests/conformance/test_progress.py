"""The progress bar of a run."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any, cast

from otp_conformance.progress import Progress


class Terminal(io.StringIO):
    """A stream that says whether it is a terminal."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


def run(stream: Terminal, *, seconds: float) -> str:
    """Run two of four items, the second after some time."""
    clock = [0.0]
    progress = Progress(stream, lambda: clock[0])
    progress.pytest_collection_finish(cast("Any", SimpleNamespace(items=range(4))))
    progress.pytest_runtest_logstart("test_cases.py::test_case[first]")
    progress.pytest_runtest_logfinish()
    clock[0] = seconds
    progress.pytest_runtest_logstart("test_cases.py::test_case[second]")
    shown = stream.getvalue()
    progress.pytest_runtest_logfinish()
    progress.pytest_sessionfinish()
    return shown


def test_the_bar_names_the_current_case_after_two_seconds() -> None:
    """How far, and where."""
    shown = run(Terminal(is_terminal=True), seconds=2.0)

    assert shown.strip() == "[######..................] 2/4 test_case[second]"


def test_a_short_run_has_no_bar() -> None:
    """Nothing flickers."""
    assert run(Terminal(is_terminal=True), seconds=1.9) == ""


def test_what_is_no_terminal_gets_no_bar() -> None:
    """A log file stays readable."""
    assert run(Terminal(is_terminal=False), seconds=60) == ""


def test_the_bar_is_gone_at_the_end() -> None:
    """The report that follows begins on a clean line."""
    stream = Terminal(is_terminal=True)

    run(stream, seconds=3)

    assert stream.getvalue().endswith("\r")
