"""Projects of others, as whoever copies one has it: a copy in a folder of its own, and the environment to run it in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
_LEFT_OUT = ("OTP_SANDBOX_", "PYTEST_", "COV_")
_NOT_COPIED = shutil.ignore_patterns("node_modules", "vendor", "__pycache__", ".*_cache", "test-results")


def copy(name: str, folder: Path) -> Path:
    """Copy an example into a folder, and the client in JavaScript beside it; gives the copy."""
    shutil.copytree(EXAMPLES / "js", folder / "js")
    return Path(shutil.copytree(EXAMPLES / name, folder / name, ignore=_NOT_COPIED))


def run(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a project, with `otp-sandbox` in the path, and what is written to standard error in `stdout`.

    Args:
        folder: of the project.
        words: the command.
        more: variables of the environment.
    """
    return subprocess.run(
        words,
        cwd=folder,
        env=environment(more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """Give this environment without settings of a sandbox, and of this run of tests."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)}
    return {
        **clean,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "NO_PROXY": "*",
        "PYTEST_ADDOPTS": "-p no:schemathesis -p no:cov",  # what this Python has and a reader may not; slow to load
        **more,
    }
