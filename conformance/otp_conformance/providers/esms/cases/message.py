"""Texts of the caller's own at eSMS: to whom they go, and what is checked."""

from __future__ import annotations

from functools import partial

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches, says_json
from otp_conformance.providers.esms.names import (
    FORM_SEND,
    GENCODE,
    GENCODE_V5,
    GET_SEND,
    JSON_SEND,
    MULTI_CHANNEL,
    PHONE,
    SENDS,
    TEXT,
    TRANSPORTS,
    XML_SEND,
    XML_TWIN,
)
from otp_conformance.providers.esms.steps import (
    ANY,
    MESSAGES,
    MOVED,
    RECEIVERS,
    STATUS,
    VOICE,
    list_refs,
    multi,
    read_balance,
    read_message,
    send_message,
    sms_id_of,
)

message_case = partial(case, "esms", "message")
diacritics_case = partial(case, "esms", "diacritics")
repeated_text_case = partial(case, "esms", "repeated text")
blocked_case = partial(case, "esms", "blocked")

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
    "zalo": ("25", "type_not_supported"),
    "word": ("x", "type_not_supported"),
    "missing": (None, "type_missing"),
    "empty": ("", "type_missing"),
}


@message_case(
    rule="Types 2 and 8 are sent, any other is not supported, and none is missing.",
    sources=["V2, error table, rows 118 and 300"],
    tier=Tier.SENDS,
    covers=["esms.message-types", "esms:type_missing", "esms:type_not_supported", "esms:accepted"],
    kills=["esms.sms-no-care", "esms.sms-no-voice"],
    rows={f"{name}-{kind}": (name, *row) for name in TRANSPORTS for kind, row in TYPES.items()},
)
async def message_type(esms: Driver, name: str, kind: str | None, outcome: str) -> None:
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
    expect(await esms.call(name, **unnamed, Phone=SEVERAL["comma"]), "too_many_numbers")
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


@message_case(
    rule="A text that fits no template of its sender name is refused, and the refusal has an SMSID.",
    covers=["esms:template_mismatch", "esms.content-missing", "esms.template-smsid"],
    kills=["esms.sms-refusal-without-id"],
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


@message_case(
    rule="A sender name that is missing, unknown or spelled in another case is refused, without SMSID.",
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


@message_case(
    rule="A sender name may hold blanks and apostrophes, and more than 11 characters.",
    sources=["SM O2"],
    needs=[*MESSAGES, Feature.ACCOUNTS],
    sends=3,
    covers=["esms.brandname-characters", "esms:accepted"],
    kills=["esms.sender-of-11"],
    rows={name: (name,) for name in (*TRANSPORTS, GENCODE, MULTI_CHANNEL)},
)
async def sender_characters(esms: Driver, name: str) -> None:
    names = ["D'Or Sai Gon", "Bao Tri Xe May Sai Gon", "O'1"]
    await esms.account(brandnames=[{"name": each} for each in names])
    for each in names:
        if name == MULTI_CHANNEL:
            sms_id = sms_id_of(await multi(esms, {}, {"Brandname": each}))
            await esms.bring_into("failed", sms_id)
        else:
            await send_message(esms, name, Brandname=each)

    senders = [each["sender"] for each in await esms.messages() if each["channel"] == "sms"]
    equal(senders, names, "senders")


@message_case(
    rule="Each character of a text counts against its template: a full stop is no exclamation mark.",
    sources=["SM O2"],
    needs=[Feature.ACCOUNTS],
    covers=["esms.template-compare", "esms:template_mismatch", "esms:accepted"],
    kills=["esms.punctuation-ignored"],
    rows=FORMS,
)
async def punctuation(esms: Driver, name: str) -> None:
    await esms.account(brandnames=[{"name": "Baotrixemay", "templates": ["{P1,8} la ma cua ban."]}])

    expect(await esms.call(name, Content="1234 la ma cua ban!"), "template_mismatch")
    expect(await esms.call(name, Content="1234 la ma cua ban"), "template_mismatch")
    expect(await esms.call(name, Content="1234 la ma cua ban."), "accepted")


@message_case(
    rule="Each place of a template has a greatest length of its own; there may be five.",
    sources=["SM O2", "V2, page on SMS templates"],
    needs=[Feature.ACCOUNTS],
    covers=["esms.template-place", "esms:template_mismatch", "esms:accepted"],
    kills=["esms.one-length-for-all"],
    rows={
        "full": ((50, 40, 8, 1, 20), "accepted"),
        "first": ((51, 40, 8, 1, 20), "template_mismatch"),
        "second": ((50, 41, 8, 1, 20), "template_mismatch"),
        "third": ((50, 40, 9, 1, 20), "template_mismatch"),
        "fourth": ((50, 40, 8, 2, 20), "template_mismatch"),
        "fifth": ((50, 40, 8, 1, 21), "template_mismatch"),
        "empty": ((50, 40, 8, 0, 20), "template_mismatch"),
    },
)
async def several_places(esms: Driver, lengths: tuple[int, ...], outcome: str) -> None:
    words = ("Chao ", ", don ", " luc ", " cho ", ": ", ".")
    places = [f"{{P{number},{most}}}" for number, most in enumerate((50, 40, 8, 1, 20), 1)]
    template = "".join(f"{word}{place}" for word, place in zip(words, [*places, ""], strict=True))
    await esms.account(brandnames=[{"name": "Baotrixemay", "templates": [template]}])

    text = "".join(f"{word}{'x' * length}" for word, length in zip(words, [*lengths, 0], strict=True))
    expect(await esms.call(JSON_SEND, Content=text), outcome)


@message_case(
    rule="What is no phone is refused; what is one in another spelling is not.",
    sources=["V2, error table, row 108"],
    covers=["esms:phone_invalid", "esms:accepted"],
    kills=["esms.sms-strict-phone"],
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


@message_case(
    rule="More than one phone is refused as too many, however many and in whatever form they come.",
    sources=["V2, error table, row 163"],
    tier=Tier.NOTHING,
    choices={"esms.several-phones": "163"},
    covers=["esms:too_many_numbers", "esms.several-phones=163"],
    kills=["esms.sms-first-phone"],
    rows={f"{name}-{what}": (name, phones) for name in (*TRANSPORTS, XML_TWIN) for what, phones in SEVERAL.items()}
    | {"many": (FORM_SEND, ",".join(["0901888484"] * 500))},
)
async def several_phones(esms: Driver, name: str, phones: str) -> None:
    expect(await esms.call(name, Phone=phones), "too_many_numbers")


@message_case(
    rule="Where several phones are accepted, the query form sends to each of them, under one SMSID with a row each.",
    sources=["SM O3"],
    level=Level.SHOULD,
    needs=[*MOVED, Feature.ACCOUNTS, Feature.CHOICES],
    choices={"esms.several-phones": "accepted", "esms.charging": "on-acceptance"},
    sends=2,
    covers=["esms.several-phones=accepted", "esms:accepted", "esms:receivers_told", "esms:status_told"],
    kills=["esms.several-first-only", "esms.several-charged-once"],
)
async def several_phones_accepted(esms: Driver) -> None:
    await esms.account(balance=10_000, price=850)
    sms_id = await send_message(esms, GET_SEND, Phone=SEVERAL["comma"])
    equal(await read_balance(esms), 8_300, "balance")
    equal([each["to"] for each in await esms.messages()], ["+84901888484", "+84918238965"], "phones")
    await esms.advance("2s")

    told = expect(await esms.call(STATUS, RefId=sms_id), "status_told").json
    counts = [told[each] for each in ("TotalReceiver", "TotalSent", "SendSuccess", "SendFailed")]
    equal((counts, told["TotalPrice"]), ([2, 2, 2, 0], 1700.0), "counts and price")
    rows = expect(await esms.call(RECEIVERS, RefId=sms_id), "receivers_told").json["ReceiverList"]
    equal([each["Phone"] for each in rows], ["0901888484", "0918238965"], "receivers")


@message_case(
    rule="Where several phones are accepted, one that is none, other separators and the other forms are refused.",
    sources=["I"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.CHOICES],
    choices={"esms.several-phones": "accepted"},
    covers=["esms.several-phones=accepted", "esms:phone_invalid", "esms:too_many_numbers"],
    rows={
        "none": (GET_SEND, f"{PHONE},x", "phone_invalid"),
        **{f"{GET_SEND}-{what}": (GET_SEND, SEVERAL[what], "too_many_numbers") for what in ("semicolon", "bar")},
        **{name: (name, SEVERAL["comma"], "too_many_numbers") for name in TRANSPORTS if name != GET_SEND},
    },
)
async def several_phones_refused(esms: Driver, name: str, phones: str, outcome: str) -> None:
    expect(await esms.call(name, Phone=phones), outcome, phone=phones)


@message_case(
    rule="A list of phones in JSON is more than one phone; a list of one is one.",
    sources=["V2, error table, row 163"],
    level=Level.SHOULD,
    choices={"esms.several-phones": "163"},
    covers=["esms:too_many_numbers"],
    rows={"two": ([PHONE, "0918238965"], "too_many_numbers"), "one": ([PHONE], "accepted")},
)
async def list_of_phones(esms: Driver, phones: list[str], outcome: str) -> None:
    expect(await esms.call(JSON_SEND, Phone=phones), outcome)


@message_case(
    rule="Where several phones count as no phone, they are refused like one.",
    sources=["V2, error table, rows 108 and 163"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.CHOICES],
    choices={"esms.several-phones": "108"},
    covers=["esms.several-phones=108", "esms:phone_invalid"],
    rows=FORMS,
)
async def several_phones_as_none(esms: Driver, name: str) -> None:
    expect(await esms.call(name, Phone=SEVERAL["comma"]), "phone_invalid", phone=SEVERAL["comma"])


@diacritics_case(
    rule="The text is sent as it is written, whatever IsUnicode says.",
    level=Level.SHOULD,
    needs=MESSAGES,
    choices={"esms.is-unicode": "as-written"},
    sends=3,
    covers=["esms.is-unicode=as-written"],
    rows={"json": (JSON_SEND,), "get": (GET_SEND,)},
)
async def as_written(esms: Driver, name: str) -> None:
    for is_unicode in ("1", "0", None):
        held = await read_message(
            esms, await send_message(esms, name, **ANY, Content="Mã của bạn: 1234 đ", IsUnicode=is_unicode)
        )
        equal(held["text"], "Mã của bạn: 1234 đ", f"text with IsUnicode {is_unicode}")


@diacritics_case(
    rule="Where texts are stripped, IsUnicode 1 keeps the diacritics, 0 or nothing takes them off.",
    level=Level.SHOULD,
    needs=[*MESSAGES, Feature.CHOICES],
    choices={"esms.is-unicode": "stripped", "esms.unicode-alias": "ignored"},
    sends=4,
    covers=["esms.is-unicode=stripped", "esms.unicode-alias=ignored"],
    rows={"json": (JSON_SEND,), "get": (GET_SEND,)},
)
async def stripped(esms: Driver, name: str) -> None:
    texts = []
    for more in ({"IsUnicode": "1"}, {"IsUnicode": "0"}, {}, {"Unicode": "1"}):
        held = await read_message(esms, await send_message(esms, name, **ANY, Content="Mã của bạn: 1234 Đđ", **more))
        texts.append(held["text"])

    equal(texts, ["Mã của bạn: 1234 Đđ", *["Ma cua ban: 1234 Dd"] * 3], "texts")


@diacritics_case(
    rule="In XML, UNICODE stands for IsUnicode, and ISFLASH makes no difference.",
    sources=["VT O2, names of the elements"],
    level=Level.SHOULD,
    needs=[*MESSAGES, Feature.CHOICES],
    choices={"esms.is-unicode": "stripped"},
    sends=3,
    covers=["esms.xml-unicode", "esms.is-unicode=stripped"],
    rows={name: (name,) for name in (XML_SEND, XML_TWIN)},
)
async def stripped_by_xml(esms: Driver, name: str) -> None:
    texts = []
    for more in ({"Unicode": "1", "IsFlash": "1"}, {"Unicode": "0"}, {}):
        held = await read_message(esms, await send_message(esms, name, **ANY, Content="Mã 1234", **more))
        texts.append(held["text"])

    equal(texts, ["Mã 1234", "Ma 1234", "Ma 1234"], "texts")


@diacritics_case(
    rule="Where Unicode is read, it stands for a missing IsUnicode.",
    level=Level.SHOULD,
    needs=[*MESSAGES, Feature.CHOICES],
    choices={"esms.is-unicode": "stripped", "esms.unicode-alias": "read"},
    sends=2,
    covers=["esms.unicode-alias=read", "esms.is-unicode=stripped"],
    rows={"json": (JSON_SEND,), "get": (GET_SEND,)},
)
async def unicode_alias(esms: Driver, name: str) -> None:
    kept = await read_message(esms, await send_message(esms, name, **ANY, Content="Mã 1234", Unicode="1"))
    off = await read_message(esms, await send_message(esms, name, **ANY, Content="Mã 1234", Unicode="1", IsUnicode="0"))

    equal((kept["text"], off["text"]), ("Mã 1234", "Ma 1234"), "texts")


@repeated_text_case(
    rule="The same text to the same phone again is sent like any other.",
    sources=["V2, OTP and customer-care page"],
    level=Level.SHOULD,
    needs=MOVED,
    choices={"esms.repeated-content": "sent"},
    sends=2,
    covers=["esms.repeated-content=sent", "esms.no-send-limit"],
    rows={name: (name,) for name in TRANSPORTS},
)
async def repeated_is_sent(esms: Driver, name: str) -> None:
    ids = [await send_message(esms, name), await send_message(esms, name)]
    await esms.advance("2s")

    equal([(await read_message(esms, each))["state"] for each in ids], ["delivered"] * 2, "states")


@repeated_text_case(
    rule="Where repetitions fail, the same text to the same phone is accepted and fails until five minutes are over.",
    sources=["V2, OTP and customer-care page"],
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=[*MOVED, Feature.CHOICES],
    choices={"esms.repeated-content": "fails"},
    sends=5,
    covers=["esms.repeated-content=fails"],
    rows={name: (name,) for name in TRANSPORTS},
)
async def repeated_fails(esms: Driver, name: str) -> None:
    ids = [await send_message(esms, name)]
    await esms.advance("299s")
    ids += [
        await send_message(esms, name),
        await send_message(esms, name, Content=f"1{TEXT}"),
        await send_message(esms, name, Phone="0918238965"),
    ]
    await esms.advance("2s")
    ids.append(await send_message(esms, name))
    await esms.advance("2s")

    states = [(await read_message(esms, each))["state"] for each in ids]
    equal(states, ["delivered", "failed", "delivered", "delivered", "delivered"], "states")


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
