"""What the cases about status and lists of eSMS do again and again."""

from __future__ import annotations

from typing import Any

from otp_conformance.case import Feature
from otp_conformance.driver import Driver
from otp_conformance.expect import expect
from otp_conformance.providers.esms.steps import GENCODE

BALANCE = "GetBalance_json"
STATUS = "GetSendStatus"
RECEIVERS = "GetSmsReceiverStatus_get"
SENT_DATA = "GetSmsSentData_V2"
BRANDNAMES = "GetListBrandname"
TEMPLATES = "GetTemplate"
MESSAGE = "SendMultipleMessage_V4_post_json"
QUERIES = (BALANCE, STATUS, RECEIVERS, SENT_DATA, BRANDNAMES, TEMPLATES)
CLOCK = [Feature.CLOCK]
MESSAGES = [Feature.CLOCK, Feature.MESSAGES]
NOON = "2031-05-02T05:00:00Z"
"""Twelve o'clock in Vietnam."""
NOON_MS = 1_935_464_400_000
OTHER_TEXT = "Cam on quy khach da su dung dich vu cua chung toi. Chuc quy khach mot ngay tot lanh!"


async def clock_at(esms: Driver, now: str) -> None:
    """Stop the lane's clock at an instant."""
    await esms.control("PUT", "/clock", {"mode": "frozen", "now": now})


async def sent_ref(esms: Driver, **changes: Any) -> str:
    """Send a code, and give the SMSID."""
    answer = expect(await esms.call(GENCODE, **changes), "accepted")
    ref: str = answer.json["SMSID"]
    return ref


async def forced(esms: Driver, ref: str, state: str) -> None:
    """Bring a message into a state."""
    await esms.control("POST", f"/messages/{ref}/status", {"state": state})


async def listed(esms: Driver, **changes: Any) -> list[dict[str, Any]]:
    """List the messages of a period, and give the rows."""
    answer = expect(await esms.call(SENT_DATA, **changes), "sent_data_told")
    rows: list[dict[str, Any]] = answer.json["SentData"]
    return rows


async def refs(esms: Driver, **changes: Any) -> list[str]:
    """List the messages of a period, and give their SMSIDs."""
    return [row["ReferenceId"] for row in await listed(esms, **changes)]
