"""Times of rentals: Vietnamese local time without an offset."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from otp_sandbox.domain import vietnam

_THIRD_DIGITS: Final = "0003333777"
"""The third digit of a fraction as it is kept, by the one that it has."""


def write_time(instant: datetime) -> str:
    """Write a time to the second."""
    return instant.astimezone(vietnam.TIME).strftime("%Y-%m-%dT%H:%M:%S")


def write_fine_time(instant: datetime) -> str:
    """Write a time with up to three digits of fraction; zeros at the end are cut.

    SQL Server keeps times in three-hundredths of a second, so that the third digit is 0, 3 or 7. They are cut to that,
    not rounded: so both ways of writing never differ in the second.
    """
    hundredths, left = divmod(instant.microsecond // 1000, 10)
    fraction = f"{hundredths:02}{_THIRD_DIGITS[left]}".rstrip("0")
    return f"{write_time(instant)}.{fraction}" if fraction else write_time(instant)


def day_of(instant: datetime) -> date:
    """Give the day that an instant falls on in Vietnam."""
    return instant.astimezone(vietnam.TIME).date()
