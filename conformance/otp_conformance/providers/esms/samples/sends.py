"""How the published bodies of the sends of eSMS come about, besides GENCODE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from otp_conformance.case import Feature, Tier
from otp_conformance.driver import Driver
from otp_conformance.providers.esms.names import (
    FORM_SEND,
    GET_SEND,
    JSON_SEND,
    MULTI_CHANNEL,
    XML_SEND,
)
from otp_conformance.recipe import Act, Recipe, call

_SENT: Final = frozenset({"SMSID"})
_VOICE: Final = {"SmsType": "8", "Content": "686868", "Brandname": None}
_REQUEST_ID: Final = "c82cd356-bf49-4113-9466-65a7f6359c96"


def _acceptance(name: str, **changes: str | None) -> Recipe:
    return Recipe(call(name, **changes), own=_SENT, tier=Tier.SENDS)


def _send_twice(name: str, *, later: str | None = None) -> Act:
    async def act(esms: Driver) -> str:
        await esms.call(name, RequestId=_REQUEST_ID)
        if later is not None:
            await esms.advance(later)
        return (await esms.call(name, RequestId=_REQUEST_ID)).text

    return act


def _send_raw(text: str) -> Act:
    """Make the act of sending a body as it is."""

    async def act(esms: Driver) -> str:
        headers = {"Content-Type": "application/json"}
        return (await esms.request(JSON_SEND, {}, raw_body=text, headers=headers)).text

    return act


async def _send_unreadable_form(esms: Driver) -> str:
    headers = {"Content-Type": "application/octet-stream"}
    return (await esms.request(FORM_SEND, {}, raw_body="x", headers=headers)).text


async def _send_other_template(esms: Driver) -> str:
    zalo, sms = esms.fields(MULTI_CHANNEL, {})["Data"]
    return (await esms.call(MULTI_CHANNEL, Data=[{**zalo, "TempID": "1"}, sms])).text


SAMPLES: Final[Mapping[str, Recipe]] = {
    f"{JSON_SEND}/accepted.voice": _acceptance(JSON_SEND, **_VOICE),
    f"{GET_SEND}/accepted.voice": _acceptance(GET_SEND, **_VOICE),
    f"{JSON_SEND}/duplicate_request": Recipe(
        _send_twice(JSON_SEND, later="2s"), needs=frozenset({Feature.CLOCK}), tier=Tier.SENDS
    ),
    f"{GET_SEND}/duplicate_request": Recipe(_send_twice(GET_SEND), tier=Tier.SENDS),
    f"{XML_SEND}/duplicate_request": Recipe(_send_twice(XML_SEND), tier=Tier.SENDS),
    f"{JSON_SEND}/template_mismatch": Recipe(call(JSON_SEND, Content="x"), own=_SENT, tier=Tier.SENDS),
    f"{JSON_SEND}/invalid_request": Recipe(_send_raw('{"ApiKey": // none\n""}'), tier=Tier.NOTHING),
    f"{FORM_SEND}/invalid_request": Recipe(_send_unreadable_form, tier=Tier.NOTHING),
    f"{MULTI_CHANNEL}/template_not_configured": Recipe(_send_other_template, tier=Tier.NOTHING),
}
