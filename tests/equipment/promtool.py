"""The tool that comes with Prometheus: it reads figures, rules and settings as Prometheus does."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def run(*words: str, cwd: Path, given: str = "") -> str:
    """Run a command of it in a folder; it must end well. Gives what it printed.

    Under CI it is an error to have none.
    """
    tool = shutil.which("promtool")
    if tool is None:
        _leave("there is no promtool (Debian has it in the package prometheus)")
    done = subprocess.run(
        [tool or "", *words], cwd=cwd, input=given, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def _leave(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and this is CI: Prometheus has read neither figures nor alerts")
    pytest.skip(f"{reason.upper()}: Prometheus has read neither figures nor alerts")
