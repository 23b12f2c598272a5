"""Limits: what one is, and when it frees up."""

from __future__ import annotations

from datetime import datetime, timedelta

from otp_sandbox.domain.record import Record


class Limit(Record):
    """How much of a limit is used: `used` of `limit`, for `key`; `frees_at` is null when time does not free it."""

    provider: str
    name: str
    key: str
    used: int
    limit: int
    frees_at: datetime | None


def too_soon(last: datetime | None, interval: timedelta, now: datetime) -> bool:
    """Whether an action comes less than `interval` after the last one. Exactly `interval` later is allowed."""
    return last is not None and now < last + interval
