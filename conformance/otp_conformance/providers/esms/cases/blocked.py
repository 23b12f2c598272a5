"""What is not sent at eSMS: to a blocked phone, with a blocked word, or where the carrier lacks the sender name."""

from __future__ import annotations

from functools import partial

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.esms.names import GET_SEND, SENDS
from otp_conformance.providers.esms.steps import MESSAGES, multi, sms_id_of

blocked_case = partial(case, "esms", "blocked")


@blocked_case(
    rule="A blocked phone is refused with a result code, in whatever spelling it is blocked.",
    sources=["V2, error table, row 99"],
    tier=Tier.NOTHING,
    needs=[Feature.ACCOUNTS],
    covers=["esms:phone_blocked", "esms.phone-blocked"],
    kills=["esms.blocked-phone-as-written"],
    rows={name: (name,) for name in SENDS},
)
async def blocked_phone(esms: Driver, name: str) -> None:
    await esms.account(blocked_phones=["+84 901 888 484"])

    expect(await esms.call(name), "phone_blocked")
    expect(await esms.call(name, Phone="0918238965"), "accepted")


@blocked_case(
    rule="A blocked word, in whatever case, and a carrier without the sender name are refused with an SMSID.",
    sources=["V2, error table, rows 177 and 201"],
    needs=[Feature.ACCOUNTS],
    covers=[
        "esms:keyword_blocked",
        "esms:carrier_not_registered",
        "esms.keyword-blocked",
        "esms.carrier-not-registered",
        "esms.late-refusal-smsid",
    ],
    kills=["esms.words-exact", "esms.sms-refusal-without-id"],
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


@blocked_case(
    rule="The refusal names the carrier of the phone, two of them spelled otherwise than elsewhere.",
    sources=["SM O2, an older table of the provider in several clients"],
    needs=[Feature.ACCOUNTS],
    covers=["esms:carrier_not_registered", "esms.carrier-named"],
    rows={
        "viettel": ("0971234567", "Viettel"),
        "vinaphone": ("0918238965", "VinaPhone"),
        "mobifone": ("0901888484", "Mobifone"),
        "gtel": ("0591888484", "Gtel"),
        "vietnamobile": ("0561888484", "Vietnammoile"),
    },
)
async def carrier_named(esms: Driver, phone: str, network: str) -> None:
    await esms.account(brandnames=[{"name": "Baotrixemay", "carriers": []}])

    expect(await esms.call(GET_SEND, Phone=phone), "carrier_not_registered", network=network)


@blocked_case(
    rule="The SMS of a request over two channels is checked before its Zalo message is sent.",
    level=Level.SHOULD,
    needs=MESSAGES,
    covers=["esms.channels-sms-rules", "esms:template_mismatch"],
)
async def channels_sms_rules(esms: Driver) -> None:
    expect(await multi(esms, {}, {"Content": "khong co mau"}), "template_mismatch")
    expect(await multi(esms, {}, {"Content": None}), "template_mismatch")
    equal(await esms.messages(), [], "messages")
    sms_id_of(await multi(esms))
