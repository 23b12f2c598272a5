"""Times as thuesim writes them: Vietnamese local time without an offset (reference 4.9)."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Final

_VIETNAM: Final = timezone(timedelta(hours=7))  # no daylight saving


def written(instant: datetime) -> str:
    """Write a time to the second, as a rent does."""
    return instant.astimezone(_VIETNAM).strftime("%Y-%m-%dT%H:%M:%S")


def written_finely(instant: datetime) -> str:
    """Write a time with up to three digits of fraction, as the history does; zeros at the end are cut."""
    fraction = f"{instant.microsecond // 1000:03}".rstrip("0")
    return f"{written(instant)}.{fraction}" if fraction else written(instant)


def day(instant: datetime) -> date:
    """Give the day that an instant falls on in Vietnam."""
    return instant.astimezone(_VIETNAM).date()
