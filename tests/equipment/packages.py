"""Packages of the distribution that a test needs: installed where that is ours to do, missed loudly where not."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

ENVIRONMENT = {"DEBIAN_FRONTEND": "noninteractive"}


@dataclass(frozen=True, slots=True)
class Need:
    """A command that ends well where the packages, as Debian calls them, are installed.

    `recommended` installs what they recommend as well.
    """

    command: tuple[str, ...]
    packages: tuple[str, ...]
    recommended: bool = False

    @property
    def met(self) -> bool:
        """Whether it ends well."""
        if shutil.which(self.command[0]) is None:
            return False
        return subprocess.run(self.command, capture_output=True, timeout=60, check=False).returncode == 0


@cache
def install(*needs: Need) -> tuple[str, ...]:
    """Install what is missing, if we are root and there is apt-get. Gives the packages that are missing still.

    It is tried once in a process.
    """
    if all(each.met for each in needs):
        return ()
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        with held(Path(tempfile.gettempdir()) / "otp-sandbox-packages.lock"):  # tests run in several processes
            missing = [each for each in needs if not each.met]
            if missing:
                _run("apt-get", "update")
            for each in missing:  # one by one: that a release lacks one stops no other
                less = () if each.recommended else ("--no-install-recommends",)
                _run("apt-get", "install", "-y", *less, *each.packages)
    return tuple(package for each in needs if not each.met for package in each.packages)


def offered(package: str) -> bool:
    """Whether the distribution has a package."""
    return shutil.which("apt-cache") is not None and _run("apt-cache", "show", package) == 0


def require(
    needs: Iterable[Need],
    what: str,
    *,
    install: Callable[..., Sequence[str]] = install,
    offered: Callable[[str], bool] = offered,
) -> None:
    """Install what is missing. What is missing still skips the test, and fails it in CI if the distribution has it.

    Args:
        needs: what must be there.
        what: what is left unproven without it.
        install: installs it, and gives the packages that are missing still.
        offered: whether the distribution has a package.
    """
    missing = install(*needs)
    if not missing:
        return
    told = f"{', '.join(missing)} cannot be installed here: {what}"
    if os.environ.get("CI") == "true" and any(map(offered, missing)):
        pytest.fail(f"{told}, and this is CI")
    pytest.skip(told.upper())


def leave(reason: str, what: str) -> NoReturn:
    """Skip the test loudly; in CI, fail it.

    Args:
        reason: why it cannot run.
        what: is left unproven.
    """
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and this is CI: {what}")
    pytest.skip(f"{reason.upper()}: {what}")


def _run(*words: str) -> int:
    environment = os.environ | ENVIRONMENT
    return subprocess.run(
        words, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=900, check=False
    ).returncode


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Keep other processes out until the block ends."""
    with path.open("w") as lock:
        try:
            import fcntl  # noqa: PLC0415  (not on Windows)
        except ImportError:
            pass
        else:
            fcntl.flock(lock.fileno(), fcntl.LOCK_EX)
        yield
