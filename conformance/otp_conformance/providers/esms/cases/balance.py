"""The balance at eSMS."""

from __future__ import annotations

from functools import partial

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, matches
from otp_conformance.providers.esms.steps import ACCOUNTS, BALANCE, send_ref
from otp_conformance.recipe import Recipe

balance_case = partial(case, "esms", "balance")


async def _ask_balance(esms: Driver) -> str:
    await esms.account(balance=36693)
    return (await esms.call("GetBalance_json")).text


SAMPLES = {"GetBalance_json/balance_told": Recipe(_ask_balance, own=frozenset({"UserID"}), needs=frozenset(ACCOUNTS))}
"""How the published bodies come about."""


@balance_case(
    rule="Balance and UserID are numbers, and the code stands under CodeResponse.",
    sources=["FX O1-", "V2, balance page, tab 100"],
    tier=Tier.READS,
    covers=["esms:balance_told", "esms.balance-answer", "esms.balance-code-response", "esms.query-no-count"],
)
async def balance_body(esms: Driver) -> None:
    answer = await esms.call(BALANCE)

    matches(answer.text, r'\{"Balance":\d+(\.\d+)?,"CodeResponse":"100","UserID":\d+\}', "body")
    equal((await esms.call(BALANCE)).json["UserID"], answer.json["UserID"], "UserID asked again")


@balance_case(
    rule="The balance can be asked for by GET, with the keys in the path; it is answered alike.",
    level=Level.SHOULD,
    tier=Tier.READS,
    covers=["esms:balance_told", "esms.balance-by-get"],
)
async def balance_by_get(esms: Driver) -> None:
    equal((await esms.call("GetBalance")).text, (await esms.call(BALANCE)).text, "body")


@balance_case(
    rule="A refusal has zero as balance and, unless it is left out as on the page, as number of the user.",
    sources=["FX O1-", "V2, balance page, tab 101"],
    tier=Tier.NOTHING,
    needs=[Feature.CHOICES],
    choices={"esms.balance-refused": "balance-only"},
    covers=["esms:authorize_failed", "esms.balance-refused=balance-only"],
    rows={"json": (BALANCE,), "get": ("GetBalance",)},
)
async def balance_refused_by_page(esms: Driver, name: str) -> None:
    equal(
        (await esms.call(name, SecretKey="wrong")).text,
        '{"Balance":0,"CodeResponse":"101","ErrorMessage":"Authorize Failed"}',
        "body",
    )


@balance_case(
    rule="The balance is what the account has, after each message that it has sent.",
    sources=["V2, balance page"],
    level=Level.SHOULD,
    needs=ACCOUNTS,
    choices={"esms.charging": "on-acceptance"},
    covers=["esms:balance_told"],
    kills=["esms.balance-late"],
)
async def balance_after(esms: Driver) -> None:
    await esms.account(balance=36_693, price=850)
    equal((await esms.call(BALANCE)).json["Balance"], 36_693, "balance before")

    await send_ref(esms)

    equal((await esms.call(BALANCE)).json["Balance"], 35_843, "balance after")
