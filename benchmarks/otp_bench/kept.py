"""Where a sandbox keeps its lanes: each kind of store, new and empty, with the program that has it."""

from __future__ import annotations

import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from otp_bench.servers import GIVE_UP, free_port, sandbox, started, stop

PAUSE = 0.02
REDIS = "redis-server"


@dataclass(frozen=True, slots=True)
class Kept:
    """A store.

    Args:
        flags: what a sandbox is told of it.
        pid: the program beside the sandbox that has it; 0 for none.
    """

    flags: tuple[str, ...] = ()
    pid: int = 0


@contextmanager
def memory() -> Iterator[Kept]:
    """Give the store in memory."""
    yield Kept()


@contextmanager
def sqlite() -> Iterator[Kept]:
    """Give a store in a file."""
    with tempfile.TemporaryDirectory() as folder:
        yield Kept(("--store", f"sqlite:{Path(folder) / 'lanes.sqlite'}"))


@contextmanager
def redis() -> Iterator[Kept]:
    """Run a Redis that writes nothing to the disk, on the load's core."""
    port = free_port()
    process = started(
        [REDIS, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], core="load"
    )
    try:
        _until_it_listens(port)
        yield Kept(("--store", f"redis://127.0.0.1:{port}/0"), process.pid)
    finally:
        stop(process)


KINDS: dict[str, Callable[[], AbstractContextManager[Kept]]] = {"memory": memory, "sqlite": sqlite, "redis": redis}


def wanting(kind: str) -> str | None:
    """Say why there can be no store of a kind; None if there can."""
    if kind == "redis" and shutil.which(REDIS) is None:
        return f"{REDIS} is not installed"
    try:
        with KINDS[kind]() as kept, sandbox(*kept.flags):
            return None
    except RuntimeError as error:
        return f"this otp-sandbox does not start with it ({error})"


def _until_it_listens(port: int) -> None:
    end = time.monotonic() + GIVE_UP
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                if connection.recv(7) == b"+PONG\r\n":
                    return
        except OSError:
            pass
        if time.monotonic() > end:
            raise RuntimeError(f"{REDIS} does not answer")
        time.sleep(PAUSE)
