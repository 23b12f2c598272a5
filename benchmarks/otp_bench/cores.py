"""Gives the server and the load a core of their own."""

from __future__ import annotations

import os
import shutil
from typing import Literal


def pinned(role: Literal["server", "load"]) -> list[str]:
    """Give the words that go before a command so that it runs on the core of its role.

    Without `taskset`, or where there is one core only, the system decides.
    """
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) == 1 or shutil.which("taskset") is None:
        return []
    return ["taskset", "-c", str(cores[0] if role == "server" else cores[-1])]
