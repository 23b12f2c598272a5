"""Runs of the suite as programs of their own, a sandbox for them, and results made by hand."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from equipment.forking import Forking
from otp_conformance.results import Kind, Result

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
Serve = Callable[..., "Served"]


def environment(**more: str) -> dict[str, str]:
    """Give this environment without settings of ours and of the pytest around us, and with what is given."""
    ours = ("OTP_SANDBOX_", "OTP_CONFORMANCE_", "PYTEST_", "COV_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | more


class Served:
    """A program that says in its first line where it listens."""

    def __init__(self, *words: str, **env: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *words],
            env=environment(**env),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.url = "http://" + line.partition("http://")[2].split()[0]

    def stop(self) -> None:
        """End it."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start programs that listen; they end with the test."""
    running: list[Served] = []

    def begin(*words: str, **env: str) -> Served:
        running.append(Served(*words, **env))
        return running[-1]

    yield begin
    for each in running:
        each.stop()


@pytest.fixture(scope="session")
def target() -> Iterator[str]:
    """The address of a sandbox that plays mutants too; runs take lanes, so it can be shared."""
    served = Served("-m", "mutants", PYTHONPATH=str(HERE.parent))
    yield served.url
    served.stop()


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    """Run a command of `otp-conformance` to its end."""
    command = Forking("otp_conformance.cli", "equipment.loaded_suite")

    def start(*words: str, seconds: int = 120, folder: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
        return command.run(*words, env=environment(**env), cwd=folder, seconds=seconds)

    yield start
    command.close()


@pytest.fixture(scope="session")
def prove() -> Run:
    """Run the proof that the suite bites."""
    command = Forking("mutants.prove")

    def start(*words: str, seconds: int = 120) -> subprocess.CompletedProcess[str]:
        return command.run(*words, env=environment(PYTHONPATH=str(HERE.parent)), cwd=ROOT, seconds=seconds)

    return start


@pytest.fixture
def made() -> Callable[..., Result]:
    """Make a result; it passed unless something else is said."""

    def make(kind: str = Kind.PASSED, **more: Any) -> Result:
        values: dict[str, Any] = {
            "id": "esms.money.price",
            "provider": "esms",
            "family": "money",
            "layer": "behaviour",
            "rule": "A message costs its price.",
            "level": "must",
            "tier": 2,
            "sources": ["S2.4"],
            "covers": [],
        }
        return Result(**values | more, kind=kind)

    return make
