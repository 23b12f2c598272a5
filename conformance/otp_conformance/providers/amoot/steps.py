"""What the cases of Amoot do again and again."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any

from otp_conformance.case import Feature
from otp_conformance.driver import Driver
from otp_conformance.expect import expect
from otp_conformance.good_calls import good_fields
from otp_conformance.rooms import spec_of

SEND = "SendOTP"
GOOD = good_fields(spec_of("amoot"), SEND)
TEHRAN = timezone(timedelta(hours=3, minutes=30))
MESSAGES = [Feature.MESSAGES]
DELIVERY, DELIVERIES, CAMPAIGN = "GetDelivery", "GetDeliveries", "GetDeliveriesByCampaignID"
MESSAGE, PERIOD = "GetMessage", "GetMessages"
RECIEVED, NEW = "RecieveMessages", "RecieveNewMessages"
CREATE, PATTERNS = "PatternCodeCreate", "PatternCodeList"
ACCOUNT, INFO = "AccountStatus", "AccountInfo"
PEERS = "SendPeerToPeer"
NEVER = "0001-01-01T00:00:00"
NOON = "2031-05-02T08:30:00Z"
"""Twelve o'clock in Tehran."""
DAY = "2031-05-02"
IN_CLEAR = {"amoot.code-returned": "clear"}
REFUSED = {"amoot.credit": "refused"}
ACCOUNTS = [Feature.ACCOUNTS]
CLOCK = [Feature.CLOCK]
MOVED = [Feature.CLOCK, Feature.MESSAGES]
INBOX = [Feature.CLOCK, Feature.RENTALS]


def credential(amoot: Driver, name: str) -> str:
    """Give a credential of the lane."""
    return amoot.world.credentials["amoot"][name]


def without_token(amoot: Driver, **changes: str | None) -> dict[str, str]:
    """Give the fields of a good call without its token."""
    return amoot.fields(SEND, {"Token": None, **changes})


async def latest_message(amoot: Driver) -> dict[str, object]:
    """Give the newest message of the lane."""
    return (await amoot.messages())[-1]


async def send_id(amoot: Driver, **changes: Any) -> int:
    """Send a code, and give the number of its message."""
    answer = expect(await amoot.call(SEND, **changes), "success")
    found: int = answer.json["Data"]["MessageID"]
    return found


async def ask_data(amoot: Driver, name: str, **changes: Any) -> Any:
    """Make a call that succeeds, and give its data."""
    return expect(await amoot.call(name, **changes), "success").json["Data"]


async def ask_type(amoot: Driver, number: int) -> Any:
    """Give the delivery type of a message; both reports must agree."""
    single = (await ask_data(amoot, DELIVERY, MessageID=number))["DeliveryType"]
    rows = await ask_data(amoot, DELIVERIES, ListMessageID=number)
    return single if rows[0]["DeliveryType"] == single else (single, rows)


async def let_arrive(amoot: Driver, *texts: str, line: str = "30001234", sender: str = "09120000000") -> None:
    """Let messages come in at a line."""
    for text in texts:
        await amoot.control("POST", "/inbound", {"provider": "amoot", "from": sender, "to": line, "text": text})


async def ask_texts(amoot: Driver, name: str, **changes: Any) -> list[str]:
    """Give the texts of incoming or sent messages."""
    return [row["SMSMessageText"] for row in await ask_data(amoot, name, **changes)]
