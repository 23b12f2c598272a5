"""The tool that comes with Prometheus: it reads figures, rules and settings as Prometheus does."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

from equipment.packages import Need, require

PROMTOOL: Final = Need(("promtool", "--version"), ("prometheus",))


def run(*words: str, cwd: Path, given: str = "") -> str:
    """Run a command of it in a folder; it must end well. Gives what it printed.

    Where it is not, it is installed if that is ours to do. Under CI it is an error to have none.
    """
    require([PROMTOOL], "Prometheus has read neither figures nor alerts")
    done = subprocess.run(
        ["promtool", *words], cwd=cwd, input=given, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
