"""How the published bodies of Amoot come about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from otp_conformance.case import Feature, Tier
from otp_conformance.driver import Driver
from otp_conformance.providers.amoot import report_samples
from otp_conformance.samples import Act, Recipe, call, documented

DRAWN = frozenset({"MessageID", "CampaignID", "Price"})


async def _text_to_two(amoot: Driver) -> str:
    text = documented(amoot.spec)["SendSimple/success"]["MessageText"]
    return (await amoot.call("SendSimple", SMSMessageText=text, Mobiles="9120000000,9150000000")).text


def _pattern(name: str) -> Act:
    """Make the act that sends the text of a sample as a pattern with one variable."""

    async def act(amoot: Driver) -> str:
        text = documented(amoot.spec)[f"{name}/success"]["MessageText"]
        await amoot.account(patterns=[{"id": 1001, "text": text.replace("4821", "%code%")}])
        return (await amoot.call(name)).text

    return act


_PATTERNS = Recipe(_pattern("SendWithPattern"), own=DRAWN, needs=frozenset({Feature.ACCOUNTS}), tier=Tier.SENDS)

RECIPES: Mapping[str, Recipe] = {
    "SendOTP/success": Recipe(call("SendOTP"), own=frozenset({"MessageID", "Code"}), tier=Tier.SENDS),
    "SendOTP/token_not_exists": Recipe(call("SendOTP", Token=None), tier=Tier.NOTHING),
    "SendQuickOTP/success": Recipe(
        call("SendQuickOTP", CodeLength="6", OptionalCode="738214"), own=frozenset({"MessageID"}), tier=Tier.SENDS
    ),
    "SendQuickOTP/mobile_invalid": Recipe(call("SendQuickOTP", Mobile="1"), tier=Tier.NOTHING),
    "SendSimple/success": Recipe(_text_to_two, own=DRAWN, tier=Tier.SENDS),
    "SendSimple/sms_message_text_empty": Recipe(call("SendSimple", SMSMessageText=None), tier=Tier.NOTHING),
    "SendWithPattern/success": _PATTERNS,
    "SendWithPattern/success.rows": _PATTERNS,
    "SendWithPatternOWN/success": replace(_PATTERNS, act=_pattern("SendWithPatternOWN")),
    "SendPeerToPeer/success": Recipe(call("SendPeerToPeer"), own=frozenset({"ID"}), tier=Tier.SENDS),
    "SendPeerToPeer/token_not_exists": Recipe(call("SendPeerToPeer", Token=None), tier=Tier.NOTHING),
    **report_samples.RECIPES,
}

CHOICES: Mapping[str, Mapping[str, str]] = {
    "SendOTP/success": {"amoot.status-format": "name"},
    "SendOTP/token_not_exists": {"amoot.status-format": "name"},
    "SendQuickOTP/success": {"amoot.status-format": "name"},
    "SendQuickOTP/mobile_invalid": {"amoot.status-format": "name"},
    "SendSimple/success": {"amoot.status-format": "name"},
    "SendSimple/sms_message_text_empty": {"amoot.status-format": "name"},
    "SendWithPattern/success": {"amoot.status-format": "name", "amoot.pattern-answer": "sendsimple"},
    "SendWithPattern/success.rows": {"amoot.status-format": "name", "amoot.pattern-answer": "rows"},
    "SendWithPatternOWN/success": {"amoot.status-format": "name", "amoot.pattern-answer": "sendsimple"},
    "SendPeerToPeer/success": {"amoot.status-format": "name"},
    "SendPeerToPeer/token_not_exists": {"amoot.status-format": "name"},
    **report_samples.CHOICES,
}
"""Choices that a sample needs."""
