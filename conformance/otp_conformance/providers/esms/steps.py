"""What the cases of eSMS do again and again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from otp_conformance.case import Feature
from otp_conformance.derived.answers import PLAIN_ROLES
from otp_conformance.driver import XML, Driver
from otp_conformance.expect import Unexpected, expect, matches
from otp_conformance.providers.esms.names import GENCODE, GET_SEND, JSON_SEND, MULTI_CHANNEL, PHONE, TEXT
from otp_conformance.response import Response
from otp_conformance.rooms import spec_of

OTHER = "0912345678"
ANY_TEXT = {"Brandname": "Sandbox", "message": "{OTP}"}
OTHER_TEXT = "Cam on quy khach da su dung dich vu cua chung toi. Chuc quy khach mot ngay tot lanh!"
ANY = {"Brandname": "Sandbox"}
VOICE: dict[str, Any] = {"SmsType": "8", "Content": "686868", "Brandname": None}
SMS_ID = "[0-9a-zA-Z-]{31,42}"
DUPLICATE = '{"CodeResult":"124","CountRegenerate":0,"ErrorMessage":"Request exist 1"}'
NOON = "2031-05-02T05:00:00Z"
"""Twelve o'clock in Vietnam."""
NOON_MS = 1_935_464_400_000

CODE = [Feature.READ_CODE]
ACCOUNTS = [Feature.ACCOUNTS]
MESSAGES = [Feature.MESSAGES]
CLOCK = [Feature.CLOCK]
MOVED = [Feature.CLOCK, Feature.MESSAGES]

BALANCE = "GetBalance_json"
STATUS = "GetSendStatus"
RECEIVERS = "GetSmsReceiverStatus_get"
SENT_DATA = "GetSmsSentData_V2"
BRANDNAMES = "GetListBrandname"
TEMPLATES = "GetTemplate"
QUERIES = {
    each.name: each for each in spec_of("esms").operations if each.role in PLAIN_ROLES and XML not in each.bodies
}
"""What only tells something, as JSON: a new one has its row in all that is said of them together."""


async def send_code(esms: Driver, **changes: str | None) -> str:
    """Send a code and read it."""
    expect(await esms.call(GENCODE, **changes), "accepted")
    return await esms.code_sent_to(changes.get("Phone") or PHONE)


async def send_ref(esms: Driver, **changes: Any) -> str:
    """Send a code, and give the SMSID."""
    ref: str = expect(await esms.call(GENCODE, **changes), "accepted").json["SMSID"]
    return ref


async def send_message(esms: Driver, name: str = JSON_SEND, **changes: Any) -> str:
    """Send a message, and give its SMSID."""
    return sms_id_of(await esms.call(name, **changes))


def sms_id_of(answer: Response) -> str:
    """Give the SMSID of an acceptance."""
    sms_id: str = expect(answer, "accepted").json["SMSID"]
    matches(sms_id, SMS_ID, "SMSID")
    return sms_id


def data(zalo: Mapping[str, Any] | None = None, sms: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give the data of both channels with changes; None leaves a member out."""
    usual: tuple[dict[str, Any], ...] = (
        {"TempID": "205644", "Params": ["686868"], "OAID": "4097311281936189049"},
        {"Content": TEXT, "SmsType": "2", "Brandname": "Baotrixemay"},
    )
    objects = [{**held, **(changes or {})} for held, changes in zip(usual, (zalo, sms), strict=True)]
    return {"Data": [{key: value for key, value in held.items() if value is not None} for held in objects]}


async def multi(esms: Driver, zalo: Mapping[str, Any] | None = None, sms: Mapping[str, Any] | None = None) -> Response:
    """Send over two channels."""
    return await esms.call(MULTI_CHANNEL, **data(zalo, sms))


async def read_message(esms: Driver, sms_id: str) -> dict[str, Any]:
    """Read the message of an SMSID.

    Raises:
        Unexpected: there is none.
    """
    found = [each for each in await esms.messages() if each["id"] == sms_id]
    if not found:
        raise Unexpected([f"a message {sms_id}"], "none")
    return found[0]


async def ask_status(esms: Driver, sms_id: str) -> int | None:
    """Ask for the state of a message, as a client does."""
    found: int | None = (await esms.call(STATUS, RefId=sms_id)).json.get("SendStatus")
    return found


async def list_messages(esms: Driver, **changes: Any) -> list[dict[str, Any]]:
    """List the messages of a period, and give the rows."""
    rows: list[dict[str, Any]] = expect(await esms.call(SENT_DATA, **changes), "sent_data_told").json["SentData"]
    return rows


async def list_refs(esms: Driver, **changes: Any) -> list[str]:
    """List the messages of a period, and give their SMSIDs."""
    return [row["ReferenceId"] for row in await list_messages(esms, **changes)]


async def read_balance(esms: Driver) -> int:
    """Read the balance."""
    held: int = (await esms.account_now())["balance"]
    return held


def fields_of(callback: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give the fields in the query of a callback, in their order."""
    return parse_qsl(urlsplit(callback["url"]).query, keep_blank_values=True)


async def is_duplicate(esms: Driver, request_id: str, name: str = GET_SEND, **changes: Any) -> bool:
    """Whether a request with an id is refused as a duplicate; if it is not, it must be accepted."""
    answer = expect(await esms.call(name, RequestId=request_id, **changes), "accepted", "duplicate_request")
    return "SMSID" not in answer.json
