"""`otp-sandbox ready`: whether the sandbox is ready."""

from __future__ import annotations

import argparse
import time

from otp_sandbox.api.errors import Unreachable
from otp_sandbox.commands.asking import NoAddress, get
from otp_sandbox.lanes import durations
from otp_sandbox.streams import failed

_PAUSE = 0.05


def ready(parsed: argparse.Namespace) -> int:
    """Say by the exit status whether the sandbox is ready."""
    try:
        deadline = time.monotonic() + durations.parse(parsed.wait).total_seconds()
    except ValueError as error:
        return failed(str(error), 2)
    while True:
        try:
            get(parsed, "/readyz", "status", patience=max(1.0, deadline - time.monotonic()))
        except Unreachable as error:
            if isinstance(error, NoAddress) or time.monotonic() >= deadline:
                return failed(str(error))
            time.sleep(_PAUSE)
        else:
            return 0
