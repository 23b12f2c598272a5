"""Mistakes that somebody could make in the periodic sends of Amoot."""

from __future__ import annotations

from typing import Any, Final

from mutants.amoot import made
from mutants.amoot.reports import listed
from mutants.kit import Decided, Mistake, events, handler, written
from otp_sandbox.contract import Call, EventContext
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Event, State
from otp_sandbox.providers.amoot.account import KEY
from otp_sandbox.providers.amoot.courses import COURSES, EVENT, next_time

SIMPLE, BACKED_UP, SET_ACTIVE = "CourseCreateSimple", "CourseCreateWithBackupLine", "CourseSetActive"


def _without_next(change: Change[bool]) -> Change[bool]:
    return replace(change, due=[each for each in change.due if each.kind != EVENT])


def _once(_: Event, __: State, ___: EventContext, change: Change[bool]) -> Change[bool]:
    return _without_next(change)


def _drifting(event: Event, state: State, context: EventContext, change: Change[bool]) -> Change[bool]:
    course: Any = state.get(COURSES, event.id)
    at = next_time(replace(course, begins_at=event.at), event.at, context.dialect.option("course-calendar"))
    due = [replace(event, at=at)] if at is not None else []
    return replace(change, due=[*_without_next(change).due, *due])


def _free(_: Event, __: State, ___: EventContext, change: Change[bool]) -> Change[bool]:
    change.writes.pop(KEY, None)
    return change


def _resting(event: Event, state: State, _: EventContext, change: Change[bool]) -> Change[bool]:
    course: Any = state.get(COURSES, event.id)
    return change if course.active else _without_next(change)


def _catching_up(call: Call, _: State, change: Decided) -> Decided:
    return replace(change, due=[replace(each, at=call.values["CourseDateTime"]) for each in change.due])


def _lines(**lines: str | None) -> Mistake:
    """Send over other lines; one that is named `backup_line` is that of the call."""

    def spoil(_: Call, __: State, change: Decided) -> Decided:
        for key in written(change, COURSES):
            course = change.writes[key]
            own = {name: course.backup_line if line == "backup_line" else line for name, line in lines.items()}
            change.writes[key] = replace(course, **own)
        return change

    return handler(BACKED_UP, change=spoil)


WRITTEN: Final = (
    made(
        "course-list-without-empty",
        "groups without courses are not told",
        listed("CourseList", lambda _, found: [each for each in found if each[1]]),
    ),
    made("course-once", "a course sends once", events(EVENT, _once)),
    made("course-day-drifts", "the day is that of the time before", events(EVENT, _drifting)),
    made("course-catches-up", "times before the call are made up for", handler(SIMPLE, change=_catching_up)),
    made("course-free", "the messages of a course cost nothing", events(EVENT, _free)),
    made("course-backup-always", "the backup line sends everything", _lines(line="backup_line")),
    made("course-backup-never", "the backup line sends nothing", _lines(backup_line=None)),
    made(
        "course-never-rests",
        "an inactive course sends",
        handler(SET_ACTIVE, change=lambda _, __, change: Change(change.verdict)),
    ),
    made("course-rests-for-ever", "an inactive course never sends again", events(EVENT, _resting)),
)
