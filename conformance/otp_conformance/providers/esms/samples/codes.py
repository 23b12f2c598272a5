"""How the published bodies of eSMS come about."""

from __future__ import annotations

from collections.abc import Mapping

from otp_conformance.case import Feature, Tier
from otp_conformance.driver import Driver
from otp_conformance.providers.esms.names import CHECKCODE, GENCODE, PHONE
from otp_conformance.recipe import Recipe, call

SENT = frozenset({"SMSID"})


async def _check_right_code(esms: Driver) -> str:
    await esms.call(GENCODE)
    return (await esms.call(CHECKCODE, Code=await esms.code_sent_to(PHONE))).text


SAMPLES: Mapping[str, Recipe] = {
    f"{GENCODE}/template_mismatch": Recipe(call(GENCODE, message="x"), own=SENT, tier=Tier.SENDS),
    f"{CHECKCODE}/code_valid": Recipe(_check_right_code, needs=frozenset({Feature.READ_CODE}), tier=Tier.SENDS),
    f"{CHECKCODE}/code_invalid": Recipe(call(CHECKCODE), choices={"esms.refused-code": "117"}),
}
