"""Periodic sends: when they fall due, in either calendar (`amoot.course-calendar`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal, TypeAlias

from otp_sandbox.domain.record import Record
from otp_sandbox.domain.store import Table
from otp_sandbox.providers.amoot.dates import TEHRAN

CourseType = Literal["Yearly", "Monthly", "Weekly", "Daily"]
TYPES: Final[tuple[CourseType, ...]] = ("Yearly", "Monthly", "Weekly", "Daily")
"""In the order of their numbers."""
COURSES_MOST: Final = 1_000
"""Periodic sends that a lane holds; a new one beyond them takes the place of the oldest."""
EVENT: Final = "course"
END: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""Nothing falls due then or later: the calendar has no room for what follows."""
_DAYS: Final = {"Weekly": 7, "Daily": 1}
_MONTHS: Final = {"Yearly": 12, "Monthly": 1}
_IN_A_YEAR: Final = 12


class Course(Record):
    """A periodic send to one recipient, in E.164, from a first instant on.

    `operation` and `request_id` are those of the call that made it: its messages have them too.
    """

    id: int
    group: int
    type: CourseType
    begins_at: datetime
    title: str
    to: str
    text: str
    line: str
    backup_line: str | None
    operation: str
    request_id: str
    active: bool = True


COURSES: Final = Table(
    "amoot_courses",
    Course,
    log=True,
    most=COURSES_MOST,
    weigh=lambda each: 1024 + 4 * (len(each.text) + len(each.title)),
)
COURSE_NUMBERS: Final = Table("amoot_course_numbers", int)
"""How many there were, under one key."""

_Days: TypeAlias = tuple[int, int, int]
"""Year, month and day of a calendar."""


def next_time(course: Course, after: datetime, calendar: str) -> datetime | None:
    """Tell when a course falls due after an instant; None when the calendar ends before.

    A day that a month has not is its last day then, and the one after it is the day of the first time again.
    """
    if course.begins_at > after:
        return course.begins_at
    first = course.begins_at.astimezone(TEHRAN)
    try:
        if course.type in _DAYS:
            length = timedelta(days=_DAYS[course.type])
            at = first + ((after - first) // length + 1) * length
        else:
            at = _next_month(first, _MONTHS[course.type], after, *_CALENDARS[calendar]())
    except (OverflowError, ValueError):
        return None
    return at.astimezone(UTC) if at < END else None


def _next_month(
    first: datetime,
    step: int,
    after: datetime,
    split: Callable[[date], _Days],
    join: Callable[[int, int, int], date],
) -> datetime:
    year, month, day = split(first.date())
    now_year, now_month, _ = split(after.astimezone(TEHRAN).date())
    passed = (now_year - year) * _IN_A_YEAR + now_month - month
    times = max(passed // step, 1)
    while True:
        years, months = divmod(month - 1 + times * step, _IN_A_YEAR)
        at = datetime.combine(join(year + years, months + 1, day), first.timetz())
        if at > after:
            return at
        times += 1


def _gregorian() -> tuple[Callable[[date], _Days], Callable[[int, int, int], date]]:
    from calendar import monthrange  # noqa: PLC0415  (no call needs it, only what falls due)

    return (
        lambda each: (each.year, each.month, each.day),
        lambda year, month, day: date(year, month, min(day, monthrange(year, month)[1])),
    )


def _jalali() -> tuple[Callable[[date], _Days], Callable[[int, int, int], date]]:
    import jdatetime  # noqa: PLC0415  (slow to import, and hardly ever needed)

    def split(each: date) -> _Days:
        found = jdatetime.date.fromgregorian(date=each)
        return found.year, found.month, found.day

    def join(year: int, month: int, day: int) -> date:
        length = jdatetime.j_days_in_month[month - 1]
        if month == _IN_A_YEAR and jdatetime.date(year, 1, 1).isleap():
            length += 1
        found: date = jdatetime.date(year, month, min(day, length)).togregorian()
        return found

    return split, join


_CALENDARS: Final = {"gregorian": _gregorian, "jalali": _jalali}
