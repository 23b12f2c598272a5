"""How the published bodies of the sends of eSMS come about, besides GENCODE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from otp_conformance.case import Feature, Tier
from otp_conformance.driver import Driver
from otp_conformance.providers.esms.names import GET_SEND, JSON_SEND
from otp_conformance.recipe import Recipe, call

_SENT: Final = frozenset({"SMSID"})
_VOICE: Final = {"SmsType": "8", "Content": "686868", "Brandname": None}
_REQUEST_ID: Final = "c82cd356-bf49-4113-9466-65a7f6359c96"


def _acceptance(name: str, **changes: str | None) -> Recipe:
    return Recipe(call(name, **changes), own=_SENT, tier=Tier.SENDS)


async def _send_twice(esms: Driver) -> str:
    await esms.call(JSON_SEND, RequestId=_REQUEST_ID)
    await esms.advance("2s")
    return (await esms.call(JSON_SEND, RequestId=_REQUEST_ID)).text


SAMPLES: Final[Mapping[str, Recipe]] = {
    f"{JSON_SEND}/accepted.voice": _acceptance(JSON_SEND, **_VOICE),
    f"{GET_SEND}/accepted.voice": _acceptance(GET_SEND, **_VOICE),
    f"{JSON_SEND}/duplicate_request": Recipe(_send_twice, needs=frozenset({Feature.CLOCK}), tier=Tier.SENDS),
    f"{JSON_SEND}/template_mismatch": Recipe(call(JSON_SEND, Content="x"), own=_SENT, tier=Tier.SENDS),
}
