"""Cold start to the first answer, and memory when idle. Prints medians and JSON."""

from __future__ import annotations

import argparse
import json
import re
import socket
import statistics
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

GENCODE = (
    "/MainService.svc/json/SendMessageAutoGenCode_V4_get?Phone=0901888484&ApiKey=SANDBOX-API-KEY"
    "&SecretKey=SANDBOX-SECRET-KEY&Brandname=Sandbox&Type=2&message=%7BOTP%7D"
)
POLL = 0.002
GIVE_UP = 30


def main() -> int:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    runs = [_once() for _ in range(asked.runs)]
    medians = {name: round(statistics.median(run[name] for run in runs), 1) for name in runs[0]}
    for name, value in medians.items():
        print(f"{name:18} {value:8} (median of {len(runs)}; {', '.join(str(run[name]) for run in runs)})")
    print(json.dumps({"python": sys.version.split()[0], "runs": runs, "median": medians}))
    return 0


def _once() -> dict[str, float]:
    """Start a sandbox, ask until it is ready, have one code sent, look at its memory, stop it."""
    port = _free_port()
    command = [sys.executable, "-m", "otp_sandbox.cli", "serve", "--port", str(port)]
    started = time.perf_counter()
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until_ready(port, started)
        ready = time.perf_counter() - started
        _get(port, GENCODE)
        answered = time.perf_counter() - started
        memory = _resident_kilobytes(server.pid)
    finally:
        server.terminate()
        server.wait()
    return {
        "ready_ms": round(ready * 1000, 1),
        "first_code_ms": round(answered * 1000, 1),
        "idle_memory_mb": round(memory / 1024, 1),
    }


def _until_ready(port: int, started: float) -> None:
    while True:
        try:
            _get(port, "/readyz")
        except OSError:
            if time.perf_counter() - started > GIVE_UP:
                raise
            time.sleep(POLL)
        else:
            return


def _get(port: int, path: str) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=GIVE_UP)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:  # noqa: PLR2004  (HTTP's own number)
            raise RuntimeError(f"{path}: {answer.status} {body!r}")
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _resident_kilobytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    if found is None:
        raise RuntimeError("this system does not tell how much memory a process takes")
    return int(found[1])


if __name__ == "__main__":
    sys.exit(main())
