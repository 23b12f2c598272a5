"""A second sandbox that plays the real hosts: other choices, and a control API that is not given to the suite."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from equipment.forking import Forking

TOKEN = "nobody-tells-the-suite"
CHOICES = {
    "amoot.status-format": "number",
    "esms.refused-code": "171",
    "thuesim.content-type": "html",
    "thuesim.phone-space": "drop",
}
ACCOUNTS = """
[lanes.default.accounts.thuesim]
min_interval = "0s"
waiting_limit = 1000
balance = 100000000
[lanes.default.accounts.amoot]
credit = 1000000
"""
KEYS = {
    "OTP_CONFORMANCE_ESMS_API_KEY": "SANDBOX-API-KEY",
    "OTP_CONFORMANCE_ESMS_SECRET_KEY": "SANDBOX-SECRET-KEY",
    "OTP_CONFORMANCE_AMOOT_TOKEN": "SANDBOX-TOKEN",
    "OTP_CONFORMANCE_THUESIM_TOKEN": "SANDBOX-TOKEN",
}
_OPENER = build_opener(ProxyHandler({}))


def environment() -> dict[str, str]:
    """This environment without any setting of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OTP_")} | {"NO_PROXY": "*"}


@dataclass(slots=True)
class Host:
    """A sandbox that plays the real hosts."""

    url: str

    def control(self, path: str) -> Any:
        """Look into it, as nobody can with a real host."""
        request = Request(self.url + "/_sandbox/v1" + path, headers={"Authorization": f"Bearer {TOKEN}"})
        with _OPENER.open(request, timeout=10) as answer:
            return json.load(answer)

    def sent(self) -> list[str]:
        """The numbers of all messages that were sent."""
        return [message["to"] for message in self.control("/messages?limit=1000")["messages"]]

    def rentals(self) -> int:
        """How many numbers were rented."""
        return len(self.control("/rentals?limit=1000")["rentals"])

    def requests(self) -> list[dict[str, Any]]:
        """All requests that it got."""
        found: list[dict[str, Any]] = self.control("/requests?limit=1000")["requests"]
        return found

    def environment(self, keys: Mapping[str, str] = KEYS) -> dict[str, str]:
        """What leads a live run to it instead of the real hosts."""
        return {f"OTP_CONFORMANCE_{name}_URL": self.url for name in ("ESMS", "AMOOT", "THUESIM")} | dict(keys)


@contextmanager
def served(config: Path | None, token: str = "") -> Iterator[Host]:
    """Serve a sandbox in a process of its own."""
    command = [sys.executable, "-m", "otp_sandbox.cli", "serve", "--port", "0"]
    command += ["--config", str(config)] if config is not None else []
    env = environment() | ({"OTP_SANDBOX_CONTROL_TOKEN": token} if token else {})
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"listens on (http://127\.0\.0\.1:\d+)", process.stdout.readline())
            assert found is not None
            yield Host(found[1])
        finally:
            process.terminate()


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    """The "real host" with its own choices."""
    config = tmp_path / "host.toml"
    lines = ["[lanes.default.choices]", *(f'"{name}" = "{option}"' for name, option in CHOICES.items())]
    config.write_text("\n".join(lines) + ACCOUNTS, "utf-8")
    with served(config, TOKEN) as running:
        yield running


@dataclass(slots=True)
class Done:
    """How a command ended."""

    status: int
    text: str


@pytest.fixture(scope="session")
def conformance() -> Iterator[Callable[..., Done]]:
    """Runs `otp-conformance` without a terminal."""
    command = Forking("otp_conformance.cli", "equipment.loaded_suite")

    def run(*arguments: str, env: Mapping[str, str] | None = None) -> Done:
        folder = Path(__file__).resolve().parents[2]
        done = command.run(*arguments, env=environment() | dict(env or {}), cwd=folder, seconds=180)
        return Done(done.returncode, done.stdout + done.stderr)

    yield run
    command.close()
