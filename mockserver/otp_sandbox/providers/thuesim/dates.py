"""Times as thuesim writes them: Vietnamese local time without an offset (`thuesim.time-naive`)."""

from __future__ import annotations

from datetime import date, datetime

from otp_sandbox.domain import vietnam


def write_time(instant: datetime) -> str:
    """Write a time to the second, as a rent does."""
    return instant.astimezone(vietnam.TIME).strftime("%Y-%m-%dT%H:%M:%S")


def write_fine_time(instant: datetime) -> str:
    """Write a time with up to three digits of fraction, as the history does; zeros at the end are cut."""
    fraction = f"{instant.microsecond // 1000:03}".rstrip("0")
    return f"{write_time(instant)}.{fraction}" if fraction else write_time(instant)


def day_of(instant: datetime) -> date:
    """Give the day that an instant falls on in Vietnam."""
    return instant.astimezone(vietnam.TIME).date()
