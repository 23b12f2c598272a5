"""A sandbox in a process of its own, which never outlives the one that started it."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import weakref
from typing import Final

from otp_sandbox.api.errors import SandboxError
from otp_sandbox.api.exchange import URL
from otp_sandbox.environment import PREFIX, TOKEN, control_token

_PATIENCE: Final = 10.0
"""Seconds for an orderly end."""
_FILE: Final = PREFIX + "CONFIG"
_CONFIG: Final = argparse.ArgumentParser(add_help=False)
_CONFIG.add_argument("--config")
_LEFT_OUT: Final = ("PYTHONWARNINGS", "PYTHONDEVMODE", URL)
"""What is meant for the tests: warnings that are errors there."""


class NotStarted(SandboxError):
    """The sandbox does not start; the text says why."""


_OURS: Final[weakref.WeakSet[Process]] = weakref.WeakSet()


class Process:
    """A sandbox that was started.

    It holds the end of a pipe: when this process ends, also when it is killed, the pipe ends too, and with it the
    sandbox. Children that this process forks hold no end. The sandbox is in a session of its own, so that Ctrl-C in a
    terminal stops the tests first.

    Args:
        flags: of `otp-sandbox serve`.

    Raises:
        NotStarted: it does not start.
    """

    def __init__(self, *flags: str) -> None:
        command = [sys.executable, "-P", "-m", "otp_sandbox.cli", "serve", "--port", "0"]
        self._flags = flags
        environment = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
        with tempfile.TemporaryFile() as told:
            self._process = subprocess.Popen(  # noqa: S603  (this package, by this Python)
                [*command, *flags, "--until-eof", "--log-format", "json"],  # the last one counts: it is read here
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=told,
                env=environment | {f"{PREFIX}LOG_REQUESTS": "false"},
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
            _OURS.add(self)
            line = self._process.stdout.readline() if self._process.stdout is not None else b""
            try:
                self.url = str(json.loads(line)["url"])
            except (ValueError, KeyError) as error:
                self.stop()
                told.seek(0)
                raise NotStarted(told.read().decode(errors="replace").strip() or "it says nothing") from error

    @property
    def token(self) -> str:
        """What opens its control API, as environment or file say."""
        found, _ = _CONFIG.parse_known_args(self._flags)
        if found.config is None and _FILE not in os.environ:
            return control_token(os.environ.get(TOKEN, ""))
        from otp_sandbox.settings import some  # noqa: PLC0415  (for a file alone)

        return some(("control_token",), found.config, os.environ).control_token

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def let_go(self) -> None:
        """Hold it no longer: it ends when nobody else does."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def stop(self) -> None:
        """End it, and wait until it has ended."""
        self.let_go()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _let_go_of_all() -> None:
    for process in _OURS:
        process.let_go()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_let_go_of_all)
