"""That a lane's clock was moved or switched, for who follows the lane: no other log tells it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from otp_sandbox.domain.record import Record
from otp_sandbox.domain.store import Store, Table


class ClockMoved(Record):
    """The clock was moved to an instant, or goes otherwise from there on."""

    at: datetime


CLOCK_LOG: Final = Table("clock", ClockMoved, log=True, most=1)
"""One entry under one key: where the clock stands now is what counts."""


async def note_clock(store: Store, lane: str, now: datetime) -> None:
    """Keep that a lane's clock was moved or switched.

    Raises:
        LaneGone: the lane is no more.
    """
    await store.append(lane, CLOCK_LOG, "clock", ClockMoved(now))
