"""The commands say what is missing, in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def _run(script: str, *arguments: str, path: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(BENCHMARKS / script), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ | {"PATH": path},
    )


@pytest.mark.parametrize("script", ["run.py", "peers.py"])
def test_without_wrk_it_says_how_to_get_it(script: str, tmp_path: Path) -> None:
    done = _run(script, path=str(tmp_path))

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "apt-get install wrk" in done.stderr


def test_a_part_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    done = _run("run.py", "--only", "cpu,speed", path=str(tmp_path))

    assert done.returncode == 2
    parts = "cpu, latency, growth, lanes, start, recipients, steering, tls, proxy, stores, stores-growth, replicas"
    assert f"no such part: speed; there are {parts}" in done.stderr


@pytest.mark.parametrize("script", ["run.py", "peers.py", "soak.py"])
def test_every_command_has_a_help(script: str) -> None:
    assert "usage:" in _run(script, "--help", path=os.environ["PATH"]).stdout
