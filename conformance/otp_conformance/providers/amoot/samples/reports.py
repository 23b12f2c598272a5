"""How the published bodies of the reports, the incoming messages and the patterns of Amoot come about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from otp_conformance.case import Feature, Tier
from otp_conformance.driver import Driver
from otp_conformance.recipe import Act, Recipe, call

_TIMES: Final = frozenset({"MessageID", "RegDateTime", "SendDateTime", "SentDateTime"})
_PRICES: Final = frozenset(
    {
        "BaseSMS_PersianPrice",
        "BaseSMS_EnglishPrice",
        "ServiceSMS_PersianPrice",
        "ServiceSMS_EnglishPrice",
        "AdsSMS_PersianPrice",
        "AdsSMS_EnglishPrice",
        "Avanak_SecondPrice",
    }
)
_LINE: Final = "500030005"
"""The line of the printed samples."""
_REPORTED: Final = frozenset({Feature.MESSAGES})
_PATCHED: Final = frozenset({Feature.ACCOUNTS})


def _ask_delivery(name: str, field: str, state: str) -> Act:
    """Make the act that sends a text, brings its message into a state, and asks for it."""

    async def act(amoot: Driver) -> str:
        number = (await amoot.call("SendOTP")).json["Data"]["MessageID"]
        await amoot.bring_into(state, number)
        return (await amoot.call(name, **{field: number})).text

    return act


async def _ask_campaign(amoot: Driver) -> str:
    sent = (await amoot.call("SendSimple", Mobiles="9150000000")).json
    await amoot.bring_into("rejected", sent["Data"][0]["MessageID"])
    return (await amoot.call("GetDeliveriesByCampaignID", CampaignID=sent["CampaignID"])).text


async def _ask_account(amoot: Driver) -> str:
    await amoot.account(name="AccountName", credit=25_000, lines=["98", "Public", "Service"])
    return (await amoot.call("AccountStatus")).text


async def _send(amoot: Driver, **changes: Any) -> int:
    """Send a text over the line of the samples."""
    await amoot.account(lines=[_LINE])
    answer = await amoot.call("SendSimple", LineNumber=_LINE, **changes)
    number: int = answer.json["Data"][0]["MessageID"]
    return number


async def _ask_waiting(amoot: Driver) -> str:
    number = await _send(amoot, SendDateTime="2099-01-01 00:00:00")
    return (await amoot.call("GetMessage", MessageID=number)).text


async def _ask_period(amoot: Driver) -> str:
    await _send(amoot)
    return (await amoot.call("GetMessages")).text


def _ask_received(name: str) -> Act:
    """Make the act that lets a message come in, and asks for it."""

    async def act(amoot: Driver) -> str:
        await amoot.account(lines=[_LINE])
        message = {"provider": "amoot", "from": "9120000000", "to": _LINE, "text": "Test"}
        await amoot.control("POST", "/inbound", message)
        return (await amoot.call(name)).text

    return act


async def _create_pattern(amoot: Driver) -> str:
    await amoot.account(patterns=[])
    fields = {"MessageText": "کد تایید شما: %code%", "NumberPatterns": "code", "IsOTP": "true"}
    return (await amoot.call("PatternCodeCreate", **fields)).text


async def _list_patterns(amoot: Driver) -> str:
    pattern = {"id": 1001, "text": "کد تایید شما: %code%", "is_otp": True, "number_patterns": ["code"]}
    await amoot.account(patterns=[pattern])
    return (await amoot.call("PatternCodeList")).text


_INCOMING: Final = frozenset({Feature.ACCOUNTS, Feature.RENTALS})
_OWN_OF_INCOMING: Final = frozenset({"ReceiveMessageID", "RecieveDateTime"})
_WRONG: Final = "wrong"

SAMPLES: Mapping[str, Recipe] = {
    "AccountStatus/success": Recipe(_ask_account, own=_PRICES, needs=_PATCHED),
    "GetDelivery/success": Recipe(
        _ask_delivery("GetDelivery", "MessageID", "failed"), own=_TIMES, needs=_REPORTED, tier=Tier.SENDS
    ),
    "GetDeliveries/success": Recipe(
        _ask_delivery("GetDeliveries", "ListMessageID", "delivered"), own=_TIMES, needs=_REPORTED, tier=Tier.SENDS
    ),
    "GetDeliveries/success.unknown": Recipe(call("GetDeliveries", ListMessageID="123456789")),
    "GetDeliveriesByCampaignID/success": Recipe(_ask_campaign, own=_TIMES, needs=_REPORTED, tier=Tier.SENDS),
    "GetMessage/success": Recipe(
        _ask_waiting, own=frozenset({"MessageID", "RegDateTime"}), needs=_PATCHED, tier=Tier.SENDS
    ),
    "GetMessages/success": Recipe(_ask_period, own=_TIMES, needs=_PATCHED, tier=Tier.SENDS),
    "RecieveMessages/success": Recipe(_ask_received("RecieveMessages"), own=_OWN_OF_INCOMING, needs=_INCOMING),
    "RecieveNewMessages/success": Recipe(_ask_received("RecieveNewMessages"), own=_OWN_OF_INCOMING, needs=_INCOMING),
    "RecieveNewMessages/success.nothing": Recipe(call("RecieveNewMessages"), needs=frozenset({Feature.LANES})),
    "PatternCodeCreate/success": Recipe(
        _create_pattern,
        own=frozenset({"ID"}),
        needs=_PATCHED,
        tier=Tier.SENDS,
        choices={"amoot.pattern-approval": "waits"},
    ),
    "PatternCodeCreate/failed": Recipe(call("PatternCodeCreate", MessageText="Test"), tier=Tier.NOTHING),
    "PatternCodeList/success": Recipe(_list_patterns, needs=_PATCHED),
}
