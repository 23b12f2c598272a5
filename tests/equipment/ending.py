"""Waits for processes that are not ours to end."""

from __future__ import annotations

import os
import select

import pytest


def ends(pid: int, seconds: float = 60) -> bool:
    """Whether a process ends in time; one that is gone has ended."""
    if not hasattr(os, "pidfd_open"):
        pytest.skip("NO PIDFD HERE: nobody sees whether a sandbox is left behind")
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        poll = select.poll()
        poll.register(watched, select.POLLIN)
        return bool(poll.poll(seconds * 1000))
    finally:
        os.close(watched)
