"""What leans on parts of aiohttp that are not public also works with the lowest version that is allowed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = ("tests/web/test_shortcut.py", "tests/web/test_server_only.py")


@pytest.fixture(scope="module")
def lowest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the lowest aiohttp that `pyproject.toml` allows; what it needs is that of the tests."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (wanted,) = [each for each in project["dependencies"] if re.match(r"aiohttp\b", each)]
    version = re.search(r">=([\d.]+)", wanted)
    assert version is not None
    folder = tmp_path_factory.mktemp("aiohttp")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    exact = version[1] if version[1].count(".") > 1 else f"{version[1]}.0"
    done = subprocess.run(
        [*pip, "--only-binary", ":all:", "--target", str(folder), f"aiohttp=={exact}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode and not os.environ.get("CI"):
        pytest.skip(f"aiohttp {exact} cannot be fetched here: the lowest version is NOT checked")
    assert done.returncode == 0, done.stderr
    return folder


def test_the_shortcut_and_the_late_client_work_with_it(lowest: Path) -> None:
    """The same tests, in a process that finds the lowest version first."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "filterwarnings=default", *TESTS],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(lowest)},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
