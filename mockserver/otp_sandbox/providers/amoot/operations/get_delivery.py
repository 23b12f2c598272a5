"""GetDelivery and GetDeliveries: what became of messages (reference 4.B.7, 4.B.8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

from otp_sandbox.contract import MISSING, Call, Facts, Handler
from otp_sandbox.domain.messages import Message
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot import statuses
from otp_sandbox.providers.amoot.dates import NEVER, local
from otp_sandbox.providers.amoot.deliveries import (
    UNKNOWN,
    delivery_type,
    key_of,
    number,
    own_message,
    sent_at,
)
from otp_sandbox.providers.amoot.lists import entries
from otp_sandbox.providers.amoot.operations.one_message import OneMessage
from otp_specs import Outcome

_COST: Final = 0
"""What D says of every message; money is told by the sends alone."""


def numbers(text: str) -> Sequence[int] | None:
    """Read a list of message numbers, which need not belong to anything; None when it is empty or one is no number."""
    read = [number(entry) for entry in entries(text)]
    found = [each for each in read if each is not None]
    return found if found and len(found) == len(read) else None


class GetDelivery(OneMessage):
    """`GetDelivery`."""

    operations = ("GetDelivery",)
    unknown = "message_unknown"

    def told(self, call: Call, message: Message) -> Mapping[str, Any]:
        """Give its delivery."""
        return _delivery(call, message)


class GetDeliveries(Handler):
    """`GetDeliveries`."""

    operations = ("GetDeliveries",)
    readers = {"ListMessageID": numbers}  # noqa: RUF012  (a mapping that nobody writes)

    def keys(self, call: Call) -> Sequence[Key]:
        """The messages that the list names."""
        listed = call.values["ListMessageID"]
        return () if listed is MISSING or listed is None else [key_of(each) for each in listed]

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Find them; unknown ones stay in the list."""
        asked = [(each, own_message(state, each)) for each in call.values["ListMessageID"]]
        return Change(Verdict("success", {"asked": asked}))

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:
        """Write a row for each number that was asked for. Those that nothing is known of have a status of their own."""
        status = statuses.written(call, row)
        asked = cast("Iterable[tuple[int, Message | None]]", facts.get("asked", ()))
        unknown = statuses.of_cause(call, "message_id_invalid")
        rows = [
            {**_delivery(call, message), "Status": status}
            if message is not None
            else {**_nothing(number), "Status": unknown}
            for number, message in asked
        ]
        return {"Status": status, "Data": rows}


def _delivery(call: Call, message: Message) -> dict[str, Any]:
    return {
        "MessageID": int(message.id),
        "DeliveryType": delivery_type(message, call.now, call.dialect),
        "Cost": _COST,
        "RegDateTime": local(message.created_at),
        "SendDateTime": local(sent_at(message) or message.created_at),
    }


def _nothing(number: int) -> dict[str, Any]:
    return {
        "MessageID": number,
        "DeliveryType": UNKNOWN,
        "Cost": _COST,
        "RegDateTime": NEVER,
        "SendDateTime": NEVER,
    }
