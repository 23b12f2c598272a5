"""RecieveMessages and RecieveNewMessages: what phones wrote to the account's lines (reference 4.B.11, 4.B.12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from otp_sandbox.contract import Call, Check, Facts, Handler
from otp_sandbox.domain.inbox import Received, fetch_new, keys_of_fetching, received
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot import statuses
from otp_sandbox.providers.amoot.dates import local
from otp_sandbox.providers.amoot.deliveries import PROVIDER
from otp_sandbox.providers.amoot.numbers import whole
from otp_sandbox.providers.amoot.periods import PERIOD, in_period, reversed_period
from otp_sandbox.providers.amoot.phones import national
from otp_specs import Outcome


def count(text: str) -> int | None:
    """Read how many messages are wanted at most: a whole number above zero, however large."""
    number = whole(text)
    return number if number is not None and number > 0 else None


def _foreign_line(call: Call, _: State) -> bool:
    line = call.text("LineNumber")
    return bool(line) and not call.account.has_line(line)


def _told(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write inbound messages."""
    status = statuses.written(call, row)
    found = cast("Iterable[Received]", facts.get("received", ()))
    return {"Status": status, "Data": [_received(each) for each in found]}


def _received(message: Received) -> Mapping[str, Any]:
    return {
        "ReceiveMessageID": int(message.id),
        "Mobile": str(national(message.sender)),
        "LineNumber": message.line,
        "SMSMessageText": message.text,
        "RecieveDateTime": local(message.received_at),
    }


class RecieveMessages(Handler):
    """`RecieveMessages`. It marks nothing, so the same messages come again."""

    operations = ("RecieveMessages",)
    body = staticmethod(_told)
    readers = PERIOD

    def checks(self) -> Mapping[str, Check]:
        """The rules of a period, and of the line, if one is named."""
        return {
            "from_date_time_is_after_than_to_date_time": reversed_period,
            "line_number_not_exist": _foreign_line,
        }

    def keys(self, call: Call) -> Sequence[Key]:  # noqa: ARG002  (whatever is asked for, all are looked through)
        """All inbound messages."""
        return keys_of_fetching()

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Find those of the period, and of the line."""
        line = call.text("LineNumber").casefold()
        found = [
            each
            for each in received(state, PROVIDER)
            if in_period(call, each.received_at) and line in {"", each.line.casefold()}
        ]
        return Change(Verdict("success", {"received": sorted(found, key=lambda each: each.received_at)}))


class RecieveNewMessages(Handler):
    """`RecieveNewMessages`."""

    operations = ("RecieveNewMessages",)
    body = staticmethod(_told)
    readers = {"Count": count}  # noqa: RUF012  (a mapping that nobody writes)

    def keys(self, call: Call) -> Sequence[Key]:  # noqa: ARG002  (as above)
        """All inbound messages."""
        return keys_of_fetching()

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Hand out the oldest that nobody fetched yet; what is handed out once does not come again."""
        change: Change[Verdict] = Change(Verdict("success"))
        found = fetch_new(change, state, PROVIDER, call.values["Count"], call.now)
        change.verdict = Verdict("success", {"received": found})
        return change
