"""CourseCreateSimple and CourseCreateWithBackupLine: a text that is sent again and again (`amoot.course-times`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from otp_sandbox.contract import Call, Check, Facts, Handler
from otp_sandbox.domain.store import Change, Event, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot.account import PROVIDER
from otp_sandbox.providers.amoot.answers import write_status
from otp_sandbox.providers.amoot.courses import (
    COURSE_NUMBERS,
    COURSES,
    END,
    EVENT,
    TYPES,
    Course,
    CourseType,
    next_time,
)
from otp_sandbox.providers.amoot.dates import exact_time
from otp_sandbox.providers.amoot.numbers import message_number
from otp_sandbox.providers.amoot.phones import fold
from otp_specs import Outcome

_COUNT: Final[Key] = (COURSE_NUMBERS, "count")
_FIRST: Final = 100_001
_EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
_TYPES: Final = {each.lower(): each for each in TYPES} | {str(number): each for number, each in enumerate(TYPES)}


def course_type(text: str) -> CourseType | None:
    """Read a type: its name in any case, or its number."""
    return _TYPES.get(text.strip().lower())


def first_time(text: str) -> datetime | None:
    """Read when a course begins. What .NET writes for a time that is not set is none."""
    at = exact_time(text)
    return at.astimezone(UTC) if at is not None and _EARLIEST <= at < END else None


class CourseCreateSimple(Handler):
    """`CourseCreateSimple`."""

    operations = ("CourseCreateSimple",)
    readers = MappingProxyType(
        {
            "CourseGroupID": message_number,
            "CourseType": course_type,
            "CourseDateTime": first_time,
            "Mobile": fold,
        }
    )

    def checks(self) -> Mapping[str, Check]:
        """The rules of a course, besides missing and malformed fields."""
        return {
            "course_group_unknown": lambda call, _: call.account.course_group(call.values["CourseGroupID"]) is None,
        }

    def keys(self, call: Call) -> Sequence[Key]:  # noqa: ARG002  (the same for all calls)
        """The number of courses."""
        return (_COUNT,)

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Make it, and put its first time on the schedule."""
        count = (state.get(*_COUNT) or 0) + 1
        course = self._course(call, _FIRST + count - 1)
        change = Change(Verdict("success", {"id": course.id}), {_COUNT: count, (COURSES, str(course.id)): course})
        before = call.now - datetime.resolution  # a time that is just now is not over
        at = next_time(course, before, call.dialect.option("course-calendar"))
        if at is not None:
            change.due.append(Event(at, EVENT, PROVIDER, str(course.id), course.to))
        return change

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:
        """Write the number of the course; a refusal has 0."""
        return {"Status": write_status(call, row), "CourseID": facts.get("id", 0)}

    def _course(self, call: Call, number: int) -> Course:
        return Course(
            id=number,
            group=call.values["CourseGroupID"],
            type=call.values["CourseType"],
            begins_at=call.values["CourseDateTime"],
            title=call.text("Title"),
            to=call.values["Mobile"],
            text=call.text("SMSMessageText"),
            line=call.text("LineNumber"),
            backup_line=call.text("BackupLineNumber") or None,
            operation=call.operation.name,
            request_id=call.request_id,
        )


class CourseCreateWithBackupLine(CourseCreateSimple):
    """`CourseCreateWithBackupLine`."""

    operations = ("CourseCreateWithBackupLine",)

    def checks(self) -> Mapping[str, Check]:
        """The backup line has to be there besides."""
        return {
            **super().checks(),
            "backup_line_number_not_exist": lambda call, _: not call.account.has_line(call.text("BackupLineNumber")),
        }
