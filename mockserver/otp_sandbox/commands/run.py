"""`otp-sandbox run`: a command with a sandbox of its own, and with the variables that point an application at it."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from otp_sandbox.api.errors import SandboxError, Unreachable
from otp_sandbox.api.process import NotStarted
from otp_sandbox.api.telling import told
from otp_sandbox.api.without_loop import Client
from otp_sandbox.commands.env import intercepting
from otp_sandbox.environment import TOKEN
from otp_sandbox.streams import complain, failed

_NO_COMMAND: Final = 127
_NOT_EXECUTABLE: Final = 126
_KILLED: Final = 128
"""What shells give: this, and the number of the signal."""
_LANES_MOST: Final = 10
_OF_TERMINAL: Final = tuple(getattr(signal, name) for name in ("SIGINT", "SIGQUIT") if hasattr(signal, name))
_PASSED_ON: Final = (
    *_OF_TERMINAL,
    *(getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2") if hasattr(signal, name)),
)


def run(parsed: argparse.Namespace) -> int:
    """Run the command; the exit status is its own. When it fails, say what happened in the sandbox."""
    command = parsed.command[1:] if parsed.command[:1] == ["--"] else parsed.command
    if not command:
        return failed("which command? otp-sandbox run [flags] -- COMMAND …", 2)
    flags = [f"--{name}={value}" for name in ("config", "seed") if (value := getattr(parsed, name)) is not None]
    if parsed.any_sender:
        flags.append("--any-sender")
    if not parsed.direct:
        flags += ["--tls-port=0", "--proxy-port=0"]
    try:
        with Client.launch(*flags) as client:
            status = _run(command, _environment(parsed, client))
            if status:
                _tell(client)
    except Unreachable as error:
        return failed(str(error), 2)
    except NotStarted as error:
        return failed(str(error).removeprefix("otp-sandbox: "), 2)
    return status


def _environment(parsed: argparse.Namespace, client: Client) -> dict[str, str]:
    """Give what a command needs to use the sandbox: addresses and credentials of the default lane, proxy and CA."""
    parsed.url, token = client.url, client.address.token
    led = {} if parsed.direct else intercepting(parsed)
    return {**os.environ, **client.open_lane().variables, **led, **({TOKEN: token} if token else {})}


def _run(command: Sequence[str], variables: Mapping[str, str]) -> int:
    with _signals() as receiver:
        try:
            process = subprocess.Popen(command, env=variables)  # noqa: S603  (the user's own command)
        except FileNotFoundError:
            return failed(f"there is no command {command[0]}", _NO_COMMAND)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            return failed(f"{command[0]} cannot be run: {why}", _NOT_EXECUTABLE)
        receiver.process = process
        status = process.wait()
    return _KILLED - status if status < 0 else status


class _Receiver:
    """Passes signals on to the command, or keeps them until there is one."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The command, once it runs."""
        return self._process

    @process.setter
    def process(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        for number in self._early:
            process.send_signal(number)

    def receive(self, number: int, _: object) -> None:
        """Take a signal. What the terminal sends, the command has got as well."""
        if number in _OF_TERMINAL and _in_foreground():
            return
        if self._process is None:
            self._early.append(number)
        else:
            self._process.send_signal(number)


@contextmanager
def _signals() -> Iterator[_Receiver]:
    receiver = _Receiver()
    before = {number: signal.signal(number, receiver.receive) for number in _PASSED_ON}
    try:
        yield receiver
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _in_foreground() -> bool:
    """Whether this process is what a terminal sends Ctrl-C to; on Windows a console sends it to all."""
    if not hasattr(os, "tcgetpgrp"):
        return True
    try:
        with Path(os.ctermid()).open("rb", buffering=0) as terminal:  # standard input may come from elsewhere
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:  # there is no terminal
        return False


def _tell(client: Client) -> None:
    """Say what happened in the sandbox: in the newest lanes that are still there, the newest of each."""
    try:
        for each in client.lanes()["lanes"][-_LANES_MOST:]:
            for title, text in told(client.open_lane(each["id"])):
                complain(f"lane {each['id']}, {title}:\n{text}")
    except SandboxError as error:
        complain(f"nothing can be told: {error}")
