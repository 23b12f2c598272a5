"""SendOTP: the code, the text around it, recipients, lines."""

from __future__ import annotations

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches, true
from otp_conformance.providers.amoot.steps import MESSAGES, SEND, latest


@case(
    "amoot",
    "code",
    rule="The code has as many digits as CodeLength asks for, from 4 to 8, is text, and does not begin with 0.",
    sources=["S, CodeLength", "W", "5.2-6"],
    sends=12,
    covers=[
        "amoot:success",
        "amoot.code-length-bounds",
        "amoot.code-exact-length",
        "amoot.code-is-text",
        "amoot.code-first-digit",
        "amoot.code-returned",
        "amoot.code-length-spelling",
    ],
    kills=["amoot.code-length-plus-one", "amoot.code-as-number", "amoot.code-from-zero", "amoot.length-max-seven"],
    rows={"4": ("4", 4), "8": ("8", 8), "persian": ("۵", 5), "leading-zero": ("06", 6)},
)
async def length(amoot: Driver, asked: str, expected: int) -> None:
    for _ in range(12):
        sent = expect(await amoot.call(SEND, CodeLength=asked), "success")
        matches(sent.json["Data"]["Code"], rf"[1-9][0-9]{{{expected - 1}}}", "Code")


@case(
    "amoot",
    "code",
    rule="A length below 4, missing or no number is Length_Invalid; above 8 it is Length_Exceeded.",
    sources=["S, 120 and 121", "5.2-7"],
    tier=Tier.NOTHING,
    covers=["amoot:length_invalid", "amoot:length_exceeded", "amoot.code-length-invalid", "amoot.code-length-exceeded"],
    kills=["amoot.length-min-three", "amoot.length-max-nine", "amoot.length-one-error", "amoot.length-default"],
    rows={
        "3": ("3", "length_invalid"),
        "9": ("9", "length_exceeded"),
        "0": ("0", "length_invalid"),
        "-4": ("-4", "length_invalid"),
        "word": ("four", "length_invalid"),
        "fraction": ("4.5", "length_invalid"),
        "missing": (None, "length_invalid"),
        "empty": ("", "length_invalid"),
        "huge": ("99999999999999999999", "length_exceeded"),
    },
)
async def length_outside(amoot: Driver, asked: str | None, outcome: str) -> None:
    expect(await amoot.call(SEND, CodeLength=asked), outcome)


@case(
    "amoot",
    "code",
    rule="The code in the answer is the one in the message, and each call makes another with another MessageID.",
    sources=["S", "5.2-4"],
    needs=MESSAGES,
    covers=["amoot:success", "amoot.code-returned", "amoot.code-fresh", "amoot.code-by-provider"],
    kills=["amoot.other-code-told", "amoot.constant-code", "amoot.constant-id", "amoot.caller-code"],
)
async def code_is_handed_back(amoot: Driver) -> None:
    seen, ids = set(), set()
    for _ in range(3):
        sent = expect(await amoot.call(SEND, CodeLength="8", OptionalCode="1234", Code="1234"), "success")
        data = sent.json["Data"]
        message = await latest(amoot)
        equal(message["code"], data["Code"], "code of the message")
        true(str(data["Code"]) in str(message["text"]), "the code in the text", message["text"])
        seen.add(data["Code"])
        ids.add(data["MessageID"])

    equal((len(seen), len(ids)), (3, 3), "different codes and ids")


@case(
    "amoot",
    "code",
    rule="Nothing expires and nothing is superseded: the caller compares as long as it likes.",
    sources=["5.2-5"],
    level=Level.SHOULD,
    needs=[Feature.CLOCK, *MESSAGES],
    covers=["amoot.no-verification", "amoot.no-lifetime", "amoot.no-rate-limit"],
    kills=["amoot.codes-expire"],
)
async def codes_stay(amoot: Driver) -> None:
    await amoot.call(SEND)
    await amoot.call(SEND)
    await amoot.advance("48h")

    codes = (await amoot.control("GET", "/codes"))["codes"]
    equal([code["state"] for code in codes], ["active", "active"], "states")


@case(
    "amoot",
    "message text",
    rule="%code% is replaced by the code wherever it stands; a text without it is followed by the code on a new line.",
    sources=["5.2-3"],
    level=Level.SHOULD,
    needs=MESSAGES,
    covers=["amoot.text-placeholder", "amoot.text-appended", "amoot.text-free", "amoot.utf8-text"],
    kills=["amoot.placeholder-kept", "amoot.not-appended", "amoot.appended-with-blank", "amoot.first-placeholder-only"],
    rows={
        "placeholder": ("your code %code%!", "your code {}!"),
        "twice": ("%code% or %code%", "{0} or {0}"),
        "none": ("پیامک تستی من", "پیامک تستی من\n{}"),
        "other-case": ("%CODE%", "%CODE%\n{}"),
    },
)
async def text(amoot: Driver, text: str, expected: str) -> None:
    sent = expect(await amoot.call(SEND, SMSMessageText=text), "success")

    equal((await latest(amoot))["text"], expected.format(sent.json["Data"]["Code"]), "text")


@case(
    "amoot",
    "message text",
    rule="A missing or empty text is SMSMessageText_Empty.",
    sources=["S, 14"],
    tier=Tier.NOTHING,
    covers=["amoot:sms_message_text_empty", "amoot.text-empty"],
    kills=["amoot.empty-text-sent"],
    rows={"missing": (None,), "empty": ("",)},
)
async def text_missing(amoot: Driver, text: str | None) -> None:
    expect(await amoot.call(SEND, SMSMessageText=text), "sms_message_text_empty")


@case(
    "amoot",
    "recipient",
    rule="A mobile is taken in every spelling, and comes back as the ten digits of a number.",
    sources=["S sample", "2.2", "5.2-16"],
    covers=[
        "amoot.mobile-national",
        "amoot.mobile-leading-zero",
        "amoot.mobile-country-code",
        "amoot.mobile-folding",
        "amoot.mobile-echo-number",
        "amoot.mobile-echo-national",
    ],
    kills=["amoot.mobile-echoed-as-sent", "amoot.mobile-as-text", "amoot.persian-digits-refused"],
    rows={
        "ten-digits": ("9120000000",),
        "zero": ("09120000000",),
        "98": ("989120000000",),
        "+98": ("+989120000000",),
        "0098": ("00989120000000",),
        "blanks": (" 0912 000 0000 ",),
        "persian": ("۰۹۱۲۰۰۰۰۰۰۰",),
        "arabic": ("٠٩١٢٠٠٠٠٠٠٠",),
    },
)
async def mobile(amoot: Driver, spelling: str) -> None:
    sent = expect(await amoot.call(SEND, Mobile=spelling), "success")

    equal(sent.json["Data"]["Mobile"], 9120000000, "Mobile")


@case(
    "amoot",
    "recipient",
    rule="What is no Iranian mobile, a list too, is Mobile_Invalid; a missing one is Mobile_Empty.",
    sources=["S, 16 and 101", "5.2-15"],
    tier=Tier.NOTHING,
    covers=[
        "amoot:mobile_invalid",
        "amoot:mobile_empty",
        "amoot.mobile-malformed",
        "amoot.mobile-list",
        "amoot.mobile-empty",
    ],
    kills=["amoot.mobile-unchecked", "amoot.first-of-list", "amoot.mobile-one-error"],
    rows={
        "short": ("912000000", "mobile_invalid"),
        "long": ("91200000001", "mobile_invalid"),
        "landline": ("2188776655", "mobile_invalid"),
        "word": ("mobile", "mobile_invalid"),
        "list": ("9120000000,9120000001", "mobile_invalid"),
        "missing": (None, "mobile_empty"),
        "empty": ("", "mobile_empty"),
    },
)
async def mobile_outside(amoot: Driver, spelling: str | None, outcome: str) -> None:
    expect(await amoot.call(SEND, Mobile=spelling), outcome)


@case(
    "amoot",
    "line",
    rule="The shared, the service and the advertising line may send, in any case.",
    sources=["S sample", "2.4"],
    covers=["amoot.line-public", "amoot.line-service", "amoot.line-98", "amoot.line-case", "amoot:success"],
    kills=["amoot.line-exact-case"],
    rows={"public": ("public",), "Public": ("Public",), "service": ("service",), "98": ("98",)},
)
async def line(amoot: Driver, name: str) -> None:
    expect(await amoot.call(SEND, LineNumber=name), "success")


@case(
    "amoot",
    "line",
    rule="A line that the account does not have is LineNumber_NotExist; a missing one is LineNumber_Empty.",
    sources=["S, 5 and 12", "2.4"],
    tier=Tier.NOTHING,
    covers=["amoot:line_number_not_exist", "amoot:line_number_empty", "amoot.line-unknown", "amoot.line-empty"],
    kills=["amoot.any-line", "amoot.line-one-error"],
    rows={
        "unknown": ("500030009", "line_number_not_exist"),
        "missing": (None, "line_number_empty"),
        "empty": ("", "line_number_empty"),
    },
)
async def line_outside(amoot: Driver, name: str | None, outcome: str) -> None:
    expect(await amoot.call(SEND, LineNumber=name), outcome)


@case(
    "amoot",
    "line",
    rule="A line of the account's own may send.",
    sources=["2.4"],
    needs=[Feature.ACCOUNTS],
    covers=["amoot.line-own"],
    kills=["amoot.any-line"],
)
async def own_line(amoot: Driver) -> None:
    await amoot.account(lines=["500030005"])

    expect(await amoot.call(SEND, LineNumber="500030005"), "success")
    expect(await amoot.call(SEND, LineNumber="public"), "line_number_not_exist")
