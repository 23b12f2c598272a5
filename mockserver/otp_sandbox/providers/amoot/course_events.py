"""A periodic send falls due: its message goes out, if it can, and the next time is on the schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, cast

from otp_sandbox.contract import Call, EventContext, EventHandler
from otp_sandbox.domain.code_in_text import find_code
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Event, Key, State
from otp_sandbox.providers.amoot import sending
from otp_sandbox.providers.amoot.account import KEY, Account
from otp_sandbox.providers.amoot.courses import COURSES, EVENT, Course, next_time
from otp_sandbox.providers.amoot.sending import Sending


class _Nowhere(NamedTuple):
    """Where a send comes from that nobody asks for."""

    scheme: str = "https"
    host: str = ""
    remote: str | None = None


class CourseFallsDue:
    """One event of each course is on the schedule at any time, whether the course is active or not."""

    def keys(self, event: Event) -> Sequence[Key]:
        """The course, the account, and what a send reads."""
        return ((COURSES, event.id), KEY, *sending.keys_of([event.detail]))

    def __call__(self, event: Event, state: State, context: EventContext) -> Change[bool]:
        """Send, and come again."""
        course = state.get(COURSES, event.id)
        if course is None:
            return Change(verdict=False)
        change = _send(course, event, state, context) if course.active else Change(verdict=False)
        at = next_time(course, event.at, context.dialect.option("course-calendar"))
        if at is not None:
            change.due.append(replace(event, at=at))
        return change


def _send(course: Course, event: Event, state: State, context: EventContext) -> Change[bool]:
    """Send the message. Where a call would be refused, nothing is sent this time (`amoot.course-refused`)."""
    account = cast("Account", state.get(*KEY))
    dialect = context.dialect
    operation = next(each for each in dialect.spec.operations if each.name == course.operation)
    call = Call(
        operation=operation,
        fields={},
        values={},
        invalid=frozenset(),
        headers={},
        credentials={},
        seed=context.seed,
        now=event.at,
        dialect=dialect,
        request_id=course.request_id,
        source=_Nowhere(),
        account=account,
    )
    price = sending.price_of(call, course.text)
    unpaid = account.credit < price
    stopped = course.to in account.black_listed() and course.backup_line is None
    if (
        _is_closed(account)
        or (unpaid and dialect.option("credit") == "refused")
        or (stopped and dialect.option("black-list") == "refused")
    ):
        return Change(verdict=False)
    send = Sending(call, state, backup=course.backup_line)
    drawn, code = send.draw(course.to), find_code(course.text)
    send.add(drawn, course.to, course.text, course.line, price=price, campaign=drawn.campaign_id, code=code)
    done = send.finish()
    if unpaid:
        del done.writes[KEY]
    return Change(True, done.writes, done.moved, done.due)


def _is_closed(account: Account) -> bool:
    """Whether nothing is sent for the user at all."""
    user = account.user
    return account.system_disabled or user.disabled or user.expired or user.demo


COURSE_EVENTS: Final[Mapping[str, EventHandler]] = {EVENT: CourseFallsDue()}
