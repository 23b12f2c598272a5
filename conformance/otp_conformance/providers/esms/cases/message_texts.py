"""What texts of the caller's own say at eSMS: sender names, templates, diacritics, and the same text again."""

from __future__ import annotations

from functools import partial

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.esms.names import (
    GENCODE,
    GET_SEND,
    JSON_SEND,
    MULTI_CHANNEL,
    TEXT,
    TRANSPORTS,
    XML_SEND,
    XML_TWIN,
)
from otp_conformance.providers.esms.steps import ANY, MESSAGES, MOVED, multi, read_message, send_message, sms_id_of

message_case = partial(case, "esms", "message")
diacritics_case = partial(case, "esms", "diacritics")
repeated_text_case = partial(case, "esms", "repeated text")


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
    rows={name: (name,) for name in TRANSPORTS},
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
