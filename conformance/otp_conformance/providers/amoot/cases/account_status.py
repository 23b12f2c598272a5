"""AccountStatus, and AccountInfo: the account as it is told."""

from __future__ import annotations

from functools import partial

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import FORM, Driver
from otp_conformance.expect import equal, expect, true
from otp_conformance.providers.amoot.steps import ACCOUNT, INFO, SEND

account_status_case = partial(case, "amoot", "account status")

PRICES = [f"{kind}SMS_{script}Price" for kind in ("Base", "Service", "Ads") for script in ("Persian", "English")]
KEYS = ["Status", "AccountName", "RemaindCredit", *PRICES, "Avanak_SecondPrice", "ListLineNumbers"]


@account_status_case(
    rule="The answer is flat: eleven keys in their order, name as text, credit and prices as whole numbers, lines.",
    sources=["AM O2, the lines", "D, sample", "W"],
    tier=Tier.READS,
    covers=["amoot.account-keys", "amoot.account-prices", "amoot.account-lines", "amoot.no-wrapper"],
    kills=["amoot.account-wrapped", "amoot.account-prices-as-floats", "amoot.account-lines-as-text"],
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
    sources=["D, sample"],
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
    sources=["D, sample"],
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


@account_status_case(
    rule="AccountInfo, which clients call and no page has, answers as AccountStatus, in a refusal too.",
    sources=["I", "C"],
    level=Level.SHOULD,
    tier=Tier.READS,
    covers=["amoot.account-info"],
)
async def info(amoot: Driver) -> None:
    for changes in ({}, {"Token": "wrong"}):
        fields = amoot.fields(INFO, changes)
        expected = (await amoot.call(ACCOUNT, **changes)).text

        equal((await amoot.request(INFO, fields, method="GET")).text, expected, "answer to a GET")
        equal((await amoot.request(INFO, fields, body_as=FORM)).text, expected, "answer to a form")
