"""How the published bodies of Amoot come about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from otp_conformance.case import Feature, Tier
from otp_conformance.driver import Driver
from otp_conformance.providers.amoot.steps import IN_CLEAR
from otp_conformance.recipe import Act, Recipe, call, published_bodies

DRAWN = frozenset({"MessageID", "CampaignID", "Price"})


async def _send_to_two(amoot: Driver) -> str:
    text = published_bodies(amoot.provider)["SendSimple/success"]["MessageText"]
    return (await amoot.call("SendSimple", SMSMessageText=text, Mobiles="9120000000,9150000000")).text


def _send_pattern(name: str) -> Act:
    """Make the act that sends the text of a sample as a pattern with one variable."""

    async def act(amoot: Driver) -> str:
        text = published_bodies(amoot.provider)[f"{name}/success"]["MessageText"]
        await amoot.account(patterns=[{"id": 1001, "text": text.replace("4821", "%code%")}])
        return (await amoot.call(name)).text

    return act


_PATTERNS = Recipe(
    _send_pattern("SendWithPattern"),
    own=DRAWN,
    needs=frozenset({Feature.ACCOUNTS}),
    tier=Tier.SENDS,
    choices={"amoot.pattern-answer": "sendsimple"},
)

SAMPLES: Mapping[str, Recipe] = {
    "SendQuickOTP/success": Recipe(
        call("SendQuickOTP", CodeLength="6", OptionalCode="738214"),
        own=frozenset({"MessageID"}),
        tier=Tier.SENDS,
        choices=IN_CLEAR,
    ),
    "SendSimple/success": Recipe(_send_to_two, own=DRAWN, tier=Tier.SENDS),
    "SendSimple_REST/success": Recipe(call("SendSimple_REST"), own=DRAWN, tier=Tier.SENDS),
    "SendWithPattern/success": _PATTERNS,
    "SendWithPattern/success.rows": replace(_PATTERNS, choices={"amoot.pattern-answer": "rows"}),
    "SendWithPatternOWN/success": replace(_PATTERNS, act=_send_pattern("SendWithPatternOWN")),
}
