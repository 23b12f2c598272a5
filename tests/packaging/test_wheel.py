"""The wheel holds what the server needs, and runs from where it was installed."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("pyproject.toml", "README.md", "LICENSE", "specs", "mockserver", "conformance")
NEEDED_SETUPTOOLS = 77  # the first that reads `license = "MIT"`


def _pip(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        **more,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, built in a copy."""
    source = tmp_path_factory.mktemp("source")
    for name in PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, source / name)
    folder = tmp_path_factory.mktemp("wheel")
    here = int(importlib.metadata.version("setuptools").partition(".")[0]) >= NEEDED_SETUPTOOLS
    isolation = ["--no-build-isolation"] if here else []
    built = _pip("wheel", "--no-deps", *isolation, "--wheel-dir", str(folder), str(source))
    if built.returncode and not here and re.search("No matching distribution|Could not find a version", built.stderr):
        pytest.skip(f"no setuptools {NEEDED_SETUPTOOLS} here, and none can be fetched: the wheel is NOT checked")
    assert built.returncode == 0, built.stderr
    (made,) = folder.glob("*.whl")
    return made


def test_it_holds_specs_and_the_marker_of_types(wheel: Path) -> None:
    """Three import names; the specs as JSON, `py.typed`, and nothing of the tests."""
    names = set(zipfile.ZipFile(wheel).namelist())

    for yaml in (ROOT / "specs").glob("*.yaml"):
        assert f"otp_specs/compiled/{yaml.stem}.json" in names
    assert "otp_sandbox/py.typed" in names
    packages = {name.partition("/")[0] for name in names if ".dist-info" not in name}
    assert packages == {"otp_conformance", "otp_sandbox", "otp_specs"}


def test_it_runs_where_nothing_can_be_written(wheel: Path, tmp_path: Path) -> None:
    """Start, answer, stop with status 0 on SIGTERM, in an empty read-only folder."""
    installed = _pip("install", "--no-deps", "--target", str(tmp_path / "site"), str(wheel))
    assert installed.returncode == 0, installed.stderr
    empty = tmp_path / "empty"
    empty.mkdir(mode=0o555)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTP_SANDBOX_")}
    environment |= {"PYTHONPATH": str(tmp_path / "site"), "PYTHONDONTWRITEBYTECODE": "1"}

    where = subprocess.run(
        [sys.executable, "-c", "import otp_sandbox; print(otp_sandbox.__file__)"],
        cwd=empty,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    command = [sys.executable, "-m", "otp_sandbox.cli"]
    with subprocess.Popen(
        [*command, "serve", "--port", "0"], cwd=empty, env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"listens on (http://\S+)", server.stdout.readline())
            assert found is not None
            ready = subprocess.run([*command, "ready", "--url", found[1]], cwd=empty, env=environment, check=False)
        finally:
            server.send_signal(signal.SIGTERM)
    assert where.startswith(str(tmp_path / "site"))
    assert ready.returncode == 0
    assert server.returncode == 0
