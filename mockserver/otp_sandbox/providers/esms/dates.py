"""Dates as eSMS reads and writes them: Vietnamese time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from otp_sandbox.domain import vietnam

_DATE: Final = re.compile(r"(\d{4})([-/])(\d{2})\2(\d{2}) (\d{2}):(\d{2}):(\d{2})", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def sending_date(text: str) -> datetime | None:
    """Read `yyyy-MM-dd HH:mm:ss`, or the same with slashes as the voice pages write it (`esms.send-date`).

    Returns None for anything else, days that no calendar has included; blanks around it do not count.
    """
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.group(1, 3, 4, 5, 6, 7))
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=vietnam.TIME)
    except ValueError:
        return None


def period_date(text: str) -> datetime | None:
    """Read one end of a period: only with dashes, the one form that its page has."""
    return None if "/" in text else sending_date(text)


def to_the_second(at: datetime) -> datetime:
    """Cut off what a date of a request cannot say, so that a period that ends in a second has all of it."""
    return at.replace(microsecond=0)


def write_instant(at: datetime) -> str:
    """Write an instant as old .NET services do: milliseconds since 1970, cut off, and the Vietnamese offset."""
    return f"/Date({(at - _EPOCH) // _MILLISECOND}+0700)/"
