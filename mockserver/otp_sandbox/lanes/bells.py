"""Timers of lanes: those that ring in the same moment share one of the loop's, however many lanes there are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from otp_sandbox.lanes.lane import Lane

BREATH: Final = timedelta(milliseconds=20)
"""How long a moment is. Bells ring at its end, so never too early, and a busy lane settles in batches."""
_SECONDS: Final = BREATH.total_seconds()
_AT_ONCE: Final = 100
"""Lanes that are rung for in one go, a few milliseconds. Requests get their turn then."""


class Bell:
    """A timer of one lane, until it has rung or is cancelled."""

    __slots__ = ("_at", "_lane", "_moment")

    def __init__(self, at: float, lane: Lane, moment: dict[Lane, Bell]) -> None:
        self._at = at
        self._lane = lane
        self._moment = moment
        moment[lane] = self

    def when(self) -> float:
        """Tell when it rings, by the clock of the loop."""
        return self._at

    def cancelled(self) -> bool:
        """Say that it does not ring, or has rung."""
        return self._moment.get(self._lane) is not self

    def cancel(self) -> None:
        """Do not ring."""
        if not self.cancelled():
            del self._moment[self._lane]


class Bells:
    """All timers of lanes. A lane has one at most.

    Args:
        ring: what is called for a lane.
    """

    def __init__(self, ring: Callable[[Lane], None]) -> None:
        """Start without any."""
        self._ring = ring
        self._moments: dict[int, dict[Lane, Bell]] = {}

    def set(self, lane: Lane, seconds: float) -> Bell:
        """Ring for a lane in so many seconds."""
        loop = asyncio.get_running_loop()
        number = ceil((loop.time() + seconds) / _SECONDS)
        moment = self._moments.get(number)
        if moment is None:
            moment = self._moments[number] = {}
            loop.call_at(number * _SECONDS, self._begin, number)
        return Bell(number * _SECONDS, lane, moment)

    def _begin(self, number: int) -> None:
        self._ring_on(self._moments.pop(number))

    def _ring_on(self, moment: dict[Lane, Bell]) -> None:
        for _ in range(min(len(moment), _AT_ONCE)):
            if not moment:  # one that was rung for has cancelled another
                return
            lane, _ = moment.popitem()
            self._ring(lane)
        if moment:
            asyncio.get_running_loop().call_soon(self._ring_on, moment)
