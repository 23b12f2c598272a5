"""Price estimates of eSMS."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.case import Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal
from otp_conformance.providers.esms.names import ADVERTISING_SUMMARY, PHONE, PHONES, SUMMARY
from otp_conformance.providers.esms.steps import ACCOUNTS, MESSAGES, read_balance

summary_case = partial(case, "esms", "summary")

PRICES: dict[str, tuple[str, dict[str, Any], str]] = {
    "one": (SUMMARY, {}, '"TotalPrice":700,"TotalReceiver":1'),
    "two-segments": (SUMMARY, {"Content": "x" * 161}, '"TotalPrice":1400,"TotalReceiver":1'),
    "advertising": (ADVERTISING_SUMMARY, {}, '"TotalPrice":21000.0000,"TotalReceiver":30'),
    "advertising-few": (ADVERTISING_SUMMARY, {"Phone": PHONE}, '"TotalPrice":700.0000,"TotalReceiver":1'),
    "advertising-twice": (
        ADVERTISING_SUMMARY,
        {"Phone": ",".join((*PHONES, f"+84{PHONE[1:]}")), "Content": "x" * 161},
        '"TotalPrice":42000.0000,"TotalReceiver":30',
    ),
}


@summary_case(
    rule="The price is told for each different phone; nothing is sent or charged.",
    tier=Tier.READS,
    needs=[*ACCOUNTS, *MESSAGES],
    choices={"esms.price": "per-segment"},
    covers=["esms:summary_told", "esms.summary", "esms.summary-decimals", "esms.summary-unchecked"],
    kills=["esms.summary-charged"],
    rows=PRICES,
)
async def price(esms: Driver, name: str, changes: dict[str, Any], told: str) -> None:
    await esms.account(balance=0, price=700)

    answer = await esms.call(name, **changes)

    equal(answer.text, f'{{"CodeResult":"100","ErrorMessage":"success",{told}}}', "body")
    equal((await read_balance(esms), await esms.messages()), (0, []), "balance and messages")


@summary_case(
    rule="A refusal has no CountRegenerate, but that for the keys of advertising.",
    sources=["V2, pages on price estimates, tabs 101 and 104"],
    tier=Tier.NOTHING,
    covers=[
        *("esms.summary-keys", "esms:authorize_failed", "esms:authorize_failed_stop", "esms:brandname_unknown"),
        "esms.brandname-unknown",
    ],
)
async def refusals(esms: Driver) -> None:
    unknown = '{"CodeResult":"104","ErrorMessage":"Brand name code is not exist"}'
    keys = '{"CodeResult":"101","CountRegenerate":0,"ErrorMessage":"Authorize Failed"}'

    equal((await esms.call(SUMMARY, BrandName="QC_ONLINE")).text, unknown, "body")
    equal((await esms.call(ADVERTISING_SUMMARY, Brandname="Baotrixemay")).text, unknown, "body")
    equal((await esms.call(ADVERTISING_SUMMARY, SecretKey="x")).text, keys, "body")
    stopped = '{"CodeResult":"101","ErrorMessage":"Authorize Failed."}'
    equal((await esms.call(SUMMARY, SecretKey="x")).text, stopped, "body")
