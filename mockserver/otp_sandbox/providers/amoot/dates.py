"""Times in requests and answers, in all spellings that clients and samples have."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

TEHRAN: Final = timezone(timedelta(hours=3, minutes=30))
"""Iran's time. There has been no summer time since 2022."""

NEVER: Final = "0001-01-01T00:00:00"
"""How a time that is not set stands in an answer."""

_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)
_JALALI_YEARS: Final = range(1300, 1501)
_MONTHS: Final = 12
_NOON: Final = 12
_AFTERNOON: Final = ("PM", "ب.ظ")
_DIGITS: Final = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "0123456789" * 2)

# No part may match a run of white space of any length: that would take quadratic time on a hostile text.
_CLOCK: Final = (
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{1,2})(?::(?P<second>[0-9]{1,2})(?:\.(?P<fraction>[0-9]+))?)?"
    r"(?:\s?(?P<half>AM|PM|ق\.ظ|ب\.ظ))?"
    r"(?P<zone>\s?Z|\s?[+-][0-9]{2}:?[0-5][0-9]|\s{1,2}[0-9]{2}:[0-5][0-9])?"
)
_YEAR_FIRST: Final = re.compile(
    rf"(?P<year>[0-9]{{4}})([-/])(?P<month>[0-9]{{1,2}})\2(?P<day>[0-9]{{1,2}})(?:[T\s]{_CLOCK})?", re.IGNORECASE
)
_YEAR_LAST: Final = re.compile(
    rf"(?P<one>[0-9]{{1,2}})/(?P<other>[0-9]{{1,2}})/(?P<year>[0-9]{{4}})(?:\s{_CLOCK})?", re.IGNORECASE
)


def sending_time(text: str, now: datetime) -> datetime:
    """Read `SendDateTime`: the time it names, or `now` if that is not in the future.

    Empty, `0`, unreadable and past times all mean now and are never an error (`amoot.send-time-garbage`): the status
    table has no `SendDateTime_Invalid`, and the vendor's own Odoo module sends the constant `2023-02-01-18:50`.
    The year 9999 counts as unreadable, as it leaves no room for a delay or an offset to be added.
    """
    at = exact_time(text)
    # The limit keeps the conversion from leaving the calendar.
    return at.astimezone(UTC) if at is not None and now < at < _LATEST else now


def exact_time(text: str) -> datetime | None:
    """Read a time that must be one, `FromDateTime` or `ToDateTime`: the same spellings, None for anything else.

    The first and the last moment that .NET knows are read too; programs send them for "everything".
    """
    text = text.strip().translate(_DIGITS)
    try:
        return _read_year_first(text) or _read_year_last(text)
    except (ValueError, OverflowError):
        return None


def to_millisecond(at: datetime) -> datetime:
    """Cut off what the answers do not show, so that a period which is made of shown times holds what it shows."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def write_time(at: datetime | None) -> str:
    """Write a time as the provider does: in Tehran, without zone, the fraction without zeros at its end.

    None, a time that does not exist, is .NET's first moment.
    """
    if at is None:
        return NEVER
    written = at.astimezone(TEHRAN).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return written.rstrip("0").removesuffix(".")


def _read_year_first(text: str) -> datetime | None:
    """Read ISO 8601 and its relatives: `2025-10-21 14:25:00`, `2025/10/21T14:25:00.1234567+03:30`, `1404/07/29 14:25`.

    PHP's `format('c')`, JavaScript's `toISOString()`, Python's `str(datetime)` and a C# program on a Persian machine
    write these. A date alone is its midnight.
    """
    match = _YEAR_FIRST.fullmatch(text)
    if match is None:
        return None
    return _instant(_day(int(match["year"]), int(match["month"]), int(match["day"])), match)


def _read_year_last(text: str) -> datetime | None:
    """Read C#'s `DateTime.ToString()`: `7/23/2023 1:40:00 PM`, `07/23/2023 13:40:00`.

    The month comes first (`amoot.send-time-us`), unless only the second number can be one.
    """
    match = _YEAR_LAST.fullmatch(text)
    if match is None:
        return None
    month, day = int(match["one"]), int(match["other"])
    if month > _MONTHS >= day:
        month, day = day, month
    return _instant(_day(int(match["year"]), month, day), match)


def _day(year: int, month: int, day: int) -> date:
    """Give the Gregorian day. A year from 1300 to 1500 is Jalali."""
    if year not in _JALALI_YEARS:
        return date(year, month, day)
    import jdatetime  # noqa: PLC0415  (slow to import, and hardly ever needed)

    gregorian: date = jdatetime.date(year, month, day).togregorian()
    return gregorian


def _instant(day: date, match: re.Match[str]) -> datetime:
    """Put the day and the time of day together. What is finer than a microsecond is cut off."""
    hour = int(match["hour"] or 0)
    if match["half"]:
        if hour > _NOON:
            raise ValueError("there is no such hour in half a day")
        hour = hour % _NOON + (_NOON if match["half"].upper() in _AFTERNOON else 0)
    microsecond = int((match["fraction"] or "")[:6].ljust(6, "0"))
    clock = time(hour, int(match["minute"] or 0), int(match["second"] or 0), microsecond, _zone(match["zone"]))
    return datetime.combine(day, clock)


def _zone(text: str | None) -> timezone:
    """Read the offset. None means Tehran; one without a sign has lost its plus to a missing url-encoding."""
    if not text:
        return TEHRAN
    offset = text.strip()
    if offset in ("Z", "z"):
        return UTC
    digits = offset.lstrip("+-").replace(":", "")
    length = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-length if offset.startswith("-") else length)
