"""A lane's clock: it runs, runs with an offset, or stands still."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

from otp_sandbox.domain.record import Record

Mode = Literal["real", "offset", "frozen"]
TEN_YEARS: Final = timedelta(days=3653)
"""The longest length that is taken anywhere: the calendar has room for it on both sides."""


class Clock(Record):
    """Tells a lane's time from the real time. Moving it gives a new clock."""

    mode: Mode = "real"
    offset: timedelta = timedelta(0)
    frozen_at: datetime | None = None

    @property
    def runs(self) -> bool:
        """Whether time passes by itself."""
        return self.mode != "frozen"

    def now(self, real: datetime) -> datetime:
        """Give the lane's time."""
        if self.frozen_at is not None:
            return self.frozen_at
        return real + self.offset if self.offset else real

    def moved_to(self, instant: datetime, real: datetime) -> Clock:
        """Give the clock that shows `instant` now: a running one keeps running, a frozen one stays frozen."""
        if self.frozen_at is not None:
            return Clock("frozen", frozen_at=instant)
        return Clock("offset", instant - real)
