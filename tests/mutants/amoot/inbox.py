"""Mistakes that somebody could make in handing out what came in at Amoot."""

from __future__ import annotations

from typing import Any, Final

from mutants.amoot import made
from mutants.amoot.reports import INCOMING, NEW, RECIEVED, listed
from mutants.kit import Decided, body, handler, with_check, with_fields
from otp_sandbox.contract import Call
from otp_sandbox.domain.inbox import INBOX
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, State
from otp_sandbox.providers.amoot.numbers import whole


def _unmarked(_: Call, __: State, change: Decided) -> Decided:
    return Change(change.verdict)


def _marking(call: Call, _: State, change: Decided) -> Decided:
    found: Any = change.verdict.facts["items"]
    return Change(change.verdict, {(INBOX, each.id): replace(each, fetched_at=call.now) for each in found})


def _rest_lost(call: Call, state: State, change: Decided) -> Decided:
    for each in state.entries(INBOX):
        change.writes.setdefault((INBOX, each.id), replace(each, fetched_at=call.now))
    return change


def _newest_first(call: Call, state: State, change: Decided) -> Decided:
    new = [each for each in state.entries(INBOX) if each.fetched_at is None][: call.values["Count"]]
    writes: dict[Any, Any] = {(INBOX, each.id): replace(each, fetched_at=call.now) for each in new}
    return Change(replace(change.verdict, facts={"items": new}), writes)


def _line_ignored(call: Call) -> Call:
    return with_fields(call, LineNumber="")


def _exact_line(call: Call, _: State) -> bool:
    line = call.text("LineNumber")
    return bool(line) and line not in call.account.lines


def _end_excluded(call: Call, found: list[Any]) -> list[Any]:
    return [each for each in found if each.received_at < call.values["ToDateTime"]]


WRITTEN: Final = (
    made(
        "incoming-none-fails",
        "nothing is Failed",
        body(
            lambda document: (
                {**document, "Status": "Failed"} if document == {"Status": "Success", "Data": []} else document
            ),
            *INCOMING,
        ),
    ),
    made("incoming-again-and-again", "new messages stay new", handler(NEW, change=_unmarked)),
    made("incoming-newest-first", "the newest new message comes first", handler(NEW, change=_newest_first)),
    made(
        "incoming-count-ignored",
        "all new messages are handed out",
        handler(NEW, readers={"Count": lambda text: 10**6 if (whole(text) or 0) > 0 else None}),
    ),
    made(
        "incoming-one-more",
        "one more than Count is handed out",
        handler(NEW, readers={"Count": lambda text: count + 1 if (count := whole(text) or 0) > 0 else None}),
    ),
    made("incoming-rest-lost", "what was not handed out is old too", handler(NEW, change=_rest_lost)),
    made("incoming-reading-marks", "what was read in a period is old", handler(RECIEVED, change=_marking)),
    made(
        "incoming-handed-out-gone",
        "what was handed out is in no period",
        listed(RECIEVED, lambda _, found: [each for each in found if each.fetched_at is None]),
    ),
    made(
        "incoming-zero-is-none",
        "a Count of zero and less is read as nothing",
        handler(NEW, readers={"Count": lambda text: None if (count := whole(text)) is None else max(count, 0)}),
    ),
    made("incoming-line-ignored", "the line does not limit", handler(RECIEVED, call=_line_ignored)),
    made("incoming-line-exact", "lines have one case", with_check(RECIEVED, "line_number_not_exist", _exact_line)),
    made("incoming-end-excluded", "the end is no part of a period", listed(RECIEVED, _end_excluded)),
    made(
        "incoming-newest-first-in-period",
        "the newest of a period comes first",
        listed(RECIEVED, lambda _, found: found[::-1]),
    ),
)
