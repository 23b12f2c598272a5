"""GetDelivery and GetDeliveries: what became of messages (`amoot.delivery-shape`, `amoot.deliveries-shape`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from otp_sandbox.contract import Call, Facts, Query
from otp_sandbox.domain.messages import Message
from otp_sandbox.domain.store import State
from otp_sandbox.providers.amoot.answers import many, status_of
from otp_sandbox.providers.amoot.dates import write_time
from otp_sandbox.providers.amoot.lists import entries
from otp_sandbox.providers.amoot.numbers import long_number
from otp_sandbox.providers.amoot.operations.reports.delivery_types import UNKNOWN, delivery_type
from otp_sandbox.providers.amoot.operations.reports.own_messages import about_one, own_message, sent_at

_COST: Final = 0
"""What the provider says of every message; money is told by the sends alone (`amoot.delivery-cost`)."""


def numbers(text: str) -> Sequence[int] | None:
    """Read a list of message numbers, which need not belong to anything; None when it is empty or one is no number."""
    read = [long_number(entry) for entry in entries(text)]
    whole = [each for each in read if each is not None]
    return whole if whole and len(whole) == len(read) else None


def _find(call: Call, state: State) -> Facts:
    return {"items": [(each, own_message(state, each)) for each in call.values["ListMessageID"]]}


def _write_delivery(call: Call, message: Message) -> dict[str, Any]:
    return {
        "MessageID": int(message.id),
        "DeliveryType": delivery_type(message, call.now, call.dialect),
        "Cost": _COST,
        "RegDateTime": write_time(message.created_at),
        "SendDateTime": write_time(sent_at(message) or message.created_at),
    }


def _write_row(call: Call, asked: tuple[int, Message | None]) -> dict[str, Any]:
    """Write a row for a number that was asked for. One that nothing is known of has a status of its own."""
    number, message = asked
    if message is not None:
        return {**_write_delivery(call, message), "Status": status_of(call, "success")}
    return {
        "MessageID": number,
        "DeliveryType": UNKNOWN,
        "Cost": _COST,
        "RegDateTime": write_time(None),
        "SendDateTime": write_time(None),
        "Status": status_of(call, "message_id_invalid"),
    }


DELIVERY: Final = about_one("GetDelivery", _write_delivery, unknown="message_unknown")
DELIVERIES: Final = Query("GetDeliveries", find=_find, body=many(_write_row), readers={"ListMessageID": numbers})
