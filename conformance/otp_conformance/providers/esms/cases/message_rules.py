"""Texts of the caller's own at eSMS: order of checks, diacritics, repeated texts, money, blocked phones and words."""

from __future__ import annotations

from typing import Any

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.esms import GENCODE, GENCODE_V5, GET_SEND, JSON_SEND, MULTI_CHANNEL, TRANSPORTS
from otp_conformance.providers.esms.send_steps import (
    ANY,
    CLOCK,
    MESSAGES,
    TEXT,
    balance,
    forced,
    message,
    multi,
    sent,
    sms_id_of,
)

SENDS = (*TRANSPORTS, GENCODE, GENCODE_V5, MULTI_CHANNEL)
FAULTS: list[tuple[str, dict[str, str | None], dict[str, Any]]] = [
    ("authorize_failed", {"SecretKey": "x"}, {}),
    ("account_locked", {}, {"blocked": True}),
    ("ip_not_allowed", {}, {"allowed_ips": []}),
    ("type_not_supported", {"SmsType": "1"}, {}),
    ("phone_invalid", {"Phone": "12"}, {}),
    ("phone_blocked", {}, {"blocked_phones": ["0901888484"]}),
    ("brandname_unknown", {"Brandname": "x"}, {}),
    ("duplicate_request", {"RequestId": "used"}, {}),
    ("not_enough_balance", {}, {"balance": 849}),
    ("template_mismatch", {"Content": "minh"}, {}),
    ("keyword_blocked", {}, {"blocked_words": ["minh"]}),
]


@case(
    "esms",
    "message order",
    rule="Of two faults of a message the first is told: keys, account, address, type, phone, sender, RequestId, money.",
    sources=["Q38"],
    level=Level.SHOULD,
    needs=[Feature.ACCOUNTS],
    sends=2,
    covers=["esms.message-check-order", *(f"esms:{outcome}" for outcome, _, _ in FAULTS)],
    kills=["esms.sms-duplicate-first", "esms.sms-money-first", "esms.sms-name-first", "esms.sms-words-first"],
    rows={
        f"{name}-{FAULTS[place][0]}": (name, place)
        for name in TRANSPORTS
        for place in range(len(FAULTS) - 1)
        if FAULTS[place][0] != "phone_invalid"  # a phone cannot be no phone and a blocked one
    },
)
async def message_order(esms: Driver, name: str, place: int) -> None:
    await sent(esms, name, RequestId="used")
    (outcome, fields, patch), (_, more, other) = FAULTS[place], FAULTS[place + 1]
    await esms.account(**other, **patch)

    expect(await esms.call(name, **more, **fields), outcome)


@case(
    "esms",
    "diacritics",
    rule="The text is sent as it is written, whatever IsUnicode says.",
    sources=["1.7"],
    level=Level.SHOULD,
    needs=MESSAGES,
    choices={"esms.is-unicode": "as-written"},
    sends=3,
    covers=["esms.is-unicode=as-written", "esms.is-unicode"],
    kills=["esms.sms-stripped"],
    rows={"json": (JSON_SEND,), "get": (GET_SEND,)},
)
async def as_written(esms: Driver, name: str) -> None:
    for is_unicode in ("1", "0", None):
        held = await message(esms, await sent(esms, name, **ANY, Content="Mã của bạn: 1234 đ", IsUnicode=is_unicode))
        equal(held["text"], "Mã của bạn: 1234 đ", f"text with IsUnicode {is_unicode}")


@case(
    "esms",
    "diacritics",
    rule="Where texts are stripped, IsUnicode 1 keeps the diacritics, 0 or nothing takes them off.",
    sources=["1.7"],
    level=Level.SHOULD,
    needs=[*MESSAGES, Feature.CHOICES],
    choices={"esms.is-unicode": "stripped", "esms.unicode-alias": "ignored"},
    sends=4,
    covers=["esms.is-unicode=stripped", "esms.unicode-alias=ignored"],
    kills=["esms.sms-not-stripped", "esms.sms-alias-read"],
    rows={"json": (JSON_SEND,), "get": (GET_SEND,)},
)
async def stripped(esms: Driver, name: str) -> None:
    texts = []
    for more in ({"IsUnicode": "1"}, {"IsUnicode": "0"}, {}, {"Unicode": "1"}):
        held = await message(esms, await sent(esms, name, **ANY, Content="Mã của bạn: 1234 Đđ", **more))
        texts.append(held["text"])

    equal(texts, ["Mã của bạn: 1234 Đđ", *["Ma cua ban: 1234 Dd"] * 3], "texts")


@case(
    "esms",
    "diacritics",
    rule="Where Unicode is read, it stands for a missing IsUnicode.",
    sources=["Q32"],
    level=Level.SHOULD,
    needs=[*MESSAGES, Feature.CHOICES],
    choices={"esms.is-unicode": "stripped", "esms.unicode-alias": "read"},
    sends=2,
    covers=["esms.unicode-alias=read", "esms.is-unicode=stripped"],
    kills=["esms.sms-alias-ignored"],
    rows={"json": (JSON_SEND,), "get": (GET_SEND,)},
)
async def unicode_alias(esms: Driver, name: str) -> None:
    kept = await message(esms, await sent(esms, name, **ANY, Content="Mã 1234", Unicode="1"))
    off = await message(esms, await sent(esms, name, **ANY, Content="Mã 1234", Unicode="1", IsUnicode="0"))

    equal((kept["text"], off["text"]), ("Mã 1234", "Ma 1234"), "texts")


@case(
    "esms",
    "repeated text",
    rule="The same text to the same phone again is sent like any other.",
    sources=["V2, OTP and customer-care page", "Q34"],
    level=Level.SHOULD,
    needs=CLOCK,
    choices={"esms.repeated-content": "sent"},
    sends=2,
    covers=["esms.repeated-content=sent", "esms.no-send-limit"],
    kills=["esms.sms-repeats-fail"],
    rows={name: (name,) for name in TRANSPORTS},
)
async def repeated_is_sent(esms: Driver, name: str) -> None:
    ids = [await sent(esms, name), await sent(esms, name)]
    await esms.advance("2s")

    equal([(await message(esms, each))["state"] for each in ids], ["delivered"] * 2, "states")


@case(
    "esms",
    "repeated text",
    rule="Where repetitions fail, the same text to the same phone is accepted and fails until five minutes are over.",
    sources=["V2, OTP and customer-care page", "Q34"],
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=[*CLOCK, Feature.CHOICES],
    choices={"esms.repeated-content": "fails"},
    sends=5,
    covers=["esms.repeated-content=fails"],
    kills=["esms.sms-repeats-sent", "esms.repeats-four-minutes", "esms.repeats-six-minutes"],
    rows={name: (name,) for name in TRANSPORTS},
)
async def repeated_fails(esms: Driver, name: str) -> None:
    ids = [await sent(esms, name)]
    await esms.advance("299s")
    ids += [
        await sent(esms, name),
        await sent(esms, name, Content=f"1{TEXT}"),
        await sent(esms, name, Phone="0918238965"),
    ]
    await esms.advance("2s")
    ids.append(await sent(esms, name))
    await esms.advance("2s")

    states = [(await message(esms, each))["state"] for each in ids]
    equal(states, ["delivered", "failed", "delivered", "delivered", "delivered"], "states")


@case(
    "esms",
    "money",
    rule="A message is charged when it is accepted, and paid back when it fails.",
    sources=["Q51", "9.4"],
    level=Level.SHOULD,
    needs=[*MESSAGES, Feature.ACCOUNTS],
    choices={"esms.charging": "on-acceptance"},
    covers=["esms.charging=on-acceptance", "esms.charged-once"],
    kills=["esms.sends-free", "esms.sends-no-refund", "esms.sends-charged-late"],
    rows={name: (name,) for name in SENDS},
)
async def charged_on_acceptance(esms: Driver, name: str) -> None:
    await esms.account(balance=10_000, price=850)
    sms_id = await sent(esms, name)
    equal(await balance(esms), 9_150, "balance after acceptance")
    if name in TRANSPORTS:
        await forced(esms, sms_id, "failed")
        equal(await balance(esms), 10_000, "balance after the failure")
        await forced(esms, sms_id, "delivered")
        equal(await balance(esms), 9_150, "balance after a late success")


@case(
    "esms",
    "money",
    rule="Where success is what is charged, acceptance costs nothing, though the balance must suffice.",
    sources=["Q51"],
    level=Level.SHOULD,
    needs=[*CLOCK, Feature.ACCOUNTS, Feature.CHOICES],
    choices={"esms.charging": "on-success"},
    covers=["esms.charging=on-success", "esms:not_enough_balance"],
    kills=["esms.sends-charged-early"],
    rows={name: (name,) for name in SENDS},
)
async def charged_on_success(esms: Driver, name: str) -> None:
    await esms.account(balance=1_000, price=850)
    await sent(esms, name)
    equal(await balance(esms), 1_000, "balance after acceptance")
    await esms.advance("2s")
    equal(await balance(esms), 150, "balance after the success")
    expect(await esms.call(name), "not_enough_balance")


@case(
    "esms",
    "blocked",
    rule="A blocked phone is refused with a result code, in whatever spelling it is blocked.",
    sources=["error table V2, 99", "Q3"],
    tier=Tier.NOTHING,
    needs=[Feature.ACCOUNTS],
    covers=["esms:phone_blocked", "esms.phone-blocked"],
    kills=["esms.blocked-phone-ignored", "esms.blocked-phone-as-written"],
    rows={name: (name,) for name in SENDS},
)
async def blocked_phone(esms: Driver, name: str) -> None:
    await esms.account(blocked_phones=["+84 901 888 484"])

    expect(await esms.call(name), "phone_blocked")
    expect(await esms.call(name, Phone="0918238965"), "accepted")


@case(
    "esms",
    "blocked",
    rule="A blocked word, in whatever case, and a carrier without the sender name are refused with an SMSID.",
    sources=["error table V2, 177 and 201", "Q38"],
    needs=[Feature.ACCOUNTS],
    covers=[
        "esms:keyword_blocked",
        "esms:carrier_not_registered",
        "esms.keyword-blocked",
        "esms.carrier-not-registered",
        "esms.late-refusal-smsid",
    ],
    kills=["esms.words-ignored", "esms.words-exact", "esms.carriers-ignored", "esms.sms-refusal-without-id"],
    rows={f"{name}-{what}": (name, what) for name in SENDS for what in ("keyword_blocked", "carrier_not_registered")},
)
async def late_refusals(esms: Driver, name: str, outcome: str) -> None:
    if outcome == "keyword_blocked":
        await esms.account(blocked_words=["XAC Minh"])
    else:
        await esms.account(brandnames=[{"name": "Baotrixemay", "carriers": ["Viettel"]}])

    answer = expect(await esms.call(name), outcome)
    matches(answer.json.get("SMSID"), "[0-9a-zA-Z-]{31,42}", "SMSID")
    if outcome == "carrier_not_registered":
        expect(await esms.call(name, Phone="0971234567"), "accepted")


@case(
    "esms",
    "blocked",
    rule="The SMS of a request over two channels is checked before its Zalo message is sent.",
    sources=["V2, multichannel page", "Q38"],
    level=Level.SHOULD,
    needs=MESSAGES,
    covers=["esms.channels-sms-rules", "esms:template_mismatch"],
    kills=["esms.channels-sms-unchecked"],
)
async def channels_sms_rules(esms: Driver) -> None:
    expect(await multi(esms, {}, {"Content": "khong co mau"}), "template_mismatch")
    expect(await multi(esms, {}, {"Content": None}), "template_mismatch")
    equal(await esms.messages(), [], "messages")
    sms_id_of(await multi(esms))
