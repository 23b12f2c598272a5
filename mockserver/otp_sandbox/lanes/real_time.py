"""The real time as lanes have it: it never goes back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

SMALL: Final = timedelta(seconds=1)
"""Steps back that nobody needs to hear of."""
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_LOG: Final = logging.getLogger("otp_sandbox.time")


def never_back(machine: Callable[[], datetime] | None = None) -> Callable[[], datetime]:
    """Make a clock that follows the machine's, but for steps back: then it goes on from where it was.

    An hour that comes twice would be waited for twice by everything that is due: the end of a pause, a delivery, the
    end of a code. A step forward is followed: a machine that slept has really been away.
    """
    wall = machine or partial(datetime.now, UTC)
    last, ahead = _NEVER, timedelta(0)

    def now() -> datetime:
        nonlocal last, ahead
        told = wall()
        if ahead:
            told += ahead
        if told < last:
            step = last - told
            ahead += step
            if step >= SMALL:
                _LOG.warning("the machine's clock went back by %s; lanes go on from where they were", step)
            return last
        last = told
        return told

    return now
