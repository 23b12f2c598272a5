"""Cold start to the first answer, and memory when idle.

Beside the time stands the CPU of it: other work on the machine makes the time longer, the CPU hardly.

The bytecode must be there already, as it is in the image: the very first start after an installation takes longer.
"""

from __future__ import annotations

import time
from typing import Any

from otp_bench.figures import figure
from otp_bench.proc import cpu_seconds, resident_bytes
from otp_bench.scale import Scale
from otp_bench.servers import GENCODE, free_port, get, sandbox_command, started, stop, until_ready

POLL = 0.002


def measure(scale: Scale) -> dict[str, Any]:
    """Start several times, one after another."""
    _once()  # fills the cache of files
    runs = [_once() for _ in range(scale.starts)]
    return {name: figure([run[name] for run in runs]) for name in runs[0]}


def _once() -> dict[str, float]:
    """Start a sandbox, ask until it is ready, have one code sent, look at its memory, stop it."""
    port = free_port()
    begin = time.perf_counter()
    process = started(sandbox_command(port))
    try:
        until_ready(process, port, "/readyz", pause=POLL)
        ready = time.perf_counter() - begin
        get(port, GENCODE)
        answered = time.perf_counter() - begin
        cpu = cpu_seconds(process.pid)
        memory = resident_bytes(process.pid)
    finally:
        stop(process)
    return {
        "ready_ms": ready * 1000,
        "first_code_ms": answered * 1000,
        "cpu_ms": cpu * 1000,
        "idle_memory_mb": memory / 2**20,
    }
