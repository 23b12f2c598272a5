"""Lets a soak look into the garbage collection of the server it started.

The interpreter loads this by itself at its start when this folder is on its path, so the server needs to know nothing
of it. A thread answers over a socket that the soak has passed on; it sleeps until it is asked.
"""

from __future__ import annotations

import gc
import json
import os
import socket
import threading
from collections import Counter


def _answer(line: socket.socket) -> None:
    while asked := line.recv(64):
        found = _unreachable() if asked == b"collect" else {}
        stats = gc.get_stats()
        told = {
            "enabled": gc.isenabled(),
            "collections": [each["collections"] for each in stats],
            "collected": sum(each["collected"] for each in stats),
            "frozen": gc.get_freeze_count(),
            "found": found,
        }
        line.sendall(json.dumps(told).encode() + b"\n")


def _unreachable() -> dict[str, int]:
    """Collect everything; count what nobody could reach any more by its type, the most frequent first."""
    gc.unfreeze()
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    gc.set_debug(0)
    found = Counter(f"{type(each).__module__}.{type(each).__qualname__}" for each in gc.garbage)
    gc.garbage.clear()
    gc.collect()
    return dict(found.most_common())


if "OTP_BENCH_PROBE" in os.environ:
    _line = socket.socket(fileno=int(os.environ["OTP_BENCH_PROBE"]))
    threading.Thread(target=_answer, args=(_line,), daemon=True, name="probe").start()
