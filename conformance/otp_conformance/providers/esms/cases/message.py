"""Texts of the caller's own at eSMS: the answer, the SMSID, the types, and what goes out."""

from __future__ import annotations

from functools import partial

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches, says_json
from otp_conformance.providers.esms.names import (
    GENCODE,
    GENCODE_V5,
    GET_SEND,
    JSON_SEND,
    MULTI_CHANNEL,
    PHONE,
    TRANSPORTS,
)
from otp_conformance.providers.esms.steps import (
    MESSAGES,
    MOVED,
    STATUS,
    VOICE,
    list_refs,
    read_balance,
    read_message,
    send_message,
)

message_case = partial(case, "esms", "message")

FORMS = {name: (name,) for name in TRANSPORTS}


@message_case(
    rule="An accepted message answers CodeResult 100 as text, CountRegenerate 0 and an opaque SMSID, in each form.",
    sources=["V2, OTP and customer-care page, tab 100", "V2, GET, form and XML page, tab 100"],
    covers=["esms:accepted", "esms.transports-alike", "esms.xml-names", "esms.xml-no-minimum"],
    rows=FORMS,
)
async def message_accepted(esms: Driver, name: str) -> None:
    answer = expect(await esms.call(name), "accepted")

    matches(answer.text, r'\{"CodeResult":"100","CountRegenerate":0,"SMSID":"[0-9a-zA-Z-]{31,42}"\}', "body")
    says_json(answer)


@message_case(
    rule="Each message has an SMSID of its own.",
    sources=["I"],
    sends=3,
    covers=["esms:accepted"],
    kills=["esms.sms-constant-id"],
    rows=FORMS,
)
async def message_ids_differ(esms: Driver, name: str) -> None:
    equal(len({await send_message(esms, name) for _ in range(3)}), 3, "different SMSIDs")


FORMS_OF_IDS = {
    "guid-and-digits": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\d{2,4}",
    "hex-and-digits": r"[0-9a-f]{32}\d{2,4}",
    "hex": "[0-9a-f]{32}",
}


async def find_by_ids(esms: Driver, form: str) -> None:
    """Send in each way, hold the SMSIDs against a form, and ask for their state."""
    answers = [await esms.call(name) for name in (*TRANSPORTS, MULTI_CHANNEL)]
    answers.append(await esms.call(JSON_SEND, Content="khong co mau"))
    for answer in answers:
        matches(answer.json["SMSID"], FORMS_OF_IDS[form], "SMSID")
        expect(await esms.call(STATUS, RefId=answer.json["SMSID"]), "status_told")
    for name in (GENCODE, GENCODE_V5):
        matches(await send_message(esms, name), FORMS_OF_IDS["hex"], f"SMSID of {name}")


@message_case(
    rule="An SMSID is a GUID and two to four digits, and 32 digits at GENCODE; the message is found by it.",
    sources=["SM O1", "S2, GENCODE, tab 100"],
    level=Level.SHOULD,
    choices={"esms.smsid-opaque": "guid-and-digits", "esms.status-delay": "at-once"},
    sends=7,
    covers=["esms.smsid-opaque", "esms.smsid-opaque=guid-and-digits", "esms:accepted", "esms:status_told"],
)
async def guid_and_digits(esms: Driver) -> None:
    await find_by_ids(esms, "guid-and-digits")


@message_case(
    rule="Where SMSIDs have another form, all of a message's have it, and the message is found by it.",
    sources=["V2, samples"],
    level=Level.SHOULD,
    needs=[Feature.CHOICES],
    choices={"esms.smsid-opaque": "hex-and-digits", "esms.status-delay": "at-once"},
    sends=7,
    covers=["esms.smsid-opaque=hex-and-digits", "esms:accepted", "esms:status_told"],
)
async def hex_and_digits(esms: Driver) -> None:
    await find_by_ids(esms, "hex-and-digits")


@message_case(
    rule="Where SMSIDs are 32 digits everywhere, all have that form, and the message is found by it.",
    sources=["S2, GENCODE, tab 100"],
    level=Level.SHOULD,
    needs=[Feature.CHOICES],
    choices={"esms.smsid-opaque": "hex", "esms.status-delay": "at-once"},
    sends=7,
    covers=["esms.smsid-opaque=hex", "esms:accepted", "esms:status_told"],
)
async def hex_everywhere(esms: Driver) -> None:
    await find_by_ids(esms, "hex")


@message_case(
    rule="The phone receives the text as it was sent, from the sender name.",
    sources=["V2, OTP and customer-care page"],
    needs=MESSAGES,
    covers=["esms.transports-alike", "esms:accepted"],
    kills=["esms.sms-text-cut", "esms.sms-other-sender"],
    rows=FORMS,
)
async def message_goes_out(esms: Driver, name: str) -> None:
    text = "Ma \"1234\" <a> & 'b' cua ban; x=y%20+ đã gửi"
    held = await read_message(esms, await send_message(esms, name, Brandname="Sandbox", Content=text))

    equal((held["text"], held["sender"], held["channel"]), (text, "Sandbox", "sms"), "text, sender and channel")
    equal((held["to"], held["operation"], held["code"]), ("+84901888484", name, "1234"), "phone, operation and code")


TYPES = {
    "customer-care": ("2", "accepted"),
    "voice": ("8", "accepted"),
    "advertising": ("1", "type_not_supported"),
    "viber": ("23", "type_not_supported"),
    "zalo": ("25", "oa_or_template_missing"),
    "word": ("x", "type_not_supported"),
    "missing": (None, "type_missing"),
    "empty": ("", "type_missing"),
}


@message_case(
    rule="Types 2 and 8 are sent, 24 and 25 want an Official Account where there is one; any other is not supported.",
    sources=["V2, error table, rows 118 and 300"],
    tier=Tier.SENDS,
    covers=["esms.message-types", "esms.full-content", "esms:type_missing", "esms:type_not_supported", "esms:accepted"],
    kills=["esms.sms-no-care", "esms.sms-no-voice"],
    rows={
        f"{name}-{kind}": (name, *row)
        for name in TRANSPORTS
        for kind, row in TYPES.items()
        if (name, kind) != (GET_SEND, "viber")
    },
)
async def message_type(esms: Driver, name: str, kind: str | None, outcome: str) -> None:
    if kind == "25" and "OAID" not in esms.operation(name).fields:
        outcome = "type_not_supported"
    expect(await esms.call(name, SmsType=kind), outcome)


OLD_TYPES = ("3", "4", "6", "7", "13")


@message_case(
    rule="The types of old clients, and type 1 without a sender name, are not supported.",
    sources=["V2, error table, row 118"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    choices={"esms.old-types": "refused", "esms.type-1-unnamed": "refused"},
    covers=[
        *("esms.old-types", "esms.old-types=refused", "esms.type-1-unnamed", "esms.type-1-unnamed=refused"),
        "esms:type_not_supported",
    ],
    rows=FORMS,
)
async def old_types(esms: Driver, name: str) -> None:
    for kind in OLD_TYPES:
        expect(await esms.call(name, SmsType=kind), "type_not_supported")
    expect(await esms.call(name, SmsType="1", Brandname=None), "type_not_supported")


@message_case(
    rule="Where they are taken for customer care, they are checked, sent and listed as that.",
    sources=["SM O2"],
    level=Level.SHOULD,
    needs=[*MESSAGES, Feature.CHOICES],
    choices={"esms.old-types": "like-2"},
    sends=5,
    covers=["esms.old-types=like-2", "esms:accepted", "esms:template_mismatch", "esms:brandname_unknown"],
    kills=["esms.old-types-unchecked"],
    rows=FORMS,
)
async def old_types_like_2(esms: Driver, name: str) -> None:
    sent = []
    for kind in OLD_TYPES:
        expect(await esms.call(name, SmsType=kind, Content="khong co mau"), "template_mismatch")
        expect(await esms.call(name, SmsType=kind, Brandname=None), "brandname_unknown")
        sent.append(await send_message(esms, name, SmsType=kind))
    equal({(await read_message(esms, each))["sender"] for each in sent}, {"Baotrixemay"}, "senders")
    equal(set(await list_refs(esms, SmsType="2")), set(sent), "SMSIDs of type 2")


@message_case(
    rule="Where type 1 without a sender name is lost, it is accepted and charged, and never arrives.",
    sources=["NB O2"],
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=[*MOVED, Feature.ACCOUNTS, Feature.CHOICES],
    choices={"esms.type-1-unnamed": "lost", "esms.charging": "on-acceptance"},
    covers=["esms.type-1-unnamed=lost", "esms:accepted", "esms:type_not_supported", "esms:too_many_numbers"],
    kills=["esms.lost-arrives"],
    rows=FORMS,
)
async def type_1_is_lost(esms: Driver, name: str) -> None:
    await esms.account(balance=1_000, price=850)
    unnamed = {"SmsType": "1", "Brandname": None}
    expect(await esms.call(name, **unnamed, Phone=f"{PHONE},0918238965"), "too_many_numbers")
    sms_id = await send_message(esms, name, **unnamed)
    equal(await read_balance(esms), 150, "balance")

    await esms.advance("24h")

    equal((await read_message(esms, sms_id))["state"], "sent", "state")
    expect(await esms.call(name, SmsType="1"), "type_not_supported")


@message_case(
    rule="A message of type 8 is a call that reads its content out; it needs neither sender name nor template.",
    level=Level.SHOULD,
    needs=MESSAGES,
    sends=2,
    covers=["esms.voice-type", "esms.voice-free-text", "esms.message-types"],
    kills=["esms.sms-voice-as-sms", "esms.sms-voice-needs-name", "esms.sms-voice-named"],
    rows=FORMS,
)
async def voice(esms: Driver, name: str) -> None:
    held = await read_message(esms, await send_message(esms, name, **VOICE))
    equal((held["channel"], held["sender"], held["text"]), ("voice", "", "686868"), "channel, sender and text")

    named = await read_message(esms, await send_message(esms, name, **{**VOICE, "Brandname": "x"}))
    equal(named["sender"], "", "sender of a call that names one")
