"""Packages of the Node world that tests need, installed once into `build`: tools that read OpenAPI, and clients."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from equipment.packages import held, leave

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "tests" / "tools" / "node"
INSTALL = ("npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
UNREAD = "no tool of others has read the plain documents"


def found(source: Path = SOURCE, name: str = "plain-tools", what: str = UNREAD) -> Path:
    """Give the folder in which they are installed. Under CI it is an error to have none.

    Args:
        source: where their `package.json` is.
        name: of the folder in `build`.
        what: is left unproven without them.
    """
    text = (source / "package.json").read_bytes()
    folder = ROOT / "build" / name / hashlib.sha256(text).hexdigest()[:12]
    if shutil.which("node") is None or shutil.which("npm") is None:
        leave("there are no node and npm", what)
    folder.mkdir(parents=True, exist_ok=True)
    with held(folder / "lock"):  # tests run in several processes
        if not (folder / "installed").exists():
            shutil.copy(source / "package.json", folder)
            done = subprocess.run(INSTALL, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
            if done.returncode:
                leave(f"npm installs nothing here ({done.stderr.strip()[-300:]})", what)
            (folder / "installed").touch()
    return folder


def run(folder: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of theirs in a folder."""
    return subprocess.run(
        words, cwd=cwd, env=_environment(folder, cwd), capture_output=True, text=True, timeout=120, check=False
    )


@asynccontextmanager
async def running(folder: Path, *words: str, cwd: Path, ready: str) -> AsyncIterator[None]:
    """Run a server of theirs; it is there when it says a word."""
    process = await asyncio.create_subprocess_exec(
        *words, cwd=cwd, env=_environment(folder, cwd), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert process.stdout is not None
    told = ""
    reading = None
    try:
        async with asyncio.timeout(60):
            while ready not in told:
                line = await process.stdout.readline()
                assert line, f"it has ended: {told}"
                told += line.decode()
        reading = asyncio.create_task(process.stdout.read())  # a pipe that nobody reads would stop it
        yield
    finally:
        process.terminate()
        await process.wait()
        if reading is not None:
            await reading


def _environment(folder: Path, home: Path) -> dict[str, str]:
    return {
        "PATH": f"{folder / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),  # they keep notes there
        "CI": "true",  # and are quiet
        "REDOCLY_TELEMETRY": "off",
        "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
        "NO_PROXY": "*",
    }
