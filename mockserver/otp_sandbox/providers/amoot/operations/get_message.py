"""GetMessage and GetMessages: what was sent, with its text (reference 4.B.9, 4.B.10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from otp_sandbox.contract import Call, Check, Facts, Handler
from otp_sandbox.domain.messages import MESSAGES, Message
from otp_sandbox.domain.store import WHOLE, Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot import statuses
from otp_sandbox.providers.amoot.dates import local
from otp_sandbox.providers.amoot.deliveries import PROVIDER, sent_at
from otp_sandbox.providers.amoot.operations.one_message import OneMessage
from otp_sandbox.providers.amoot.periods import PERIOD, in_period, reversed_period
from otp_sandbox.providers.amoot.phones import national
from otp_specs import Outcome


class GetMessage(OneMessage):
    """`GetMessage`."""

    operations = ("GetMessage",)
    unknown = "message_not_found"

    def told(self, call: Call, message: Message) -> Mapping[str, Any]:
        """Give its text and its times."""
        return _message(call, message)


class GetMessages(Handler):
    """`GetMessages`."""

    operations = ("GetMessages",)
    readers = PERIOD

    def checks(self) -> Mapping[str, Check]:
        """The rules of a period."""
        return {"from_date_time_is_after_than_to_date_time": reversed_period}

    def keys(self, call: Call) -> Sequence[Key]:  # noqa: ARG002  (whatever is asked for, all messages are looked through)
        """All messages."""
        return ((MESSAGES, WHOLE),)

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Find those of the period, queued ones too, by the time of their call; the log begins with the newest."""
        own = [
            each for each in state.entries(MESSAGES) if each.provider == PROVIDER and in_period(call, each.created_at)
        ]
        own.reverse()
        return Change(Verdict("success", {"messages": sorted(own, key=lambda each: each.created_at)}))

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:
        """Write the messages of a period."""
        status = statuses.written(call, row)
        found = cast("Iterable[Message]", facts.get("messages", ()))
        return {"Status": status, "Data": [_message(call, each) for each in found]}


def _message(call: Call, message: Message) -> Mapping[str, Any]:
    return {
        "MessageID": int(message.id),
        "Mobile": str(national(message.to)),
        "LineNumber": call.account.line(message.sender) or message.sender,
        "SMSMessageText": message.text,
        "RegDateTime": local(message.created_at),
        "SentDateTime": local(sent_at(message)),
    }
