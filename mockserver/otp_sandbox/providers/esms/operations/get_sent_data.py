"""The messages of a period, page by page (reference B10, Q43)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from otp_sandbox.contract import MISSING, Call, Check, Facts, Handler
from otp_sandbox.domain.messages import MESSAGES, Message
from otp_sandbox.domain.seeds import draw
from otp_sandbox.domain.store import WHOLE, Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms.account import KEY
from otp_sandbox.providers.esms.answers import money, refused
from otp_sandbox.providers.esms.dates import period_date, to_the_second, written
from otp_sandbox.providers.esms.details import details_of, send_status, sms_id
from otp_sandbox.providers.esms.operations.common import COMMON, integer
from otp_sandbox.providers.esms.phones import national
from otp_specs import Outcome

_PROVIDER: Final = KEY[1]
_TYPES: Final = {str(kind): kind for kind in (1, 2, 8, 23, 24, 25, 26)}
"""What the page lists; types that nothing here sends have no messages."""
_PORTAL_NUMBERS: Final = range(10_000_000, 2**31)
"""Of the provider's portal: eight digits in the samples, a 32-bit integer for its .NET service."""
_RESULTS: Final = {"delivered": 1, "failed": 0, "rejected": 0}
_NOT_KNOWN: Final = 2


class GetSentData(Handler):
    """`GetSmsSentData_V2`."""

    operations = ("GetSmsSentData_V2",)
    readers = {  # noqa: RUF012  (a mapping that nobody writes)
        "SmsType": lambda text: _TYPES.get(text.strip()),
        "From": period_date,
        "To": period_date,
        "Page": integer,
        "PageSize": integer,
    }

    def checks(self) -> Mapping[str, Check]:
        """Nothing but what all operations check."""
        return COMMON

    def keys(self, call: Call) -> Sequence[Key]:  # noqa: ARG002  (the same for every call)
        """All messages."""
        return ((MESSAGES, WHOLE),)

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """List one page of the messages that were made in the period, the newest first, and count all of them."""
        found = _found(call, state)
        if not found and call.dialect.option("nothing-sent") == "not-found":
            return Change(Verdict("nothing_sent", reason="no message of this type was made in this period"))
        change = Change(Verdict("sent_data_told"))
        most = call.dialect.policy("page_size_max")
        size = min(_number(change, call, "PageSize", most), most)
        first = (_number(change, call, "Page", 1) - 1) * size
        change.verdict = Verdict(
            "sent_data_told", {"total": len(found), "messages": tuple(found[first : first + size])}
        )
        return change

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:
        """Write a page of what was sent."""
        if not row.success:
            return refused(call, row, facts)
        messages: Sequence[Message] = facts["messages"]  # type: ignore[assignment]  # handler and body agree
        return {
            "CodeResult": row.code,
            "CountTotal": facts["total"],
            "SentData": [_sent(message, call.seed) for message in messages],
        }


def _found(call: Call, state: State) -> list[Message]:
    first, last, kind = call.values["From"], call.values["To"], call.values["SmsType"]
    found = [
        message
        for message in state.entries(MESSAGES)
        if message.provider == _PROVIDER
        and details_of(message).sms_type == kind
        and first <= to_the_second(message.created_at) <= last
    ]
    # The log has a scheduled message where it was sent, the provider's list goes by when it was made.
    found.sort(key=lambda message: message.created_at, reverse=True)
    return found


def _number(change: Change[Verdict], call: Call, name: str, default: int) -> int:
    """Give a number of the paging; what is missing or makes no sense is as if it were left out."""
    asked = call.values[name]
    if isinstance(asked, int) and asked >= 1:
        return asked
    if asked is not MISSING:
        change.warnings.append(f"{name} is no positive number: {default} holds")
    return default


def _sent(message: Message, seed: int) -> Mapping[str, Any]:
    details = details_of(message)
    return {
        "Campaign": details.campaign,
        "Content": message.text,
        "Phone": national(message.to),
        "ReferenceId": sms_id(message),
        "SellPrice": money(message.price),  # the sample has a price beside a failure, unlike status and callback
        "SendResult": _RESULTS.get(message.state, _NOT_KNOWN),
        "SendStatus": send_status(message),
        "SentTime": written(message.since("sent") or message.created_at),
        "SmsId": _PORTAL_NUMBERS[draw(seed, "SmsId", message.id) % len(_PORTAL_NUMBERS)],
        "SmsType": details.sms_type,
    }
