"""A sandbox that somebody has launched ends with him, however he ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from equipment.ending import ends
from otp_sandbox import Client, NotStarted, Unreachable

LAUNCH = """
import os, sys, threading
from otp_sandbox import Client
client = Client.launch()
{more}
print(client._process.pid, flush=True)
threading.Event().wait()
"""


def launched(more: str = "") -> tuple[subprocess.Popen[str], int]:
    program = LAUNCH.replace("{more}", more)
    launcher = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert launcher.stdout is not None
    return launcher, int(launcher.stdout.readline())


def test_it_is_over_when_it_is_closed() -> None:
    with Client.launch() as client:
        assert client.is_ready()
        assert client._process is not None
        pid = client._process.pid

    assert ends(pid, 0)
    with pytest.raises(Unreachable):
        client.info()
    client.close()  # twice is no harm


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda each: each.name)
def test_it_ends_when_the_one_who_launched_it_is_killed(number: signal.Signals) -> None:
    launcher, pid = launched()

    with launcher:
        launcher.send_signal(number)

    assert ends(pid)


def test_it_ends_although_a_fork_of_the_one_who_launched_it_lives_on() -> None:
    """As servers do that tests fork."""
    launcher, pid = launched("child = os.fork()\nif child == 0:\n    threading.Event().wait()\nprint(child)")

    with launcher:
        assert launcher.stdout is not None
        child, pid = pid, int(launcher.stdout.readline())
        launcher.kill()
        try:
            assert ends(pid)
        finally:
            os.kill(child, signal.SIGKILL)


def test_ctrl_c_reaches_the_one_who_launched_it_alone() -> None:
    """So that his clean-up still has a sandbox."""
    launcher, pid = launched()

    with launcher:
        assert os.getpgid(pid) != os.getpgid(launcher.pid)
        launcher.kill()

    assert ends(pid)


def test_why_one_does_not_start_is_told() -> None:
    with pytest.raises(NotStarted, match=r"otp-sandbox: .*seed"):
        Client.launch("--seed", "many")


def test_settings_reach_it_and_warnings_of_tests_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the token of the environment, as its client does."""
    monkeypatch.setenv("OTP_SANDBOX_CONTROL_TOKEN", "secret")
    monkeypatch.setenv("OTP_SANDBOX_PORT", "1")
    monkeypatch.setenv("PYTHONWARNINGS", "error")

    with Client.launch("--seed", "9", "--log-format", "text") as client:
        assert client.info()["seed"] == 9
        assert client.info()["settings"]["control_token"] is True
        assert client.info()["settings"]["log_requests"] is False  # what it says is kept, should it not start


@pytest.mark.parametrize("way", ["flag", "variable", "variable wins"])
def test_the_token_of_its_file_is_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, way: str) -> None:
    """As in a suite whose flags name the file of the application."""
    config = tmp_path / "sandbox.toml"
    config.write_text('control_token = "s3cret"\n', "utf-8")
    if way != "flag":
        monkeypatch.setenv("OTP_SANDBOX_CONFIG", str(config))
    if way == "variable wins":
        monkeypatch.setenv("OTP_SANDBOX_CONTROL_TOKEN", "other")

    with Client.launch(*([f"--config={config}"] if way == "flag" else [])) as client:
        assert client.info()["settings"]["control_token"] is True
        assert client.address.token == ("other" if way == "variable wins" else "s3cret")


def test_a_server_stops_when_its_input_ends() -> None:
    """For those who start one from another language."""
    command = [sys.executable, "-m", "otp_sandbox.cli", "serve", "--port", "0", "--until-eof"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert b"listens on" in server.stdout.readline()
        with suppress(BrokenPipeError):
            server.stdin.write(b"what is written is not read")
            server.stdin.close()

        assert server.wait(60) == 0


def test_an_input_that_has_ended_already_stops_it_at_once() -> None:
    command = [sys.executable, "-m", "otp_sandbox.cli", "serve", "--port", "0", "--until-eof"]

    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)

    assert done.returncode == 0
