"""Periods: from one time to another, both included (`amoot.messages-period`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from otp_sandbox.contract import Call, Reader
from otp_sandbox.providers.amoot.dates import exact_time, to_millisecond

PERIOD: Final[Mapping[str, Reader]] = {"FromDateTime": exact_time, "ToDateTime": exact_time}
"""How the fields of a period are read."""


def in_period(call: Call, at: datetime) -> bool:
    """Whether something that happened belongs to the period, by the time that answers show for it."""
    within: bool = call.values["FromDateTime"] <= to_millisecond(at) <= call.values["ToDateTime"]
    return within
