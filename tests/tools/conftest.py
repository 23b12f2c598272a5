"""What tools of others are given: the files of the compile step, and a sandbox that serves the same."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from equipment import node_tools
from otp_specs.__main__ import compile_specs

Run = Callable[..., Awaitable[str]]


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the compile step writes."""
    folder = tmp_path_factory.mktemp("compiled")
    compile_specs(target=folder)
    return folder / "plain"


@pytest.fixture(scope="session")
def node_folder() -> Path:
    """Where the tools of the Node world are installed."""
    return node_tools.found()


@pytest.fixture
def run(node_folder: Path, tmp_path: Path) -> Run:
    """Run a command of theirs in an empty folder; it must end well. Gives what it printed."""

    async def begin(*words: str) -> str:
        done: subprocess.CompletedProcess[str] = await asyncio.to_thread(
            node_tools.run, node_folder, *words, cwd=tmp_path
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return begin
