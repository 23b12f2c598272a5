"""Money: what a send costs, and when; the answer of GENCODE, and the account."""

from __future__ import annotations

from functools import partial

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches, says_json, true
from otp_conformance.providers.esms.names import (
    GENCODE,
    JSON_SEND,
    PHONE,
    SENDS,
    TRANSPORTS,
    XML_TWIN,
)
from otp_conformance.providers.esms.steps import (
    ANY_TEXT,
    MESSAGES,
    MOVED,
    STATUS,
    VOICE,
    multi,
    read_balance,
    read_message,
    send_message,
    sms_id_of,
)

answer_case = partial(case, "esms", "answer")
money_case = partial(case, "esms", "money")
account_case = partial(case, "esms", "account")


@answer_case(
    rule="An accepted send answers CodeResult 100 as text, CountRegenerate 0 and an opaque SMSID, in this order.",
    sources=["S2, tab 100", "SM O1", "SM O2"],
    covers=["esms:accepted", "esms.compact-answers"],
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
    rule="An accepted send costs the price of the account.",
    sources=["NB O2"],
    needs=[Feature.ACCOUNTS],
    covers=["esms:accepted", "esms.price"],
    kills=["esms.free", "esms.double-charge"],
)
async def charge(esms: Driver) -> None:
    await esms.account(balance=10_000, price=850)

    await esms.call(GENCODE)

    equal((await esms.account_now())["balance"], 9_150, "balance")


def _of_length(name: str, letter: str, length: int) -> dict[str, str]:
    """Give the fields of a send whose text has a length, the code included."""
    field, begin = ("message", "{OTP}") if name == GENCODE else ("Content", "123456")
    return {"Brandname": "Sandbox", field: begin + letter * (length - 6)}


@money_case(
    rule="An SMS costs the price for each segment: 160 characters of GSM-7 or 70 of UCS-2, in a chain 153 or 67.",
    sources=["NB O2", "N24 O2"],
    needs=[*MESSAGES, Feature.ACCOUNTS],
    choices={"esms.price": "per-segment"},
    covers=["esms.price", "esms.price=per-segment", "esms:accepted"],
    kills=["esms.chain-of-160", "esms.bytes-as-segments"],
    rows={
        f"{name}-{letter}-{length}": (name, letter, length, parts)
        for name in (*TRANSPORTS, GENCODE)
        for letter, bounds in {"a": (160, 306), "ạ": (70, 134)}.items()
        for length, parts in {
            bounds[0]: 1,
            bounds[0] + 1: 2,
            bounds[1]: 2,
            bounds[1] + 1: 3,
        }.items()
    },
)
async def by_segment(esms: Driver, name: str, letter: str, length: int, parts: int) -> None:
    await esms.account(balance=10_000, price=850)

    sms_id = await send_message(esms, name, **_of_length(name, letter, length))

    held = await read_message(esms, sms_id)
    equal((held["price"], held["segments"]), (850 * parts, parts), "price and segments of the message")
    equal(await read_balance(esms), 10_000 - 850 * parts, "balance")


@money_case(
    rule="A balance below the price of all segments is not enough, one of exactly that price is.",
    sources=["NB O2", "V2, error table, row 103"],
    needs=[Feature.ACCOUNTS],
    choices={"esms.price": "per-segment"},
    covers=["esms.price=per-segment", "esms:not_enough_balance", "esms:accepted"],
    rows={
        f"{name}-{what}": (name, *row)
        for name in (*TRANSPORTS, XML_TWIN, GENCODE)
        for what, row in {"enough": (1_700, "accepted"), "one-less": (1_699, "not_enough_balance")}.items()
    },
)
async def balance_for_all_segments(esms: Driver, name: str, held: int, outcome: str) -> None:
    await esms.account(balance=held, price=850)

    expect(await esms.call(name, **_of_length(name, "a", 161)), outcome)


@money_case(
    rule="The SMS that takes the place of a Zalo message costs by its segments; the Zalo message has one price.",
    sources=["NB O2", "I"],
    level=Level.SHOULD,
    needs=[*MESSAGES, Feature.ACCOUNTS],
    choices={"esms.price": "per-segment", "esms.charging": "on-acceptance", "esms.charged-once": "paid-back"},
    covers=["esms.price=per-segment", "esms:accepted"],
)
async def by_segment_after_zalo(esms: Driver) -> None:
    await esms.account(balance=1_699, price=850, brandnames=[{"name": "Baotrixemay"}])
    expect(await multi(esms, {}, {"Content": "a" * 161}), "not_enough_balance")
    await esms.account(balance=1_700)
    sms_id = sms_id_of(await multi(esms, {}, {"Content": "a" * 161}))
    equal(await read_balance(esms), 850, "balance after acceptance")

    await esms.bring_into("failed", sms_id)

    equal(await read_balance(esms), 0, "balance after the SMS")


@money_case(
    rule="Where a message has one price, it is the same whatever its length.",
    sources=["I"],
    level=Level.SHOULD,
    needs=[Feature.ACCOUNTS, Feature.CHOICES],
    choices={"esms.price": "per-message"},
    covers=["esms.price=per-message", "esms:accepted"],
    rows={name: (name,) for name in (*TRANSPORTS, GENCODE)},
)
async def one_price(esms: Driver, name: str) -> None:
    await esms.account(balance=850, price=850)

    expect(await esms.call(name, **_of_length(name, "ạ", 500)), "accepted")
    equal(await read_balance(esms), 0, "balance")


@money_case(
    rule="A call has one price, however much it reads out.",
    sources=["I"],
    level=Level.SHOULD,
    needs=[Feature.ACCOUNTS],
    covers=["esms.price"],
    kills=["esms.calls-by-segment"],
    rows={name: (name,) for name in TRANSPORTS},
)
async def price_of_a_call(esms: Driver, name: str) -> None:
    await esms.account(balance=10_000, price=850)

    expect(await esms.call(name, **{**VOICE, "Content": "1 " * 300}), "accepted")
    equal(await read_balance(esms), 9_150, "balance")


@money_case(
    rule="A refused send costs nothing, one for its template or its RequestId neither.",
    sources=["N24 O2", "NB O2"],
    needs=[Feature.ACCOUNTS],
    covers=["esms:template_mismatch", "esms:duplicate_request", "esms.refusal-free"],
    kills=["esms.refusal-charged"],
)
async def refusals_are_free(esms: Driver) -> None:
    await send_message(esms, RequestId="free")
    before = await read_balance(esms)

    expect(await esms.call(GENCODE, message="{OTP} nothing registered"), "template_mismatch")
    expect(await esms.call(JSON_SEND, Content="nothing registered"), "template_mismatch")
    expect(await esms.call(JSON_SEND, RequestId="free"), "duplicate_request")

    equal(await read_balance(esms), before, "balance")


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
    sources=["I", "V2, callback page, customer-care sample"],
    level=Level.SHOULD,
    needs=[*MESSAGES, Feature.ACCOUNTS],
    choices={"esms.charging": "on-acceptance", "esms.charged-once": "paid-back"},
    covers=["esms.charging=on-acceptance", "esms.charged-once", "esms.charged-once=paid-back"],
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
    rule="Where failures are charged, a message that fails at the carrier costs its price, and is told with none.",
    sources=["NB O3", "V2, callback page, customer-care sample"],
    level=Level.SHOULD,
    needs=[*MESSAGES, Feature.ACCOUNTS, Feature.CHOICES],
    choices={"esms.charging": "on-acceptance", "esms.charged-once": "charged-although-failed"},
    covers=["esms.charged-once=charged-although-failed"],
    rows={name: (name,) for name in (*TRANSPORTS, GENCODE)},
)
async def charged_although_failed(esms: Driver, name: str) -> None:
    await esms.account(balance=10_000, price=850)
    sms_id = await send_message(esms, name)

    await esms.bring_into("failed", sms_id)

    equal(await read_balance(esms), 9_150, "balance after the failure")
    equal('"TotalPrice":0.0000,' in (await esms.call(STATUS, RefId=sms_id)).text, True, "a price of zero")
    await esms.bring_into("rejected", sms_id)
    equal(await read_balance(esms), 10_000, "balance when it was rejected after all")


@money_case(
    rule="Where success is what is charged, acceptance costs nothing, though the balance must suffice.",
    level=Level.SHOULD,
    needs=[*MOVED, Feature.ACCOUNTS, Feature.CHOICES],
    choices={"esms.charging": "on-success", "esms.charged-once": "paid-back"},
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
