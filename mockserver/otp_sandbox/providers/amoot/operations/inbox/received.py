"""RecieveMessages and RecieveNewMessages: what phones wrote to the account's lines (`amoot.incoming-shape`)."""

from __future__ import annotations

from typing import Any, Final

from otp_sandbox.contract import Call, Facts, Query
from otp_sandbox.domain.inbox import Received, fetch_new, list_received
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot.account import PROVIDER
from otp_sandbox.providers.amoot.answers import many
from otp_sandbox.providers.amoot.dates import write_time
from otp_sandbox.providers.amoot.numbers import whole
from otp_sandbox.providers.amoot.periods import PERIOD, in_period
from otp_sandbox.providers.amoot.phones import national


def count(text: str) -> int | None:
    """Read how many messages are wanted at most: a whole number above zero, however large."""
    number = whole(text)
    return number if number is not None and number > 0 else None


def _foreign_line(call: Call, _: State) -> bool:
    """A line is named, and it is none of the account's."""
    line = call.text("LineNumber")
    return bool(line) and not call.account.has_line(line)


def _find(call: Call, state: State) -> Facts:
    """Find the messages of the period, and of the line. They are not marked, so the same come again."""
    line = call.text("LineNumber").casefold()
    messages = [
        each
        for each in list_received(state, PROVIDER)
        if in_period(call, each.received_at) and line in {"", each.line.casefold()}
    ]
    return {"items": sorted(messages, key=lambda each: each.received_at)}


def _fetch(call: Call, state: State) -> Change[Verdict]:
    """Hand out the oldest that nobody fetched yet; what is handed out once does not come again."""
    change = Change(Verdict("success"))
    messages = fetch_new(change, state, PROVIDER, call.values["Count"], call.now)
    change.verdict = Verdict("success", {"items": messages})
    return change


def _write(_: Call, message: Received) -> dict[str, Any]:
    return {
        "ReceiveMessageID": int(message.id),
        "Mobile": str(national(message.sender)),
        "LineNumber": message.line,
        "SMSMessageText": message.text,
        "RecieveDateTime": write_time(message.received_at),
    }


RECEIVED: Final = Query(
    "RecieveMessages",
    find=_find,
    body=many(_write),
    readers=PERIOD,
    checks={"line_number_not_exist": _foreign_line},
)
NEW: Final = Query("RecieveNewMessages", find=_fetch, body=many(_write), readers={"Count": count})
