"""Sends of an eSMS lane that tests make again and again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson
from tests.providers.esms.conftest import JSON_SEND, KEYS, MULTI_CHANNEL

from otp_sandbox.domain.messages import forced
from otp_sandbox.domain.store import Change

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

    from otp_sandbox.domain.messages import Message, MessageState

PHONE = "+84901888484"
TEXT = "686868 la ma xac minh dang ky Baotrixemay cua ban"
DUPLICATE = '{"CodeResult":"124","CountRegenerate":0,"ErrorMessage":"Request exist 1"}'
ACCEPTED = re.compile(r'\{"CodeResult":"100","CountRegenerate":0,"SMSID":"([0-9a-f]{32})"\}')
MISMATCH = re.compile(
    r'\{"CodeResult":"146","CountRegenerate":0,"ErrorMessage":"Sai template Brandname CSKH","SMSID":"[0-9a-f]{32}"\}'
)
ZALO = {"TempID": "205644", "Params": ["686868"], "OAID": "4097311281936189049"}
SMS = {"Content": TEXT, "SmsType": "2", "Brandname": "Baotrixemay"}


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
    event = forced(await message_of(lane, message_id), state, lane.now)
    await lane.store.decide("lane", lambda _: Change(None, due=[event]))
    await lane.settle()
