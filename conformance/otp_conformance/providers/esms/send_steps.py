"""What the cases about sends of eSMS do again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from otp_conformance.case import Feature
from otp_conformance.driver import Driver
from otp_conformance.expect import Unexpected, expect, matches
from otp_conformance.providers.esms import GET_SEND, JSON_SEND, MULTI_CHANNEL
from otp_conformance.response import Response

TEXT = "686868 la ma xac minh dang ky Baotrixemay cua ban"
ANY = {"Brandname": "Sandbox"}
VOICE: dict[str, Any] = {"SmsType": "8", "Content": "686868", "Brandname": None}
SMS_ID = "[0-9a-zA-Z-]{31,42}"
MESSAGES = [Feature.MESSAGES]
CLOCK = [Feature.CLOCK, Feature.MESSAGES]
NOBODY_LISTENS = "http://127.0.0.1:9/"
DUPLICATE = '{"CodeResult":"124","CountRegenerate":0,"ErrorMessage":"Request exist 1"}'


async def sent(esms: Driver, name: str = JSON_SEND, **changes: Any) -> str:
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


async def message(esms: Driver, sms_id: str) -> dict[str, Any]:
    """Read the message of an SMSID.

    Raises:
        Unexpected: there is none.
    """
    found = [each for each in await esms.messages() if each["id"] == sms_id]
    if not found:
        raise Unexpected([f"a message {sms_id}"], "none")
    return found[0]


async def forced(esms: Driver, sms_id: str, state: str) -> None:
    """Bring a message into a state."""
    await esms.control("POST", f"/messages/{sms_id}/status", {"state": state})


async def status(esms: Driver, sms_id: str) -> int | None:
    """Ask for the state of a message, as a client does."""
    answer = await esms.call("GetSendStatus", RefId=sms_id)
    found: int | None = answer.json.get("SendStatus")
    return found


async def balance(esms: Driver) -> int:
    """Read the balance."""
    held: int = (await esms.account_now())["balance"]
    return held


async def clock_at(esms: Driver, now: str) -> None:
    """Stop the lane's clock at an instant."""
    await esms.control("PUT", "/clock", {"mode": "frozen", "now": now})


async def told(esms: Driver) -> list[dict[str, Any]]:
    """List the callbacks. An advance, and a forced state, are over when the first attempts are."""
    found: list[dict[str, Any]] = (await esms.control("GET", "/callbacks"))["callbacks"]
    return found


async def told_meanwhile(esms: Driver, count: int) -> list[dict[str, Any]]:
    """List the callbacks that go out while a send is answered, once so many were tried or five seconds are over."""
    found: list[dict[str, Any]] = []
    for _ in range(100):
        found = await told(esms)
        if sum(bool(each["attempts"]) for each in found) >= count:
            break
        await asyncio.sleep(0.05)
    return found


def fields_of(callback: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give the fields in the query of a callback, in their order."""
    return parse_qsl(urlsplit(callback["url"]).query, keep_blank_values=True)


async def is_duplicate(esms: Driver, request_id: str, name: str = GET_SEND, **changes: Any) -> bool:
    """Whether a request with an id is refused as a duplicate; if it is not, it must be accepted."""
    answer = expect(await esms.call(name, RequestId=request_id, **changes), "accepted", "duplicate_request")
    return "SMSID" not in answer.json
