"""What `make run` and `make test` install, without installing it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files that the targets depend on, as in a fresh clone: there is no virtual environment."""
    for name in ("Makefile", "pyproject.toml", "setup.py", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def planned(clone: Path, target: str, **more: str) -> str:
    """Give the commands that make would run."""
    words = ["make", "--dry-run", "--no-print-directory", target]
    env = os.environ | more
    made = subprocess.run(words, cwd=clone, env=env, capture_output=True, text=True, check=True, timeout=60)
    return made.stdout


def test_run_installs_what_serving_needs_and_no_more(clone: Path) -> None:
    commands = planned(clone, "run")

    assert re.findall(r"pip install .* --editable (\S+)", commands) == ["."]
    assert commands.splitlines()[-1] == ".venv/bin/otp-sandbox serve"


def test_test_installs_the_tools(clone: Path) -> None:
    commands = planned(clone, "test")

    assert re.findall(r"pip install .* --editable (\S+)", commands) == ["'.[dev]'"]
    assert commands.splitlines()[-1].startswith(".venv/bin/python -m pytest")


def test_branches_are_counted_in_ci(clone: Path) -> None:
    """They take their time, which nobody has who waits."""
    assert [("--cov " in planned(clone, "test", CI=each)) for each in ("true", "")] == [True, False]


@pytest.mark.parametrize("target", ["run", "test"])
def test_a_python_that_is_too_old_is_told_first(clone: Path, target: str) -> None:
    assert "Python 3.11 or newer is needed" in planned(clone, target).splitlines()[0]


def test_where_the_tools_are_run_installs_nothing(clone: Path) -> None:
    """What developing needs is enough to serve."""
    (clone / ".venv").mkdir()
    for name in ("made", "installed-run", "installed"):
        (clone / ".venv" / name).touch()

    assert planned(clone, "run").splitlines() == [".venv/bin/otp-sandbox serve"]
    assert "pip install" not in planned(clone, "test")


def test_where_only_the_server_is_test_installs_the_rest(clone: Path) -> None:
    """In the same virtual environment."""
    (clone / ".venv").mkdir()
    for name in ("made", "installed-run"):
        (clone / ".venv" / name).touch()

    commands = planned(clone, "test")

    assert "-m venv" not in commands
    assert "'.[dev]'" in commands


def test_one_file_is_packed_with_the_pinned_packages(clone: Path) -> None:
    """Only what packs it is installed besides what serving needs."""
    commands = planned(clone, "zipapp")

    assert re.findall(r"pip install .* --editable (\S+)", commands) == [".", "'.[zipapp]'"]
    assert "--output-file build/otp-sandbox.pyz --constraint constraints.txt ." in commands


def test_processes_that_are_started_keep_their_bytecode(clone: Path) -> None:
    """Whatever this environment says: to compile every module anew is a third of the start of a process."""
    (clone / "shown.mk").write_text("shown: ; @echo kept$$PYTHONDONTWRITEBYTECODE\n", "utf-8")
    words = ["make", "--no-print-directory", "-f", "Makefile", "-f", "shown.mk", "shown"]
    env = os.environ | {"PYTHONDONTWRITEBYTECODE": "not"}

    made = subprocess.run(words, cwd=clone, env=env, capture_output=True, text=True, check=True, timeout=60)

    assert made.stdout == "kept\n"
