"""Dates as eSMS reads and writes them: Vietnamese time."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

from otp_sandbox.domain import vietnam

_DATE: Final = re.compile(r"(\d{4})([-/])(\d{2})\2(\d{2}) (\d{2}):(\d{2}):(\d{2})", re.ASCII)
_DASHED_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_SLASHED_DAY: Final = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)
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


def dashed_day(text: str) -> date | None:
    """Read `yyyy-MM-dd`; None for anything else."""
    found = _DASHED_DAY.fullmatch(text.strip())
    return _day(*found.groups()) if found is not None else None


def slashed_day(text: str) -> date | None:
    """Read `dd/MM/yyyy`; None for anything else."""
    found = _SLASHED_DAY.fullmatch(text.strip())
    return _day(*reversed(found.groups())) if found is not None else None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def rating_date(text: str) -> datetime | None:
    """Read an instant as sends do, or a day alone, which is its begin (`esms.ratings-dates`)."""
    return sending_date(text) or sending_date(f"{text.strip()} 00:00:00")


def in_vietnam(at: datetime) -> datetime:
    """Give an instant in Vietnamese time, which is also that of one without an offset."""
    return at.astimezone(vietnam.TIME) if at.tzinfo is not None else at.replace(tzinfo=vietnam.TIME)


def in_milliseconds(at: datetime) -> int:
    """Count the milliseconds since 1970, cut off."""
    return (at - _EPOCH) // _MILLISECOND


def to_the_second(at: datetime) -> datetime:
    """Cut off what a date of a request cannot say, so that a period that ends in a second has all of it."""
    return at.replace(microsecond=0)


def write_instant(at: datetime) -> str:
    """Write an instant as old .NET services do: milliseconds since 1970, cut off, and the Vietnamese offset."""
    return f"/Date({in_milliseconds(at)}+0700)/"
