"""GetDelivery, GetDeliveries and GetDeliveriesByCampaignID: what became of messages (`amoot.delivery-shape`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from otp_sandbox.contract import Call, Facts, Query
from otp_sandbox.domain.messages import MESSAGES, Message
from otp_sandbox.domain.store import State
from otp_sandbox.providers.amoot.account import PROVIDER
from otp_sandbox.providers.amoot.answers import many, status_of
from otp_sandbox.providers.amoot.dates import write_time
from otp_sandbox.providers.amoot.details import details_of
from otp_sandbox.providers.amoot.lists import entries
from otp_sandbox.providers.amoot.numbers import long_number, message_number
from otp_sandbox.providers.amoot.operations.reports.delivery_types import UNKNOWN, delivery_type
from otp_sandbox.providers.amoot.operations.reports.own_messages import about_one, own_message, sent_at
from otp_sandbox.providers.amoot.phones import national

_COST: Final = 0
"""What the provider says of every message; money is told by the sends alone (`amoot.delivery-cost`)."""


def numbers(text: str) -> Sequence[int] | None:
    """Read a list of message numbers, which need not belong to anything.

    None when it is empty or too long, or one is no number.
    """
    read = [long_number(entry) for entry in entries(text) or ()]
    whole = [each for each in read if each is not None]
    return whole if whole and len(whole) == len(read) else None


def _find(call: Call, state: State) -> Facts:
    return {"items": [(each, own_message(state, each)) for each in call.values["ListMessageID"]]}


def _of_campaign(call: Call, state: State) -> list[Message]:
    """Give the messages of a campaign in the order of the send; the log begins with the newest."""
    own = (each for each in state.entries(MESSAGES) if each.provider == PROVIDER)
    return [each for each in own if details_of(each).campaign_id == call.values["CampaignID"]][::-1]


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


def _write_recipient(call: Call, message: Message) -> dict[str, Any]:
    return {"Number": str(national(message.to)), **_write_row(call, (0, message))}


DELIVERY: Final = about_one("GetDelivery", _write_delivery, unknown="message_unknown")
DELIVERIES: Final = Query("GetDeliveries", find=_find, body=many(_write_row), readers={"ListMessageID": numbers})
CAMPAIGN: Final = Query(
    "GetDeliveriesByCampaignID",
    find=lambda call, state: {"items": _of_campaign(call, state)},
    body=many(_write_recipient),
    readers={"CampaignID": message_number},
    checks={"campaign_unknown": lambda call, state: not _of_campaign(call, state)},
)
