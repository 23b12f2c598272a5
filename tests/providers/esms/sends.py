"""Messages of an eSMS lane: sends that tests make again and again, and messages that were never sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
from tests.providers.esms.conftest import JSON_SEND, KEYS, MULTI_CHANNEL

from equipment.messages import message
from otp_sandbox.domain.messages import REFUSED, Refused
from otp_sandbox.domain.record import replace

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

    from otp_sandbox.domain.messages import Message, MessageState

PHONE = "+84901888484"
REF = "82b0bb8aed914a0aab8deba567c9b8c2"
SENT_AFTER = timedelta(milliseconds=100)
"""What is kept was sent so long after it was made, and is in its last state after twice this time."""
TEXT = "686868 la ma xac minh dang ky Baotrixemay cua ban"
DUPLICATE = '{"CodeResult":"124","CountRegenerate":0,"ErrorMessage":"Request exist 1"}'
HEX_ID = "[0-9a-f]{32}"
GUID_ID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}[1-9][0-9]{1,3}"
ANY_ID = f"{HEX_ID}(?:[1-9][0-9]{{1,3}})?|{GUID_ID}"
ACCEPTED = re.compile(rf'\{{"CodeResult":"100","CountRegenerate":0,"SMSID":"({ANY_ID})"\}}')
MISMATCH = re.compile(
    r'\{"CodeResult":"146","CountRegenerate":0,"ErrorMessage":"Sai template Brandname CSKH",'
    rf'"SMSID":"({ANY_ID})"\}}'
)
ZALO = {"TempID": "205644", "Params": ["686868"], "OAID": "4097311281936189049"}
SMS = {"Content": TEXT, "SmsType": "2", "Brandname": "Baotrixemay"}


def ref_of(body: str) -> str:
    """Give the SMSID of an answer."""
    ref: str = orjson.loads(body)["SMSID"]
    return ref


def duplicate_of(send_status: int) -> str:
    """Write the refusal that the JSON form gives of a RequestId that was used."""
    return f'{DUPLICATE[:-1]},"SendStatus":"{send_status}"}}'


async def send(lane: Lane, name: str = JSON_SEND, **changes: str | None) -> str:
    """Send, and give the SMSID."""
    body = await lane.call(name, **changes)
    found = ACCEPTED.fullmatch(body)
    assert found is not None, body
    return found.group(1)


async def message_of(lane: Lane, sms_id: str) -> Message:
    """Give the message of an SMSID."""
    [message] = [each for each in await lane.messages() if each.id == sms_id]
    return message


def channels(zalo: Mapping[str, Any] | None = None, sms: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Give the fields of a request over two channels; a member None is left out."""
    data = [
        {name: value for name, value in {**usual, **(changes or {})}.items() if value is not None}
        for usual, changes in ((ZALO, zalo), (SMS, sms))
    ]
    return {**KEYS, "Phone": "0901888484", "Channels": "zalo,sms", "Data": orjson.dumps(data).decode()}


async def multi(lane: Lane, zalo: Mapping[str, Any] | None = None, sms: Mapping[str, Any] | None = None) -> str:
    """Send over two channels, and give the body of the answer."""
    return (await lane.reply(MULTI_CHANNEL, channels(zalo, sms))).body.decode()


async def multi_sent(lane: Lane, zalo: Mapping[str, Any] | None = None, sms: Mapping[str, Any] | None = None) -> str:
    """Send over two channels, and give the SMSID."""
    body = await multi(lane, zalo, sms)
    found = ACCEPTED.fullmatch(body)
    assert found is not None, body
    return found.group(1)


async def force(lane: Lane, message_id: str, state: MessageState) -> None:
    """Let a delivery report come now, as the control API does."""
    await lane.report(await message_of(lane, message_id), state)
    await lane.settle()


async def keep(lane: Lane, state: MessageState = "sent", **changes: Any) -> Message:
    """Put a message of now at the end of the log, and give it: sent a moment later, and soon in its last state."""
    way: list[MessageState] = ["queued"] if state == "queued" else ["queued", "sent"]
    way += [] if state in way else [state]
    usual = {"id": REF, "provider": "esms", "to": PHONE, "text": "Cam on quy khach", "price": 850}
    kept = message(*((each, lane.now + step * SENT_AFTER) for step, each in enumerate(way)), **{**usual, **changes})
    await lane.keep(kept)
    return kept


async def keep_refused(lane: Lane, **changes: Any) -> Refused:
    """Put a late refusal of now into its log."""
    refused = replace(Refused(REF, "esms", PHONE, lane.now), **changes)
    await lane.write({(REFUSED, refused.id): refused})
    return refused
