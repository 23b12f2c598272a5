"""Layer 3, documented samples: every published body is produced again, in key order, types and texts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from conformance.case import Case, Feature, Level, Tier
from conformance.driver import Driver
from conformance.expect import Unexpected
from specs import Spec
from specs.lint import samples

Act = Callable[[Driver], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a sample comes about, what it needs, and which of its values are the world's own."""

    act: Act
    own: frozenset[str] = frozenset()
    needs: frozenset[Feature] = frozenset()
    tier: Tier = Tier.READS


def documented(spec: Spec) -> dict[str, Any]:
    """Give the published bodies of a spec by `operation/example`."""
    return {
        f"{operation_id.partition('.')[0]}/{place.rpartition('/')[2]}": body
        for operation_id, place, _, body in samples(spec)
    }


def compare(sample: Any, text: str, own: frozenset[str]) -> None:
    """Hold an answer against a sample: the same keys in the same order, the same types, the same values but its own.

    Raises:
        Unexpected: it departs; the first place is named.
    """
    try:
        actual = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Unexpected(["JSON"], text[:200]) from error
    problem = _departs(sample, actual, own, "body")
    if problem is not None:
        raise Unexpected([problem], text[:500])


def _departs(sample: Any, actual: Any, own: frozenset[str], place: str) -> str | None:
    if isinstance(sample, Mapping):
        if not isinstance(actual, dict) or list(actual) != list(sample):
            return f"{place} with the keys {', '.join(sample)}"
        problems = (
            None if key in own and _alike(value, actual[key]) else _departs(value, actual[key], own, f"{place}.{key}")
            for key, value in sample.items()
        )
        return next(filter(None, problems), None)
    if isinstance(sample, list):
        if not isinstance(actual, list) or not actual:
            return f"{place} as a list"
        return _departs(sample[0], actual[0], own, f"{place}[0]")
    if not _alike(sample, actual):
        return f"{place} as {type(sample).__name__}"
    return None if sample == actual else f"{place} {sample!r}"


def _alike(sample: Any, actual: Any) -> bool:
    """Whether two values are of one type on the wire; numbers with a point are decimal in the spec."""
    if isinstance(sample, bool) or sample is None or isinstance(sample, str):
        return type(sample) is type(actual)
    if isinstance(sample, int):
        return isinstance(actual, int) and not isinstance(actual, bool)
    if isinstance(sample, Mapping | list):
        return isinstance(actual, dict | list)
    return isinstance(actual, float)


GENCODE, CHECKCODE = "SendMessageAutoGenCode_V4_get", "CheckCodeGen_V4_get"
ACCOUNT = frozenset({Feature.ACCOUNTS})
RENTALS = frozenset({Feature.ACCOUNTS, Feature.RENTALS, Feature.CLOCK})


def _call(name: str, **changes: str | None) -> Act:
    async def act(driver: Driver) -> str:
        return (await driver.call(name, **changes)).text

    return act


async def _valid(esms: Driver) -> str:
    await esms.call(GENCODE)
    return (await esms.call(CHECKCODE, Code=await esms.code_sent_to("0901888484"))).text


async def _rent(thuesim: Driver) -> str:
    await thuesim.account(balance=123_926, arrival="manual")
    return (await thuesim.call("register_service", serviceId="01.4")).text


async def _rental(thuesim: Driver) -> str:
    text = await _rent(thuesim)
    return text.partition('"ID":')[2].partition(",")[0]


async def _sms(thuesim: Driver) -> str:
    rental = await _rental(thuesim)
    text = (
        "[VU KHUYEN] Trung tam thong bao ma kich hoat tai khoan dang ky tu van du hoc: 529310. "
        "Vui long khong chia se cho bat ky ai"
    )
    await thuesim.control("POST", f"/rentals/{rental}/sms", {"text": text})
    return (await thuesim.call("code", ID=rental)).text


async def _heard(thuesim: Driver) -> str:
    rental = await _rental(thuesim)
    await thuesim.control("POST", f"/rentals/{rental}/call", {"code": "059809"})
    return (await thuesim.call("code", ID=rental)).text


async def _waiting(thuesim: Driver) -> str:
    return (await thuesim.call("code", ID=await _rental(thuesim))).text


async def _history(thuesim: Driver) -> str:
    await thuesim.account(arrival="manual")
    rented = (await thuesim.call("register_service", serviceId="01.1")).text
    text = (
        "486460 la ma xac thuc OTP dang ky vi MoMo. De tranh bi mat tien, "
        "tuyet doi KHONG chia se ma nay voi bat ky ai. zniHFS3HBXG"
    )
    rental = rented.partition('"ID":')[2].partition(",")[0]
    await thuesim.control("POST", f"/rentals/{rental}/sms", {"text": text})
    return (await thuesim.call("history")).text


async def _no_stock(thuesim: Driver) -> str:
    return (await thuesim.call("register_service", yPrefix="11")).text


async def _services(thuesim: Driver) -> str:
    service = {"ID": 97, "SV": "02", "SERVICE_NAME": "DV KHÁC (TEST)", "PRICE": 1450, "Time": "300"}
    await thuesim.account(services=[service])
    return (await thuesim.call("service")).text


SENT = frozenset({"SMSID"})
RENTED = frozenset({"ID", "Phone", "CreatedTime"})

WRONG = {"token": "x"}

RECIPES: Mapping[str, Mapping[str, Recipe]] = {
    "esms": {
        f"{GENCODE}/accepted": Recipe(_call(GENCODE), own=SENT, tier=Tier.SENDS),
        f"{GENCODE}/authorize_failed": Recipe(_call(GENCODE, SecretKey="x"), tier=Tier.NOTHING),
        f"{GENCODE}/brandname_unknown": Recipe(_call(GENCODE, Brandname="x"), tier=Tier.NOTHING),
        f"{GENCODE}/template_mismatch": Recipe(_call(GENCODE, message="x"), own=SENT, tier=Tier.SENDS),
        f"{GENCODE}/invalid_request": Recipe(
            _call(GENCODE, TimeAlive="99"), needs=frozenset({Feature.CHOICES}), tier=Tier.SENDS
        ),
        f"{CHECKCODE}/code_valid": Recipe(_valid, needs=frozenset({Feature.READ_CODE}), tier=Tier.SENDS),
        f"{CHECKCODE}/authorize_failed": Recipe(_call(CHECKCODE, SecretKey="x"), tier=Tier.NOTHING),
        f"{CHECKCODE}/code_invalid": Recipe(_call(CHECKCODE)),
    },
    "amoot": {
        "SendOTP/success": Recipe(_call("SendOTP"), own=frozenset({"MessageID", "Code"}), tier=Tier.SENDS),
        "SendOTP/token_not_exists": Recipe(_call("SendOTP", Token=None), tier=Tier.NOTHING),
    },
    "thuesim": {
        "balance/success": Recipe(_call("balance"), own=frozenset({"balance"})),
        "balance/auth_failed": Recipe(_call("balance", **WRONG), tier=Tier.NOTHING),
        "networks/success": Recipe(_call("networks")),
        "networks/auth_failed": Recipe(_call("networks", **WRONG), tier=Tier.NOTHING),
        "service/service_listed": Recipe(_services, needs=ACCOUNT),
        "service/auth_failed": Recipe(_call("service", **WRONG), tier=Tier.NOTHING),
        "register_service/rented": Recipe(_rent, own=RENTED, needs=ACCOUNT, tier=Tier.SENDS),
        "register_service/out_of_stock": Recipe(_no_stock, own=frozenset({"Balance"}), tier=Tier.SENDS),
        "code/code_received": Recipe(_sms, needs=RENTALS, tier=Tier.SENDS),
        "code/code_received.call": Recipe(_heard, own=frozenset({"CallFile"}), needs=RENTALS, tier=Tier.SENDS),
        "code/waiting_for_message": Recipe(_waiting, needs=RENTALS, tier=Tier.SENDS),
        "history/success": Recipe(_history, own=RENTED, needs=RENTALS, tier=Tier.SENDS),
        "history/auth_failed": Recipe(_call("history", **WRONG), tier=Tier.NOTHING),
        "unknown_show/error": Recipe(_call("unknown_show", show="x")),
    },
}
CHOICES: Mapping[str, Mapping[str, str]] = {
    f"{GENCODE}/invalid_request": {"esms.lifetime-range": "strict"},
    f"{CHECKCODE}/code_invalid": {"esms.refused-code": "117"},
    "SendOTP/success": {"amoot.status-format": "name"},
    "SendOTP/token_not_exists": {"amoot.status-format": "name"},
    "register_service/rented": {"thuesim.phone-space": "keep"},
}
"""Choices that a sample needs."""


def as_case(provider: str, name: str, sample: Any) -> Case:
    """Make the case that produces a sample again.

    Raises:
        LookupError: nobody knows how it comes about.
    """
    recipe = RECIPES[provider][name]

    async def run(driver: Driver) -> None:
        compare(sample, await recipe.act(driver), recipe.own)

    return Case(
        id=f"{provider}.sample.{name}",
        provider=provider,
        family="sample",
        rule="A published body is produced again: key order, types, texts.",
        level=Level.MUST,
        tier=recipe.tier,
        needs=recipe.needs,
        sources=(f"example {name} of the spec",),
        covers=(),
        kills=(),
        choices=CHOICES.get(name, {}),
        sends=1,
        run=run,
    )
