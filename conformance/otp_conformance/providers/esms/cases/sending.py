"""GENCODE: the code, its length and alphabet, the message, brandnames, templates, phones."""

from __future__ import annotations

import re
from functools import partial

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches, true
from otp_conformance.providers.esms.names import GENCODE, PHONE
from otp_conformance.providers.esms.steps import ANY_TEXT

code_case = partial(case, "esms", "code")
message_text_case = partial(case, "esms", "message text")
brandname_case = partial(case, "esms", "brandname")
type_case = partial(case, "esms", "type")
phone_case = partial(case, "esms", "phone")


@code_case(
    rule="A code has the length that NumCharOfCode asks for, and six characters when it is not sent.",
    sources=["S2, GENCODE table"],
    needs=[Feature.MESSAGES],
    covers=["esms.code-length-default", "esms:accepted"],
    kills=["esms.length-plus-one"],
    rows={"none": (None, 6), "one": ("1", 1), "four": ("4", 4), "eight": ("8", 8), "twenty": ("20", 20)},
)
async def length(esms: Driver, asked: str | None, expected: int) -> None:
    expect(await esms.call(GENCODE, **ANY_TEXT, NumCharOfCode=asked), "accepted")

    equal(len(await esms.code_sent_to(PHONE)), expected, "length")


@code_case(
    rule="A length outside 1 to 20, or one that is no number, falls back to six.",
    level=Level.SHOULD,
    needs=[Feature.MESSAGES, Feature.CHOICES],
    choices={"esms.code-length": "lenient"},
    covers=["esms.code-length=lenient"],
    rows={"0": ("0",), "21": ("21",), "-1": ("-1",), "abc": ("abc",)},
)
async def length_outside(esms: Driver, asked: str) -> None:
    expect(await esms.call(GENCODE, **ANY_TEXT, NumCharOfCode=asked), "accepted")

    equal(len(await esms.code_sent_to(PHONE)), 6, "length")


@code_case(
    rule="Under the strict reading a length outside the range is refused.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.CHOICES],
    choices={"esms.code-length": "strict"},
    covers=["esms.code-length=strict", "esms.invalid-request-status=400", "esms:invalid_request"],
    rows={"0": ("0",), "21": ("21",)},
)
async def length_strict(esms: Driver, asked: str) -> None:
    expect(await esms.call(GENCODE, NumCharOfCode=asked), "invalid_request")


@code_case(
    rule="IsNumber=1 gives digits only; 0, and nothing, give capital letters and digits.",
    sources=["S2, GENCODE table"],
    needs=[Feature.MESSAGES],
    covers=["esms.code-alphabet", "esms:accepted"],
    kills=["esms.always-digits", "esms.never-digits", "esms.lower-case"],
    rows={"1": ("1", r"[0-9]{20}"), "0": ("0", r"[A-Z0-9]{20}"), "none": (None, r"[A-Z0-9]{20}")},
)
async def alphabet(esms: Driver, asked: str | None, pattern: str) -> None:
    seen = ""
    for _ in range(3):
        expect(await esms.call(GENCODE, **ANY_TEXT, NumCharOfCode="20", IsNumber=asked), "accepted")
        code = await esms.code_sent_to(PHONE)
        matches(code, pattern, "code")
        seen += code

    true(bool(re.search("[A-Z]", seen)) == (asked != "1"), "letters only where they are asked for", seen)


async def _short_codes(esms: Driver, count: int) -> list[str]:
    """Send codes of two characters: six in ten of any mix are letters alone, or digits alone."""
    codes = []
    for _ in range(count):
        expect(await esms.call(GENCODE, **ANY_TEXT, NumCharOfCode="2", IsNumber="0"), "accepted")
        codes.append(await esms.code_sent_to(PHONE))
    return codes


@code_case(
    rule="A code of letters and digits holds at least one of each.",
    level=Level.SHOULD,
    needs=[Feature.MESSAGES],
    choices={"esms.code-mix": "both"},
    covers=["esms.code-mix=both"],
    sends=8,
)
async def mixed(esms: Driver) -> None:
    for code in await _short_codes(esms, 8):
        matches(code, r"[A-Z][0-9]|[0-9][A-Z]", "code")


@code_case(
    rule="Where any mix is chosen, a code may be letters alone or digits alone.",
    level=Level.SHOULD,
    needs=[Feature.MESSAGES, Feature.CHOICES],
    choices={"esms.code-mix": "any"},
    covers=["esms.code-mix=any"],
    sends=16,
)
async def any_mix(esms: Driver) -> None:
    codes = await _short_codes(esms, 16)

    true(any(code.isalpha() or code.isdigit() for code in codes), "letters alone or digits alone", codes)


@code_case(
    rule="Each send makes another code.",
    sources=["S2, GENCODE"],
    needs=[Feature.MESSAGES],
    covers=["esms:accepted"],
    kills=["esms.constant-code"],
)
async def another_each_time(esms: Driver) -> None:
    codes = set()
    for _ in range(3):
        expect(await esms.call(GENCODE, **ANY_TEXT, NumCharOfCode="20"), "accepted")
        codes.add(await esms.code_sent_to(PHONE))

    equal(len(codes), 3, "different codes")


@message_text_case(
    rule="Every {OTP} in the message is replaced by the code.",
    sources=["S2, message"],
    needs=[Feature.MESSAGES],
    covers=["esms:accepted"],
    kills=["esms.first-placeholder-only", "esms.placeholder-kept"],
    rows={
        "once": ("{OTP} la ma", "{} la ma"),
        "twice": ("{OTP} va {OTP}", "{0} va {0}"),
        "with-diacritics": ("Mã {OTP} nhé", "Mã {0} nhé"),
    },
)
async def placeholder(esms: Driver, text: str, expected: str) -> None:
    await esms.call(GENCODE, Brandname="Sandbox", message=text)

    sent = (await esms.messages(to=PHONE))[-1]
    code = await esms.code_sent_to(PHONE)
    equal(sent["text"], expected.replace("{}", code).replace("{0}", code), "text")


@message_text_case(
    rule="A message without {OTP}, or one that fits no template of the brandname, is refused with an SMSID.",
    covers=["esms:template_mismatch"],
    kills=["esms.late-refusal-without-id"],
    rows={
        "no-placeholder": ("khong co ma",),
        "another-text": ("{OTP} la ma khac",),
        "more-behind": ("{OTP} la ma xac minh dang ky Baotrixemay cua ban.",),
        "other-case": ("{OTP} LA MA XAC MINH DANG KY BAOTRIXEMAY CUA BAN",),
        "missing": (None,),
    },
)
async def template(esms: Driver, text: str | None) -> None:
    refused = expect(await esms.call(GENCODE, message=text), "template_mismatch")

    matches(refused.json["SMSID"], r"[0-9a-zA-Z-]{31,42}", "SMSID")


@message_text_case(
    rule="A place of a template takes as many characters as it says, not one more.",
    sources=["V2, OTP and customer-care page, trial template"],
    level=Level.SHOULD,
    covers=["esms:template_mismatch", "esms:accepted"],
    kills=["esms.template-place"],
    rows={"eight": ("8", "accepted"), "nine": ("9", "template_mismatch")},
)
async def template_place(esms: Driver, asked: str, outcome: str) -> None:
    expect(await esms.call(GENCODE, NumCharOfCode=asked), outcome)


@message_text_case(
    rule="White space around the message does not count.",
    level=Level.SHOULD,
    covers=["esms:accepted"],
    kills=["esms.template-untrimmed"],
)
async def template_is_trimmed(esms: Driver) -> None:
    expect(await esms.call(GENCODE, message="  {OTP} la ma xac minh dang ky Baotrixemay cua ban "), "accepted")


@brandname_case(
    rule="A brandname that is not registered, or missing, is refused; its case counts.",
    sources=["S2, Brandname", "V2, OTP and customer-care page, tab 104"],
    tier=Tier.NOTHING,
    covers=["esms:brandname_unknown"],
    kills=["esms.brandname-ignored", "esms.brandname-any-case"],
    rows={"unknown": ("Nobody",), "other-case": ("baotrixemay",), "missing": (None,)},
)
async def brandname(esms: Driver, name: str | None) -> None:
    refused = expect(await esms.call(GENCODE, Brandname=name), "brandname_unknown")

    true("SMSID" not in refused.json, "no SMSID", refused.json)


@type_case(
    rule="Type takes 2 alone; without it the message type is missing.",
    tier=Tier.NOTHING,
    covers=["esms:type_missing", "esms:type_not_supported"],
    rows={
        "missing": (None, "type_missing"),
        "empty": ("", "type_missing"),
        "1": ("1", "type_not_supported"),
        "8": ("8", "type_not_supported"),
        "word": ("two", "type_not_supported"),
    },
)
async def type_of_message(esms: Driver, kind: str | None, outcome: str) -> None:
    expect(await esms.call(GENCODE, Type=kind), outcome)


@phone_case(
    rule="Phones are taken as 0…, 84… and +84…, with blanks, dots and dashes; they are one and the same.",
    level=Level.SHOULD,
    needs=[Feature.MESSAGES],
    covers=["esms:accepted"],
    kills=["esms.phone-as-sent"],
    rows={
        "national": ("0901888484",),
        "84": ("84901888484",),
        "+84": ("+84901888484",),
        "dots": ("0901.888.484",),
        "dashes": ("0901-888-484",),
        "blanks": ("0901 888 484",),
    },
)
async def phone(esms: Driver, spelling: str) -> None:
    expect(await esms.call(GENCODE, Phone=spelling), "accepted")

    equal(len(await esms.messages(to=PHONE)), 1, "messages")


@phone_case(
    rule="A phone that is malformed or missing is refused, repeating what was sent.",
    sources=["V2, error table, row 108"],
    tier=Tier.NOTHING,
    covers=["esms:phone_invalid"],
    rows={
        "nine-digits": ("097469188",),
        "eleven-digits": ("09018884841",),
        "letters": ("0901abc484",),
        "other-country": ("+989120000000",),
        "missing": (None,),
    },
)
async def phone_invalid(esms: Driver, spelling: str | None) -> None:
    expect(await esms.call(GENCODE, Phone=spelling), "phone_invalid")
