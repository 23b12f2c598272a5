"""The messages of a period, page by page (`esms.sent-data-members`)."""

from __future__ import annotations

from typing import Any, Final

from otp_sandbox.contract import Call, Facts, Query
from otp_sandbox.domain.messages import MESSAGES, Message
from otp_sandbox.domain.seeds import draw
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms.account import PROVIDER
from otp_sandbox.providers.esms.answers import write_refusal
from otp_sandbox.providers.esms.dates import period_date, to_the_second, write_instant
from otp_sandbox.providers.esms.details import details_of, send_status, sms_id
from otp_sandbox.providers.esms.numbers import integer, positive_or, write_money
from otp_sandbox.providers.esms.phones import national
from otp_specs import Outcome

_TYPES: Final = {str(kind): kind for kind in (1, 2, 8, 23, 24, 25, 26)}
"""What the page lists; types that nothing here sends have no messages."""
_PORTAL_NUMBERS: Final = range(10_000_000, 2**31)
"""Of the provider's portal: eight digits in the samples, a 32-bit integer for its .NET service."""
_RESULTS: Final = {"delivered": 1, "failed": 0, "rejected": 0, "deleted": 0}
_NOT_KNOWN: Final = 2


def _of_period(call: Call, state: State) -> list[Message]:
    """Give the messages that were made in the period, the newest first."""
    first, last, kind = call.values["From"], call.values["To"], call.values["SmsType"]
    messages = [
        message
        for message in state.entries(MESSAGES)
        if message.provider == PROVIDER
        and details_of(message).sms_type == kind
        and first <= to_the_second(message.created_at) <= last
    ]
    # The log has a scheduled message where it was sent, the provider's list goes by when it was made.
    messages.sort(key=lambda message: message.created_at, reverse=True)
    return messages


def _nothing_sent(call: Call, state: State) -> bool:
    """No message of this type was made in this period, and the lane has that refused."""
    return call.dialect.option("nothing-sent") == "not-found" and not _of_period(call, state)


def _find(call: Call, state: State) -> Change[Verdict]:
    """Give one page, and count all of them."""
    messages, most = _of_period(call, state), call.dialect.policy("page_size_max")
    change = Change(Verdict("sent_data_told"))
    size = min(positive_or(most, call, "PageSize", change), most)
    first = (positive_or(1, call, "Page", change) - 1) * size
    page = tuple(messages[first : first + size])
    change.verdict = Verdict("sent_data_told", {"total": len(messages), "messages": page})
    return change


def _write(call: Call, row: Outcome, facts: Facts) -> Any:
    messages: Any = facts["messages"]
    return {
        "CodeResult": row.code,
        "CountTotal": facts["total"],
        "SentData": [_write_message(each, call.seed) for each in messages],
    }


def _write_message(message: Message, seed: int) -> dict[str, Any]:
    details = details_of(message)
    return {
        "Campaign": details.campaign,
        "Content": message.text,
        "Phone": national(message.to),
        "ReferenceId": sms_id(message),
        "SellPrice": write_money(message.price),  # a sample has a price beside a failure, unlike status and callback
        "SendResult": _RESULTS.get(message.state, _NOT_KNOWN),
        "SendStatus": send_status(message),
        "SentTime": write_instant(message.since("sent") or message.created_at),
        "SmsId": _PORTAL_NUMBERS[draw(seed, "SmsId", message.id) % len(_PORTAL_NUMBERS)],
        "SmsType": details.sms_type,
    }


SENT_DATA: Final = Query(
    "GetSmsSentData_V2",
    find=_find,
    body=_write,
    refusal=write_refusal,
    readers={
        "SmsType": lambda text: _TYPES.get(text.strip()),
        "From": period_date,
        "To": period_date,
        "Page": integer,
        "PageSize": integer,
    },
    checks={"nothing_sent": _nothing_sent},
)
