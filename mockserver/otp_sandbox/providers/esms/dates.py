"""Dates as eSMS reads and writes them: Vietnamese time, which has been seven hours ahead of UTC all year since 1975."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

VIETNAM: Final = timezone(timedelta(hours=7))
_DATE: Final = re.compile(r"(\d{4})([-/])(\d{2})\2(\d{2}) (\d{2}):(\d{2}):(\d{2})", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def sending_date(text: str) -> datetime | None:
    """Read `yyyy-MM-dd HH:mm:ss`, or the same with slashes as the voice pages write it (reference 1.7).

    Returns None for anything else, days that no calendar has included; blanks around it do not count.
    """
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.group(1, 3, 4, 5, 6, 7))
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=VIETNAM)
    except ValueError:
        return None


def period_date(text: str) -> datetime | None:
    """Read one end of a period: only with dashes, the one form that its page has (reference B10)."""
    return None if "/" in text else sending_date(text)


def to_the_second(at: datetime) -> datetime:
    """Cut off what a date of a request cannot say, so that a period that ends in a second has all of it."""
    return at.replace(microsecond=0)


def written(at: datetime) -> str:
    """Write an instant as old .NET services do: milliseconds since 1970, cut off, and the Vietnamese offset."""
    return f"/Date({(at - _EPOCH) // _MILLISECOND}+0700)/"
