"""Gives the server and the load a core of their own."""

from __future__ import annotations

import os
import shutil
from typing import Literal, TypeAlias

Core: TypeAlias = Literal["server", "load", "any"] | int
"""The core of a role, that of a server by its number, or whichever the system gives."""


def pinned(role: Core) -> list[str]:
    """Give the words that go before a command so that it runs on the core of its role, or that of a server's number.

    Without `taskset`, or where there is one core only, the system decides.
    """
    cores = sorted(os.sched_getaffinity(0))
    if role == "any" or len(cores) == 1 or shutil.which("taskset") is None:
        return []
    place = role % len(cores) if isinstance(role, int) else {"server": 0, "load": -1}[role]
    return ["taskset", "-c", str(cores[place])]
