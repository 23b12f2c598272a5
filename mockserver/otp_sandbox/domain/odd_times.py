"""Times of a request that are probably meant otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

_SLACK: Final = timedelta(minutes=10)
"""What a program that means now, or soon, may be off by."""


def odd_time(name: str, at: datetime, now: datetime, local: timezone) -> list[str]:
    """Say what is odd about the time at which a message is to be sent.

    Args:
        name: the field.
        at: the time as it was read.
        now: the lane's time.
        local: the time of the provider's country.
    """
    offset, ahead = local.utcoffset(None), at - now
    if abs(ahead - offset) <= _SLACK:
        return [f"{name} lies {_spell(offset)} ahead: is it the provider's local time, marked as UTC?"]
    if abs(ahead + offset) <= _SLACK:
        return [f"{name} lies {_spell(offset)} back, so the message is sent now: is it UTC, without an offset?"]
    if ahead < -_SLACK:
        return [f"{name} lies {_spell(-ahead)} back: the message is sent now"]
    return []


def _spell(length: timedelta) -> str:
    hours, minutes = divmod(round(length.total_seconds() / 60), 60)
    return " ".join(f"{count} {unit}" for count, unit in ((hours, "h"), (minutes, "min")) if count)
