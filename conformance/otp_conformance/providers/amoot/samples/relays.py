"""How the published bodies of the relays of Amoot come about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from otp_conformance.case import Feature, Tier
from otp_conformance.driver import Driver
from otp_conformance.recipe import Act, Recipe

_PATCHED: Final = frozenset({Feature.ACCOUNTS})
_DELIVERY: Final = {
    "id": 99,
    "url": "https://mysite.com/relaymessagedelivery",
    "registered_at": "2015-10-21T14:53:30.56+03:30",
}
_RECEIVE: Final = {
    "id": 999,
    "url": "http://mysite.com/relayrecievemessage",
    "registered_at": "2015-10-21T14:50:13.72+03:30",
}


def _with_relays(name: str, held: str, relay: Mapping[str, Any], **changes: Any) -> Act:
    """Make the act of a call of an account that has one relay."""

    async def act(amoot: Driver) -> str:
        await amoot.account(**{held: [relay]})
        return (await amoot.call(name, **changes)).text

    return act


def _recipe(name: str, held: str, relay: Mapping[str, Any], **changes: Any) -> Recipe:
    return Recipe(_with_relays(name, held, relay, **changes), needs=_PATCHED, tier=Tier.SENDS)


SAMPLES: Mapping[str, Recipe] = {
    "RelayMessageDeliveryCreate/success": _recipe(
        "RelayMessageDeliveryCreate", "delivery_relays", {**_DELIVERY, "id": 98}
    ),
    "RelayMessageDeliveryList/success": _recipe("RelayMessageDeliveryList", "delivery_relays", _DELIVERY),
    "RelayMessageDeliverySetActive/success": _recipe(
        "RelayMessageDeliverySetActive", "delivery_relays", _DELIVERY, RelayMessageDeliveryID="99"
    ),
    "RelayRecieveMessageCreate/success": _recipe(
        "RelayRecieveMessageCreate", "receive_relays", {**_RECEIVE, "id": 998}
    ),
    "RelayRecieveMessageList/success": _recipe("RelayRecieveMessageList", "receive_relays", _RECEIVE),
    "RelayRecieveMessageSetActive/success": _recipe(
        "RelayRecieveMessageSetActive", "receive_relays", _RECEIVE, RelayRecieveMessageID="999"
    ),
}
