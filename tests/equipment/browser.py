"""Opens pages in headless Chromium. Where there is none it is installed, if that is ours to do."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from equipment.packages import Need, require

CHROMIUM = Need(("chromium", "--version"), ("chromium",), recommended=True)
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def found() -> str:
    """Give a Chromium: that of the system, or one installed now. Under CI it is an error to have none."""
    there = _there()
    if there is None:
        require([CHROMIUM], "the page was not opened in a browser")
        there = _there()
    assert there is not None
    return there


def dom(page: Path, profile: Path) -> str:
    """Give the document as it is after its scripts ran."""
    done = subprocess.run(
        [found(), *FLAGS, f"--user-data-dir={profile}", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


def _there() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def launch_options() -> dict[str, Any]:
    """Give what playwright needs to start it."""
    return {"executable_path": found(), "args": list(FLAGS[1:])}
