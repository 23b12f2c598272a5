"""Money: what a send costs, and when; the answer of GENCODE, and the account."""

from __future__ import annotations

from functools import partial

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches, says_json, true
from otp_conformance.providers.esms.names import (
    GENCODE,
    PHONE,
    SENDS,
    TRANSPORTS,
)
from otp_conformance.providers.esms.steps import (
    ANY_TEXT,
    MESSAGES,
    MOVED,
    read_balance,
    send_message,
)

answer_case = partial(case, "esms", "answer")
money_case = partial(case, "esms", "money")
account_case = partial(case, "esms", "account")


@answer_case(
    rule="An accepted send answers CodeResult 100 as text, CountRegenerate 0 and an opaque SMSID, in this order.",
    sources=["S2, tab 100"],
    covers=["esms:accepted"],
    kills=["esms.short-id"],
)
async def accepted_body(esms: Driver) -> None:
    answer = expect(await esms.call(GENCODE), "accepted")

    matches(answer.text, r'\{"CodeResult":"100","CountRegenerate":0,"SMSID":"[0-9a-zA-Z-]{31,42}"\}', "body")
    says_json(answer)


@answer_case(
    rule="The code is never in the answer.",
    needs=[Feature.READ_CODE],
    covers=["esms:accepted"],
    kills=["esms.code-in-answer"],
)
async def code_is_not_told(esms: Driver) -> None:
    answer = await esms.call(GENCODE, **ANY_TEXT, NumCharOfCode="12")

    true(await esms.code_sent_to(PHONE) not in answer.text, "no code in the answer", answer.text)


@answer_case(
    rule="Each send has an SMSID of its own.",
    sends=3,
    covers=["esms:accepted"],
    kills=["esms.constant-id"],
)
async def ids_differ(esms: Driver) -> None:
    ids = {(await esms.call(GENCODE)).json["SMSID"] for _ in range(3)}

    equal(len(ids), 3, "different SMSIDs")


@money_case(
    rule="An accepted send costs the price of one message, whatever its length.",
    sources=["I"],
    level=Level.SHOULD,
    needs=[Feature.ACCOUNTS],
    covers=["esms:accepted"],
    kills=["esms.free", "esms.double-charge"],
)
async def charge(esms: Driver) -> None:
    await esms.account(balance=10_000, price=850)

    await esms.call(GENCODE, Brandname="Sandbox", message="{OTP} " + "dai " * 100)

    equal((await esms.account_now())["balance"], 9_150, "balance")


@money_case(
    rule="A refused send costs nothing.",
    sources=["I"],
    level=Level.SHOULD,
    needs=[Feature.ACCOUNTS],
    covers=["esms:template_mismatch"],
    kills=["esms.refusal-charged"],
)
async def refusals_are_free(esms: Driver) -> None:
    before = (await esms.account_now())["balance"]

    await esms.call(GENCODE, message="{OTP} nothing registered")

    equal((await esms.account_now())["balance"], before, "balance")


@money_case(
    rule="A balance of exactly the price is enough, one dong less is not; without a price list nothing is sent.",
    sources=["V2, error table, rows 102 and 103"],
    needs=[Feature.ACCOUNTS],
    covers=["esms:not_enough_balance", "esms:no_price_list", "esms:accepted"],
    kills=["esms.balance-off-by-one"],
    rows={
        "enough": (850, 850, "accepted"),
        "one-less": (849, 850, "not_enough_balance"),
        "nothing": (0, 850, "not_enough_balance"),
        "no-price-list": (850, None, "no_price_list"),
    },
)
async def balance(esms: Driver, held: int, price: int | None, outcome: str) -> None:
    await esms.account(balance=held, price=price)

    expect(await esms.call(GENCODE), outcome)


@account_case(
    rule="A locked account and a caller that is not on the list are refused.",
    sources=["V2, error table, rows 140 and 143"],
    tier=Tier.NOTHING,
    needs=[Feature.ACCOUNTS],
    covers=["esms:account_locked", "esms:ip_not_allowed"],
    rows={
        "locked": ({"blocked": True}, "account_locked"),
        "ip": ({"allowed_ips": ["192.0.2.1"]}, "ip_not_allowed"),
        "both": ({"blocked": True, "allowed_ips": []}, "account_locked"),
    },
)
async def account(esms: Driver, patch: dict[str, object], outcome: str) -> None:
    await esms.account(**patch)

    expect(await esms.call(GENCODE), outcome)


@money_case(
    rule="A message is charged when it is accepted, and paid back when it fails.",
    sources=["I"],
    level=Level.SHOULD,
    needs=[*MESSAGES, Feature.ACCOUNTS],
    choices={"esms.charging": "on-acceptance"},
    covers=["esms.charging=on-acceptance", "esms.charged-once"],
    kills=["esms.sends-free", "esms.sends-no-refund"],
    rows={name: (name,) for name in SENDS},
)
async def charged_on_acceptance(esms: Driver, name: str) -> None:
    await esms.account(balance=10_000, price=850)
    sms_id = await send_message(esms, name)
    equal(await read_balance(esms), 9_150, "balance after acceptance")
    if name in TRANSPORTS:
        await esms.bring_into("failed", sms_id)
        equal(await read_balance(esms), 10_000, "balance after the failure")
        await esms.bring_into("delivered", sms_id)
        equal(await read_balance(esms), 9_150, "balance after a late success")


@money_case(
    rule="Where success is what is charged, acceptance costs nothing, though the balance must suffice.",
    level=Level.SHOULD,
    needs=[*MOVED, Feature.ACCOUNTS, Feature.CHOICES],
    choices={"esms.charging": "on-success"},
    covers=["esms.charging=on-success", "esms:not_enough_balance"],
    rows={name: (name,) for name in SENDS},
)
async def charged_on_success(esms: Driver, name: str) -> None:
    await esms.account(balance=1_000, price=850)
    await send_message(esms, name)
    equal(await read_balance(esms), 1_000, "balance after acceptance")
    await esms.advance("2s")
    equal(await read_balance(esms), 150, "balance after the success")
    expect(await esms.call(name), "not_enough_balance")
