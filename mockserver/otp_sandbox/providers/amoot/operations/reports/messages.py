"""GetMessage and GetMessages: what was sent, with its text (`amoot.message-shape`, `amoot.messages-shape`)."""

from __future__ import annotations

from typing import Any, Final

from otp_sandbox.contract import Call, Facts, Query
from otp_sandbox.domain.messages import MESSAGES, Message
from otp_sandbox.domain.store import State
from otp_sandbox.providers.amoot.account import PROVIDER
from otp_sandbox.providers.amoot.answers import many
from otp_sandbox.providers.amoot.dates import write_time
from otp_sandbox.providers.amoot.operations.reports.own_messages import about_one, sent_at
from otp_sandbox.providers.amoot.periods import PERIOD, in_period
from otp_sandbox.providers.amoot.phones import national


def _find(call: Call, state: State) -> Facts:
    """Find the messages of the period, queued ones too, by the time of their call; the log begins with the newest."""
    own = [each for each in state.entries(MESSAGES) if each.provider == PROVIDER and in_period(call, each.created_at)]
    own.reverse()
    return {"items": sorted(own, key=lambda each: each.created_at)}


def _write(call: Call, message: Message) -> dict[str, Any]:
    return {
        "MessageID": int(message.id),
        "Mobile": str(national(message.to)),
        "LineNumber": call.account.line(message.sender) or message.sender,
        "SMSMessageText": message.text,
        "RegDateTime": write_time(message.created_at),
        "SentDateTime": write_time(sent_at(message)),
    }


MESSAGE: Final = about_one("GetMessage", _write, unknown="message_not_found")
MESSAGES_OF_PERIOD: Final = Query("GetMessages", find=_find, body=many(_write), readers=PERIOD)
