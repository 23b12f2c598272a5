"""Projects of others that use the plugin: written into a folder, and run by a pytest of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

CLEAN: Final = {
    name: value for name, value in os.environ.items() if not name.startswith(("OTP_SANDBOX_", "PYTEST_", "COV_"))
}
STRANGERS: Final = ("schemathesis", "cov", "cacheprovider", "hypothesispytest", "aiohttp", "anyio", "faker")
"""Plugins that no project here uses: they are three quarters of the start of pytest."""
WORDS: Final = (sys.executable, "-m", "pytest", *(f"-pno:{each}" for each in STRANGERS))
APP: Final = '''
"""An application: it reads its settings when it is asked."""

import json
import os
from urllib.parse import urlencode
from urllib.request import urlopen


def send(phone, key=None, **more):
    fields = {
        "ApiKey": key or os.environ["ESMS_API_KEY"],
        "SecretKey": os.environ["ESMS_SECRET_KEY"],
        "Phone": phone,
        "Brandname": "Sandbox",
        "Type": "2",
        "message": "{OTP} is your code",
        **more,
    }
    url = os.environ["ESMS_BASE_URL"] + "/MainService.svc/json/SendMessageAutoGenCode_V4_get?" + urlencode(fields)
    with urlopen(url, timeout=20) as answer:
        return json.load(answer)
'''
INI: Final = """
[tool.pytest.ini_options]
addopts = ["--strict-markers", "--strict-config", "-W", "error"]
otp_sandbox_map = ["*"]
asyncio_mode = "auto"
"""


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """Write a project: an application, settings of pytest, and files by name."""

    def write(ini: str = INI, **files: str) -> Path:
        folder = tmp_path / "project"
        for name, text in {"app": APP, **files}.items():
            path = folder / f"{name}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        (folder / "pyproject.toml").write_text(ini, "utf-8")
        return folder

    return write


@pytest.fixture
def run() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a project's tests; gives what pytest says."""

    def do(folder: Path, *words: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*WORDS, *words],
            cwd=folder,
            env={**CLEAN, "NO_PROXY": "*", **(environment or {})},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return do


@pytest.fixture
def begin() -> Iterator[Callable[[Path], tuple[subprocess.Popen[str], int]]]:
    """Begin to run a project's tests in a group of its own; gives the run, and the sandbox that a test has told."""
    runs = []

    def do(folder: Path) -> tuple[subprocess.Popen[str], int]:
        run = subprocess.Popen(
            [*WORDS, "-s"],
            cwd=folder,
            env={**CLEAN, "NO_PROXY": "*"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        runs.append(run)
        assert run.stdout is not None
        told = ""
        for line in run.stdout:
            told += line
            _, found, pid = line.partition("sandbox ")
            if found and pid.strip().isdigit():
                return run, int(pid)
        raise AssertionError(told)

    yield do
    for run in runs:
        if run.poll() is None:
            run.kill()
