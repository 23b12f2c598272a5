"""AccountStatus; and what all methods have in common: who may call, and the shape of a refusal."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.case import Feature, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches, true
from otp_conformance.good_calls import good_fields
from otp_conformance.providers.amoot.steps import ACCOUNT, DELIVERY, SEND
from otp_specs import load

account_status_case = partial(case, "amoot", "account status")
all_methods_case = partial(case, "amoot", "all methods")

PRICES = [f"{kind}SMS_{script}Price" for kind in ("Base", "Service", "Ads") for script in ("Persian", "English")]
KEYS = ["Status", "AccountName", "RemaindCredit", *PRICES, "Avanak_SecondPrice", "ListLineNumbers"]
SPEC = load("amoot")
METHODS = list(dict.fromkeys(each.name for each in SPEC.operations))
OBJECTS = (DELIVERY, "GetMessage")
ROWS = ("GetDeliveries", "GetMessages", "RecieveMessages", "RecieveNewMessages", "PatternCodeList")


@account_status_case(
    rule="The answer is flat: eleven keys in their order, name as text, credit and prices as whole numbers, lines.",
    sources=["D, sample", "W", "4.B.6", "5.2-28"],
    tier=Tier.READS,
    covers=["amoot.account-keys", "amoot.account-prices", "amoot.account-lines", "amoot.no-wrapper"],
    kills=[
        "amoot.account-wrapped",
        "amoot.account-credit-spelt-right",
        "amoot.account-prices-as-floats",
        "amoot.account-lines-as-text",
    ],
)
async def keys(amoot: Driver) -> None:
    answer = expect(await amoot.call(ACCOUNT), "success")
    body = answer.json

    equal(list(body), KEYS, "keys")
    true(isinstance(body["AccountName"], str), "a name", body["AccountName"])
    for key in ("RemaindCredit", *PRICES, "Avanak_SecondPrice"):
        true(type(body[key]) is int and body[key] >= 0, f"{key} as a whole number", body[key])
    lines = body["ListLineNumbers"]
    true(isinstance(lines, list) and "Public" in lines, "a list with the shared line, capitalised", lines)


@account_status_case(
    rule="Credit falls with every charged send and with nothing else; the price of a part is what a send costs.",
    sources=["D", "4.B.6"],
    covers=["amoot.account-credit", "amoot.account-one-price"],
    kills=["amoot.account-credit-stale", "amoot.account-prices-of-the-sample"],
)
async def credit(amoot: Driver) -> None:
    before = (await amoot.call(ACCOUNT)).json
    again = (await amoot.call(ACCOUNT)).json["RemaindCredit"]
    expect(await amoot.call(SEND), "success")
    after = (await amoot.call(ACCOUNT)).json["RemaindCredit"]

    equal(again, before["RemaindCredit"], "RemaindCredit")
    equal({before[key] for key in PRICES}, {again - after}, "prices")


@account_status_case(
    rule="Name, credit and lines are those of the account, the lines in its order.",
    sources=["D, sample", "4.B.6"],
    tier=Tier.READS,
    needs=[Feature.ACCOUNTS],
    covers=["amoot.account-keys", "amoot.account-credit", "amoot.account-lines"],
    kills=["amoot.account-credit-stale", "amoot.account-lines-of-the-sample"],
)
async def values(amoot: Driver) -> None:
    await amoot.account(name="فروشگاه", credit=12_345, lines=["98", "Public", "50001"])
    body = (await amoot.call(ACCOUNT)).json

    found = (body["AccountName"], body["RemaindCredit"], body["ListLineNumbers"])
    equal(found, ("فروشگاه", 12_345, ["98", "Public", "50001"]), "account")


@account_status_case(
    rule="A refusal has the same eleven keys: no name, zeros, no lines.",
    sources=["D, sample", "4.B.6"],
    tier=Tier.NOTHING,
    choices={"amoot.status-format": "name"},
    covers=["amoot.account-refusal", "amoot.refusal-shape"],
    kills=["amoot.account-refusal-bare"],
)
async def refusal(amoot: Driver) -> None:
    answer = await amoot.call(ACCOUNT, Token="wrong")  # noqa: S106  (wrong on purpose)

    prices = "".join(f'"{key}":0,' for key in (*PRICES, "Avanak_SecondPrice"))
    equal(
        answer.text,
        f'{{"Status":"Token_Invalid","AccountName":null,"RemaindCredit":0,{prices}"ListLineNumbers":[]}}',
        "body",
    )


WAYS: dict[str, tuple[dict[str, Any], str]] = {
    "system": ({"system_disabled": True}, "system_disabled"),
    "token-off": ({"token": {"active": False}}, "token_disabled"),
    "token-address": ({"token": {"allowed_ips": []}}, "token_not_allow_ip"),
    "token-methods": ({"token": {"allowed_methods": []}}, "token_not_allow_method"),
    "user-off": ({"user": {"disabled": True}}, "user_disabled"),
    "user-banned": ({"user": {"web_service_banned": True}}, "user_web_service_banned"),
    "user-plain-http": ({"user": {"not_allow_http": True}}, "user_not_allow_http"),
    "user-methods": ({"user": {"allowed_methods": []}}, "user_not_allow_method"),
}


@all_methods_case(
    rule="The rules of system, token and user hold for every method, before anything else is looked at.",
    sources=["D, authentication page", "R", "3.1"],
    tier=Tier.NOTHING,
    needs=[Feature.ACCOUNTS],
    covers=["amoot.access-all-methods"],
    kills=["amoot.patterns-unguarded", "amoot.methods-of-sends-only", "amoot.reads-by-anybody"],
    rows=WAYS,
)
async def access(amoot: Driver, patch: dict[str, Any], outcome: str) -> None:
    await amoot.account(**patch)

    for name in METHODS:
        empty = dict.fromkeys(good_fields(SPEC, name))
        expect(await amoot.call(name), outcome)
        expect(await amoot.call(name, **empty), outcome)


@all_methods_case(
    rule="A wrong token, and a user that does not exist, are refused by every method.",
    sources=["D", "3.1"],
    tier=Tier.NOTHING,
    covers=["amoot.access-all-methods"],
    kills=["amoot.reads-by-anybody"],
    rows={
        "token": ({"Token": "wrong"}, "token_invalid"),
        "user": ({"Token": None, "UserName": "nobody.at-all", "Password": "x"}, "user_not_exists"),
    },
)
async def strangers(amoot: Driver, fields: dict[str, Any], outcome: str) -> None:
    for name in METHODS:
        expect(await amoot.call(name, **fields), outcome)


@all_methods_case(
    rule="A token that is for one method opens this one and no other, whatever the case of its name.",
    sources=["D, authentication page"],
    tier=Tier.READS,
    needs=[Feature.ACCOUNTS],
    covers=["amoot.access-all-methods", "amoot.token-lists"],
    kills=["amoot.methods-of-sends-only"],
    rows={name: (name,) for name in (ACCOUNT, "GetMessages", "PatternCodeList")},
)
async def one_method(amoot: Driver, own: str) -> None:
    await amoot.account(token={"allowed_methods": [own.lower()]})

    for name in METHODS:
        expect(await amoot.call(name), "success" if name == own else "token_not_allow_method")


@all_methods_case(
    rule="A refused call has the shape of its method: null where an object would be, an empty array where rows.",
    sources=["D, samples of several methods", "2.5", "5.2-8"],
    tier=Tier.NOTHING,
    choices={"amoot.status-format": "name"},
    covers=["amoot.refusal-shape", "amoot.http-200"],
    kills=["amoot.refusal-always-null", "amoot.reads-by-anybody"],
    rows={name: (name, "null" if name in OBJECTS else r"\[\]") for name in (*OBJECTS, *ROWS)},
)
async def shapes(amoot: Driver, name: str, written: str) -> None:
    answer = await amoot.call(name, Token="wrong")  # noqa: S106  (wrong on purpose)

    matches(answer.text, rf'\{{"Status":"Token_Invalid","Data":{written}\}}', "body")
    equal(answer.status, 200, "HTTP status")
