"""CourseList and CourseSetActive: the periodic sends by their groups, and whether each of them sends."""

from __future__ import annotations

from typing import Any, Final

from otp_sandbox.contract import Call, Facts, Query, shown
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import WHOLE, Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot.answers import many, write_status
from otp_sandbox.providers.amoot.course_groups import CourseGroup
from otp_sandbox.providers.amoot.courses import COURSES, Course
from otp_sandbox.providers.amoot.dates import write_time
from otp_sandbox.providers.amoot.flags import flag
from otp_sandbox.providers.amoot.numbers import message_number
from otp_sandbox.providers.amoot.phones import national


def _find(call: Call, state: State) -> Facts:
    """Find the groups of the account, empty ones too, and behind them those that only courses know."""
    by_group: dict[int, list[Course]] = {}
    for course in sorted(state.entries(COURSES), key=lambda each: each.id):
        by_group.setdefault(course.group, []).append(course)
    groups = list(call.account.course_groups or ())
    known = {each.id for each in groups}
    groups += [CourseGroup(number, str(number)) for number in by_group if number not in known]
    return {"items": [(group, by_group.get(group.id, [])) for group in groups]}


def _write_group(call: Call, item: Any) -> dict[str, Any]:
    group, courses = item
    return {
        "CourseGroupID": group.id,
        "Title": group.title,
        "Courses": [_write_course(call, each) for each in courses],
    }


def _write_course(call: Call, course: Course) -> dict[str, Any]:
    """Write a course. No voice message belongs to it; nothing says whether it is active."""
    backed_up = course.backup_line is not None
    line, backup = course.line, course.backup_line
    return {
        "CourseID": course.id,
        "CourseGroupID": course.group,
        "CourseType": course.type,
        "CourseDateTime": write_time(course.begins_at),
        "Title": course.title,
        "Mobile": national(course.to),
        "SMSMessageText": course.text,
        "LineNumber": call.account.line(line) or line,
        "MessageType": "WithBackupLine" if backed_up else "Simple",
        "BackupLineNumber": (call.account.line(backup) or backup) if backup is not None else None,
        "UseAvanakMessage": False,
        "AvanakMessageText": None,
        "SpeakerType": "female",
        "UseBackupLineNumber": backed_up,
    }


def _course(call: Call, state: State) -> Course | None:
    return state.get(COURSES, str(call.values["CourseID"]))


def _set_active(call: Call, state: State) -> Change[Verdict]:
    """Let it send, or not. Its times are on the schedule either way."""
    course: Any = _course(call, state)
    active = call.value("Active")
    change = Change(Verdict("success"), {(COURSES, str(course.id)): replace(course, active=active is True)})
    if call.text("Active").strip() and active is None:
        change.warnings.append(f"Active={shown(call.text('Active'))} is neither true nor false: it counts as false")
    return change


LIST: Final = Query("CourseList", find=_find, body=many(_write_group), keys=lambda _: ((COURSES, WHOLE),))
SET_ACTIVE: Final = Query(
    "CourseSetActive",
    find=_set_active,
    keys=lambda call: ((COURSES, str(call.values["CourseID"])),),
    body=lambda call, row, _: write_status(call, row),
    readers={"CourseID": message_number, "Active": flag},
    checks={"course_unknown": lambda call, state: _course(call, state) is None},
)
