"""Texts of the caller's own at eSMS: the four forms, types, sender names, texts and phones."""

from __future__ import annotations

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.esms import FORM_SEND, JSON_SEND, PHONE, TRANSPORTS
from otp_conformance.providers.esms.send_steps import MESSAGES, TEXT, VOICE, message, sent

FORMS = {name: (name,) for name in TRANSPORTS}


@case(
    "esms",
    "message",
    rule="An accepted message answers CodeResult 100 as text, CountRegenerate 0 and an opaque SMSID, in each form.",
    sources=["V2, OTP and customer-care page, tab 100", "V2, GET, form and XML page, tab 100"],
    covers=["esms:accepted", "esms.transports-alike", "esms.xml-names", "esms.xml-no-minimum"],
    kills=["esms.sms-code-as-number", "esms.sms-no-id"],
    rows=FORMS,
)
async def message_accepted(esms: Driver, name: str) -> None:
    answer = expect(await esms.call(name), "accepted")

    matches(answer.text, r'\{"CodeResult":"100","CountRegenerate":0,"SMSID":"[0-9a-zA-Z-]{31,42}"\}', "body")
    matches(answer.exchange.answer_headers.get("Content-Type"), r"application/json; ?charset=utf-8", "content type")


@case(
    "esms",
    "message",
    rule="Each message has an SMSID of its own.",
    sources=["1.6"],
    sends=3,
    covers=["esms:accepted"],
    kills=["esms.sms-constant-id"],
    rows=FORMS,
)
async def message_ids_differ(esms: Driver, name: str) -> None:
    equal(len({await sent(esms, name) for _ in range(3)}), 3, "different SMSIDs")


@case(
    "esms",
    "message",
    rule="The phone receives the text as it was sent, from the sender name.",
    sources=["V2, OTP and customer-care page"],
    needs=MESSAGES,
    covers=["esms.transports-alike", "esms:accepted"],
    kills=["esms.sms-text-cut", "esms.sms-other-sender"],
    rows=FORMS,
)
async def message_goes_out(esms: Driver, name: str) -> None:
    text = "Ma \"1234\" <a> & 'b' cua ban; x=y%20+ đã gửi"
    held = await message(esms, await sent(esms, name, Brandname="Sandbox", Content=text))

    equal((held["text"], held["sender"], held["channel"]), (text, "Sandbox", "sms"), "text, sender and channel")
    equal((held["to"], held["operation"], held["code"]), ("+84901888484", name, "1234"), "phone, operation and code")


TYPES = {
    "customer-care": ("2", "accepted"),
    "voice": ("8", "accepted"),
    "advertising": ("1", "type_not_supported"),
    "viber": ("23", "type_not_supported"),
    "zalo": ("25", "type_not_supported"),
    "word": ("x", "type_not_supported"),
    "missing": (None, "type_missing"),
    "empty": ("", "type_missing"),
}


@case(
    "esms",
    "message",
    rule="Types 2 and 8 are sent, any other is not supported, and none is missing.",
    sources=["error table V2, 118 and 300", "Q15"],
    tier=Tier.SENDS,
    covers=["esms.message-types", "esms:type_missing", "esms:type_not_supported", "esms:accepted"],
    kills=["esms.sms-any-type", "esms.sms-no-care", "esms.sms-no-voice", "esms.sms-type-optional"],
    rows={f"{name}-{kind}": (name, *row) for name in TRANSPORTS for kind, row in TYPES.items()},
)
async def message_type(esms: Driver, name: str, kind: str | None, outcome: str) -> None:
    expect(await esms.call(name, SmsType=kind), outcome)


@case(
    "esms",
    "message",
    rule="A message of type 8 is a call that reads its content out; it needs neither sender name nor template.",
    sources=["V2, Voice OTP page", "Q31"],
    level=Level.SHOULD,
    needs=MESSAGES,
    sends=2,
    covers=["esms.voice-type", "esms.voice-free-text", "esms.message-types"],
    kills=["esms.sms-voice-as-sms", "esms.sms-voice-needs-name", "esms.sms-voice-named"],
    rows=FORMS,
)
async def voice(esms: Driver, name: str) -> None:
    held = await message(esms, await sent(esms, name, **VOICE))
    equal((held["channel"], held["sender"], held["text"]), ("voice", "", "686868"), "channel, sender and text")

    named = await message(esms, await sent(esms, name, **{**VOICE, "Brandname": "x"}))
    equal(named["sender"], "", "sender of a call that names one")


@case(
    "esms",
    "message",
    rule="A text that fits no template of its sender name is refused, and the refusal has an SMSID.",
    sources=["V2, OTP and customer-care page, tab 146", "Q37"],
    covers=["esms:template_mismatch", "esms.content-missing", "esms.template-smsid"],
    kills=["esms.sms-any-text", "esms.sms-content-optional", "esms.sms-refusal-without-id"],
    rows={
        f"{name}-{what}": (name, text)
        for name in TRANSPORTS
        for what, text in {
            "other": "khong co mau",
            "more": f"{TEXT}.",
            "case": TEXT.upper(),
            "long-code": f"123{TEXT}",
            "missing": None,
        }.items()
    },
)
async def message_text(esms: Driver, name: str, text: str | None) -> None:
    answer = expect(await esms.call(name, Content=text), "template_mismatch")

    matches(answer.json.get("SMSID"), "[0-9a-zA-Z-]{31,42}", "SMSID")


@case(
    "esms",
    "message",
    rule="A sender name that is missing, unknown or spelled in another case is refused, without SMSID.",
    sources=["V2, OTP and customer-care page, tab 104", "Q37"],
    tier=Tier.NOTHING,
    covers=["esms:brandname_unknown"],
    kills=["esms.sms-any-name", "esms.sms-name-folded"],
    rows={
        f"{name}-{what}": (name, text)
        for name in TRANSPORTS
        for what, text in {"unknown": "Nobody", "case": "baotrixemay", "missing": None}.items()
    },
)
async def message_sender(esms: Driver, name: str, text: str | None) -> None:
    answer = expect(await esms.call(name, Brandname=text), "brandname_unknown")

    equal(answer.json.get("SMSID"), None, "SMSID")


@case(
    "esms",
    "message",
    rule="What is no phone is refused; what is one in another spelling is not.",
    sources=["error table V2, 108", "Q40"],
    covers=["esms:phone_invalid", "esms:accepted"],
    kills=["esms.sms-any-phone", "esms.sms-strict-phone"],
    rows={
        f"{name}-{what}": (name, *row)
        for name in TRANSPORTS
        for what, row in {
            "short": ("097469188", "phone_invalid"),
            "word": ("x", "phone_invalid"),
            "missing": (None, "phone_invalid"),
            "international": ("+84901888484", "accepted"),
            "dots": ("0901.888.484", "accepted"),
        }.items()
    },
)
async def message_phone(esms: Driver, name: str, phone: str | None, outcome: str) -> None:
    expect(await esms.call(name, Phone=phone), outcome, phone=phone or "")


SEVERAL = {"comma": "0901888484,0918238965", "semicolon": "0901888484;0918238965", "bar": "0901888484|0918238965"}


@case(
    "esms",
    "message",
    rule="More than one phone is refused as too many, however many and in whatever form they come.",
    sources=["error table V2, 163"],
    tier=Tier.NOTHING,
    choices={"esms.several-phones": "163"},
    covers=["esms:too_many_numbers", "esms.several-phones=163"],
    kills=["esms.sms-first-phone", "esms.sms-several-invalid"],
    rows={f"{name}-{what}": (name, phones) for name in TRANSPORTS for what, phones in SEVERAL.items()}
    | {"many": (FORM_SEND, ",".join(["0901888484"] * 500))},
)
async def several_phones(esms: Driver, name: str, phones: str) -> None:
    expect(await esms.call(name, Phone=phones), "too_many_numbers")


@case(
    "esms",
    "message",
    rule="A list of phones in JSON is more than one phone; a list of one is one.",
    sources=["error table V2, 163", "Q5"],
    level=Level.SHOULD,
    choices={"esms.several-phones": "163"},
    covers=["esms:too_many_numbers"],
    rows={"two": ([PHONE, "0918238965"], "too_many_numbers"), "one": ([PHONE], "accepted")},
)
async def list_of_phones(esms: Driver, phones: list[str], outcome: str) -> None:
    expect(await esms.call(JSON_SEND, Phone=phones), outcome)


@case(
    "esms",
    "message",
    rule="Where several phones count as no phone, they are refused like one.",
    sources=["error table V2, 108 and 163"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.CHOICES],
    choices={"esms.several-phones": "108"},
    covers=["esms.several-phones=108", "esms:phone_invalid"],
    rows=FORMS,
)
async def several_phones_as_none(esms: Driver, name: str) -> None:
    expect(await esms.call(name, Phone=SEVERAL["comma"]), "phone_invalid", phone=SEVERAL["comma"])
