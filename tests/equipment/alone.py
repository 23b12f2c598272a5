"""A sandbox on a network of its own, with nothing on it but loopback: names of providers lead to it alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import pytest

PROGRAM: Final = Path(__file__).parents[1] / "interception" / "programs" / "alone.py"
PROXY: Final = "http://127.0.0.1:3128"
CONTROL: Final = "http://127.0.0.1/_sandbox/v1"
GIVE_UP: Final = 60
_ASK: Final = """
import json, sys, urllib.request
request = urllib.request.Request(sys.argv[2], method=sys.argv[1])
with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as answer:
    print(answer.read().decode())
"""


@dataclass(frozen=True)
class Alone:
    """A sandbox that runs: http on 80, https on 443, a proxy on 3128, and its state folder."""

    pid: int
    folder: Path

    @cached_property
    def told(self) -> dict[str, str]:
        """What `otp-sandbox env` prints there."""
        words = [sys.executable, "-m", "otp_sandbox.cli", "env", "--url", "http://127.0.0.1", "--format", "dotenv"]
        done = self.run(words, {"OTP_SANDBOX_STATE": str(self.folder)}, names=False)
        assert done.returncode == 0, done.stderr
        return {
            name: json.loads(value) for name, _, value in (line.partition("=") for line in done.stdout.splitlines())
        }

    def run(
        self, command: Sequence[str], environment: Mapping[str, str], *, names: bool
    ) -> subprocess.CompletedProcess[str]:
        """Run a command beside it; without `names` it finds no host by its name."""
        inside = ["nsenter", "--target", str(self.pid), "--user", "--preserve-credentials", "--net"]
        if names:
            inside.append("--mount")
        return subprocess.run(
            [*inside, "--", *command], env=environment, capture_output=True, text=True, timeout=GIVE_UP, check=False
        )

    def ask(self, method: str, path: str) -> Any:
        """Ask the control API."""
        done = self.run([sys.executable, "-c", _ASK, method, CONTROL + path], {}, names=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None


@cache
def _possible() -> bool:
    if not all(map(shutil.which, ("unshare", "nsenter", "mount"))):
        return False
    return subprocess.run(["unshare", "-rmn", "true"], capture_output=True, timeout=20, check=False).returncode == 0


@contextmanager
def alone(folder: Path) -> Iterator[Alone]:
    """Run a sandbox to which all names of providers lead.

    Where no such network can be made, skip; under CI that is an error.
    """
    if not _possible():
        told = "no network of one's own can be made here (unshare): no unmodified client has called the sandbox"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{told}, and this is CI")
        pytest.skip(told.upper())
    lines = folder / "hosts"
    lines.write_text("127.0.0.1 localhost\n::1 localhost\n", "utf-8")
    program = [sys.executable, "-m", "otp_sandbox.cli"]
    subprocess.run([*program, "hosts", "--write", "--file", str(lines)], stderr=subprocess.DEVNULL, check=True)
    state = folder / "a state"  # a blank is in the folders of some systems
    serve = [*program, "serve", "--log-format", "json", "--state", str(state)]
    ports = ["--port", "80", "--tls-port", "443", "--proxy-port", PROXY.rpartition(":")[2]]
    with subprocess.Popen(
        ["unshare", "-rmn", sys.executable, str(PROGRAM), str(lines), *serve, *ports],
        env={"PATH": os.environ["PATH"], "OTP_SANDBOX_LOG_REQUESTS": "false"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline(), "the sandbox did not start"
        try:
            yield Alone(process.pid, state)
        finally:
            process.terminate()
