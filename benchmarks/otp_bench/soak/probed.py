"""A sandbox that tells about its garbage collection."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from otp_bench.servers import Server, free_port, sandbox_command, started, stop, until_ready

FOLDER = Path(__file__).with_name("probe")
PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Probe:
    """Asks the thread in the server."""

    line: socket.socket

    def counts(self) -> dict[str, Any]:
        """Tell how often garbage was collected, and how many objects that were."""
        return self._ask(b"counts")

    def collect(self) -> dict[str, int]:
        """Collect everything now; count by type what nobody could reach any more, the most frequent first."""
        found: dict[str, int] = self._ask(b"collect")["found"]
        return found

    def _ask(self, word: bytes) -> dict[str, Any]:
        self.line.sendall(word)
        answer = b""
        while not answer.endswith(b"\n"):
            part = self.line.recv(4096)
            if not part:
                raise RuntimeError("the server is gone")
            answer += part
        told: dict[str, Any] = json.loads(answer)
        return told


@contextmanager
def probed_sandbox(settings: Mapping[str, str]) -> Iterator[tuple[Server, Probe]]:
    """Run a sandbox with settings, as in the environment, and with the probe."""
    port = free_port()
    ours, theirs = socket.socketpair()
    ours.settimeout(PATIENCE)
    path = os.pathsep.join(filter(None, [str(FOLDER), os.environ.get("PYTHONPATH", "")]))
    more = {**settings, "PYTHONPATH": path, "OTP_BENCH_PROBE": str(theirs.fileno())}
    with ours, theirs:
        process = started(sandbox_command(port), more, pass_fds=[theirs.fileno()])
        theirs.close()
        try:
            until_ready(process, port, "/readyz", pause=0.05)
            yield Server(process.pid, port), Probe(ours)
        finally:
            stop(process)
