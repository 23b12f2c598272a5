"""Starts the programs that are measured, and stops them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from otp_bench.cores import Core, pinned

BARE = Path(__file__).parent.with_name("bare.py")
RELAY = Path(__file__).parent.with_name("relay.py")
CHECKCODE = "/MainService.svc/json/CheckCodeGen_V4_get"
CREDENTIALS = "ApiKey=SANDBOX-API-KEY&SecretKey=SANDBOX-SECRET-KEY"
GENCODE = (
    f"/MainService.svc/json/SendMessageAutoGenCode_V4_get?Phone=0901888484&{CREDENTIALS}"
    "&Brandname=Sandbox&Type=2&message=%7BOTP%7D"
)
GIVE_UP = 60
STOPPING = 10
OK = 200


@dataclass(frozen=True, slots=True)
class Server:
    """A program that runs and answers."""

    pid: int
    port: int
    scheme: str = "http"
    beside: int = 0
    """The program that keeps its lanes, if another one does."""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self.scheme}://127.0.0.1:{self.port}"


def sandbox_command(port: int, *more: str) -> list[str]:
    """Give the command that serves a sandbox: the one that was installed beside this interpreter."""
    command = Path(sys.executable).with_name("otp-sandbox")
    return [str(command), "serve", "--port", str(port), "--log-format", "json", *more]


def bare_command(port: int) -> list[str]:
    """Give the command that serves the bare handler, by the same interpreter."""
    return [sys.executable, str(BARE), str(port)]


@contextmanager
def sandbox(*more: str, core: Core = "server", beside: int = 0) -> Iterator[Server]:
    """Run a sandbox with the settings that it has by itself, but for more flags: journal, log, deliveries are on."""
    port = free_port()
    with running(sandbox_command(port, *more), port, "/readyz", core=core) as server:
        yield replace(server, beside=beside)


@contextmanager
def bare() -> Iterator[Server]:
    """Run the bare handler."""
    port = free_port()
    with running(bare_command(port), port, CHECKCODE) as server:
        yield server


@contextmanager
def relaying(proxy: int, target: str, *more: str) -> Iterator[int]:
    """Give a port each of whose connections has a tunnel of a proxy, on the load's core: it is part of the load."""
    port = free_port()
    process = started([sys.executable, str(RELAY), str(port), str(proxy), target, *more], core="load")
    try:
        until_ready(process, port, CHECKCODE, pause=0.05)
        yield port
    finally:
        stop(process)


@contextmanager
def running(command: Sequence[str], port: int, ready: str, *, core: Core = "server") -> Iterator[Server]:
    """Run a program on a core until the block ends; it is there when it answers to the path `ready`."""
    process = started(command, core=core)
    try:
        until_ready(process, port, ready, pause=0.05)
        yield Server(process.pid, port)
    finally:
        stop(process)


def started(
    command: Sequence[str],
    more: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
    *,
    core: Core = "server",
) -> subprocess.Popen[bytes]:
    """Start a program on a core, the server's if no other is named.

    What it prints goes nowhere, as a pipe that nobody reads would block it.

    Args:
        command: the program and its arguments.
        more: variables of its environment, on top of ours.
        pass_fds: files that it keeps open.
        core: whose core it runs on.
    """
    # A setting of this machine's own would make figures that nobody else gets.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTP_SANDBOX_")}
    return subprocess.Popen(
        [*pinned(core), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment | dict(more or {}),
        pass_fds=pass_fds,
    )


def until_ready(process: subprocess.Popen[bytes], port: int, path: str, *, pause: float) -> None:
    """Wait until a program answers.

    Raises:
        RuntimeError: it has ended, or does not answer in a minute.
    """
    end = time.monotonic() + GIVE_UP
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"what should listen on port {port} ended with {process.returncode}")
        try:
            get(port, path)
        except (OSError, HTTPException):
            time.sleep(pause)
        else:
            return
    raise RuntimeError(f"port {port} does not answer to {path}")


def get(port: int, path: str) -> bytes:
    """Ask once, over a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=GIVE_UP)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if answer.status != OK:
        raise RuntimeError(f"{path}: {answer.status} {body!r}")
    return body


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a program, kindly first."""
    process.terminate()
    try:
        process.wait(STOPPING)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
