"""What the cases about reports, incoming messages and patterns of Amoot do again and again."""

from __future__ import annotations

from typing import Any

from otp_conformance.case import Feature
from otp_conformance.driver import Driver
from otp_conformance.expect import expect
from otp_conformance.providers.amoot.steps import SEND

DELIVERY, DELIVERIES = "GetDelivery", "GetDeliveries"
MESSAGE, PERIOD = "GetMessage", "GetMessages"
RECIEVED, NEW = "RecieveMessages", "RecieveNewMessages"
CREATE, PATTERNS = "PatternCodeCreate", "PatternCodeList"
ACCOUNT = "AccountStatus"
NEVER = "0001-01-01T00:00:00"
NOBODYS = "123456789"
"""No message of the sandbox has such a low number."""
NOON = "2031-05-02T08:30:00Z"
"""Twelve o'clock in Tehran."""
DAY = "2031-05-02"
CLOCK = [Feature.CLOCK]
MESSAGES = [Feature.CLOCK, Feature.MESSAGES]
INBOX = [Feature.CLOCK, Feature.RENTALS]


async def clock_at(amoot: Driver, now: str = NOON) -> None:
    """Stop the lane's clock at an instant."""
    await amoot.control("PUT", "/clock", {"mode": "frozen", "now": now})


async def sent_id(amoot: Driver, **changes: Any) -> int:
    """Send a code, and give the number of its message."""
    answer = expect(await amoot.call(SEND, **changes), "success")
    found: int = answer.json["Data"]["MessageID"]
    return found


async def reported(amoot: Driver, number: int, state: str) -> None:
    """Bring a message into a state."""
    await amoot.control("POST", f"/messages/{number}/status", {"state": state})


async def data(amoot: Driver, name: str, **changes: Any) -> Any:
    """Make a call that succeeds, and give its data."""
    return expect(await amoot.call(name, **changes), "success").json["Data"]


async def kind(amoot: Driver, number: int) -> Any:
    """Give the delivery type of a message; both reports must agree."""
    single = (await data(amoot, DELIVERY, MessageID=number))["DeliveryType"]
    rows = await data(amoot, DELIVERIES, ListMessageID=number)
    return single if rows[0]["DeliveryType"] == single else (single, rows)


async def arrive(amoot: Driver, *texts: str, line: str = "30001234", sender: str = "09120000000") -> None:
    """Let messages come in at a line."""
    for text in texts:
        await amoot.control("POST", "/inbound", {"provider": "amoot", "from": sender, "to": line, "text": text})


async def texts_of(amoot: Driver, name: str, **changes: Any) -> list[str]:
    """Give the texts of incoming or sent messages."""
    return [row["SMSMessageText"] for row in await data(amoot, name, **changes)]
