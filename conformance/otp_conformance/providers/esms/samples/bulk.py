"""How the published bodies of lists of phones, calls and registrations of eSMS come about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from otp_conformance.case import Feature, Tier
from otp_conformance.driver import Driver
from otp_conformance.providers.esms.names import (
    ADVERTISING,
    ADVERTISING_SUMMARY,
    CALL_STATUS,
    SUMMARY,
    TEMPLATE_CALL,
    XML_ADVERTISING,
)
from otp_conformance.recipe import Recipe, call

_MONEY: Final = frozenset({"TotalPrice"})


async def _ask_answered(esms: Driver) -> str:
    made = (await esms.call(TEMPLATE_CALL)).json["SMSID"]
    await esms.advance("5s")
    return (await esms.call(CALL_STATUS, ReferenceId=made)).text


def _twice(name: str) -> Recipe:
    async def act(esms: Driver) -> str:
        used = f"twice {esms.mark}"
        await esms.call(name, RequestId=used)
        return (await esms.call(name, RequestId=used)).text

    return Recipe(act, tier=Tier.SENDS)


SAMPLES: Final[Mapping[str, Recipe]] = {
    **{f"{name}/duplicate_request": _twice(name) for name in (ADVERTISING, XML_ADVERTISING)},
    f"{SUMMARY}/summary_told": Recipe(call(SUMMARY), own=_MONEY),
    f"{ADVERTISING_SUMMARY}/summary_told": Recipe(call(ADVERTISING_SUMMARY), own=_MONEY | frozenset({"TotalReceiver"})),
    f"{CALL_STATUS}/call_told": Recipe(
        _ask_answered, own=frozenset({"ReferenceId"}), needs=frozenset({Feature.CLOCK}), tier=Tier.WAITS
    ),
}
