"""How the published bodies of the sends to banks, of prices and of the black list of Amoot come about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from otp_conformance.case import Feature, Tier
from otp_conformance.driver import Driver
from otp_conformance.providers.amoot.samples.sends import DRAWN
from otp_conformance.recipe import Act, Recipe, call

_PATCHED: Final = frozenset({Feature.ACCOUNTS})
_BANKS: Final = (
    {"id": 1, "title": "استان تهران", "count": 350_000},
    {"id": 11, "title": "تهران", "count": 280_000, "parent": 1},
    {"id": 111, "title": "منطقه 1", "count": 15_000, "parent": 11},
    {"id": 112, "title": "منطقه 2", "count": 18_000, "parent": 11},
    {"id": 12, "title": "ری", "count": 20_000, "parent": 1},
    {"id": 2, "title": "استان اصفهان", "count": 210_000},
)
"""The banks of the printed sample."""


def _call_with(name: str, patch: Mapping[str, Any], **changes: Any) -> Act:
    """Make the act that changes the account, and makes a call."""

    async def act(amoot: Driver) -> str:
        await amoot.account(**patch)
        return (await amoot.call(name, **changes)).text

    return act


_TREE: Final = Recipe(
    _call_with("GetBankTree", {"banks": _BANKS}), needs=_PATCHED, choices={"amoot.bank-tree": "as-described"}
)
_PATTERN: Final = Recipe(
    _call_with("CalculatePatternMessagePrice", {"price": 1500}),
    needs=_PATCHED,
    choices={"amoot.pattern-price": "number"},
)


def _of_bank(name: str, rows: str) -> Recipe:
    own = frozenset({*DRAWN, "Mobile", "Number"})
    return Recipe(call(name), own=own, tier=Tier.SENDS, choices={"amoot.bank-rows": rows})


SAMPLES: Mapping[str, Recipe] = {
    "GetBankTree/success": _TREE,
    "GetBankTree/success.printed": replace(_TREE, choices={"amoot.bank-tree": "as-printed"}),
    "SendWithBackupLine/success": Recipe(call("SendWithBackupLine"), own=DRAWN, tier=Tier.SENDS),
    "SendBank/success": _of_bank("SendBank", "as-sends"),
    "SendBank/success.printed": _of_bank("SendBank", "as-printed"),
    "SendBankWithBackupLine/success": _of_bank("SendBankWithBackupLine", "as-sends"),
    "SendBankWithBackupLine/success.printed": _of_bank("SendBankWithBackupLine", "as-printed"),
    "CalculateMessagePrice/success": Recipe(
        _call_with("CalculateMessagePrice", {"price": 1113}, Mobiles="9120000000,9150000000,9190000000"), needs=_PATCHED
    ),
    "CalculatePatternMessagePrice/success": _PATTERN,
    "CalculatePatternMessagePrice/success.object": replace(_PATTERN, choices={"amoot.pattern-price": "object"}),
    "IsBlackList_ByCancelation/success": Recipe(call("IsBlackList_ByCancelation", Mobile="9123456789")),
}
