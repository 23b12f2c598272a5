"""What happens in a lane and no other log tells: its clock was moved, a fault fired."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from otp_sandbox.domain.record import Record
from otp_sandbox.domain.store import Store, Table


class Happening(Record):
    """Something that happened, at an instant of the lane's clock.

    `shown` is what is told of it, as JSON; empty where that is looked up when it is told.
    """

    kind: Literal["clock", "fault"]
    at: datetime
    shown: str = ""


HAPPENINGS: Final = Table("happenings", Happening, log=True, most=1_000)
_CLOCK: Final = "clock"


async def note_clock(store: Store, lane: str, now: datetime) -> None:
    """Keep that a lane's clock was moved or switched. Only the last time is kept: where it stands now is what counts.

    Raises:
        LaneGone: the lane is no more.
    """
    await store.append(lane, HAPPENINGS, _CLOCK, Happening("clock", now))
