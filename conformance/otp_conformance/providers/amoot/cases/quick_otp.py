"""SendQuickOTP: the pattern, the code that is made and the caller's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches, true
from otp_conformance.providers.amoot.steps import IN_CLEAR, MESSAGES, latest_message

quick_code_case = partial(case, "amoot", "quick code")

QUICK = "SendQuickOTP"
APPROVED = {"id": 7, "text": "Code %code%", "is_otp": True}


@quick_code_case(
    rule="The answer is one object as in SendOTP, with a made code of the wanted length when none is given.",
    sources=["AM O2", "R and D, parameter table", "W"],
    sends=3,
    covers=[
        "amoot:success",
        "amoot.quick-shape",
        "amoot.quick-no-null",
        "amoot.quick-code-made",
        "amoot.quick-code-absent",
        "amoot.data-object",
        "amoot.data-order",
        "amoot.no-extras",
        "amoot.code-exact-length",
    ],
    choices=IN_CLEAR,
    kills=["amoot.quick-data-as-list", "amoot.quick-code-required", "amoot.quick-always-four"],
    rows={"empty": ("", "6"), "absent": (None, "8"), "least": ("", "4")},
)
async def made(amoot: Driver, own: str | None, length: str) -> None:
    answer = expect(await amoot.call(QUICK, OptionalCode=own, CodeLength=length), "success")
    body = answer.json

    equal(list(body), ["Status", "Data"], "keys")
    equal(re.findall(r"\b(?:null|true|false)\b", answer.text), [], "words that only JSON knows")
    equal(list(body["Data"]), ["Mobile", "MessageID", "Code", "Status"], "keys of Data")
    equal((body["Data"]["Mobile"], body["Data"]["Status"]), (9120000000, body["Status"]), "the message")
    matches(body["Data"]["Code"], rf"[1-9][0-9]{{{int(length) - 1}}}", "Code")


@quick_code_case(
    rule="The caller's own code is sent and returned, whatever length was asked for.",
    sources=["R and D, parameter table"],
    choices=IN_CLEAR,
    covers=["amoot.quick-code-own", "amoot.quick-code-mismatch", "amoot.code-returned=clear"],
    kills=["amoot.quick-own-ignored", "amoot.quick-own-must-fit"],
    rows={"same-length": ("4821",), "other-length": ("738214",), "most": ("12345678",)},
)
async def own(amoot: Driver, code: str) -> None:
    sent = expect(await amoot.call(QUICK, OptionalCode=code, CodeLength="4"), "success")

    equal(sent.json["Data"]["Code"], code, "Code")
    if Feature.MESSAGES in amoot.target.features:
        message = await latest_message(amoot)
        equal(message["code"], code, "code of the message")
        true(code in str(message["text"]), "the code in the text", message["text"])


@quick_code_case(
    rule="The own code is taken as it is written, zeros at the front included.",
    sources=["I"],
    level=Level.SHOULD,
    choices=IN_CLEAR,
    covers=["amoot.quick-code-verbatim", "amoot.code-is-text"],
    kills=["amoot.quick-own-as-number"],
)
async def own_with_zeros(amoot: Driver) -> None:
    equal(expect(await amoot.call(QUICK, OptionalCode="0048"), "success").json["Data"]["Code"], "0048", "Code")


@quick_code_case(
    rule="An own code that is too short is Length_Invalid, a longer one Length_Exceeded; CodeLength counts too.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=[
        "amoot.quick-code-bounds",
        "amoot:length_invalid",
        "amoot:length_exceeded",
        "amoot.code-length-bounds",
        "amoot.code-length-invalid",
        "amoot.code-length-exceeded",
    ],
    rows={
        "short": ({"OptionalCode": "123"}, "length_invalid"),
        "long": ({"OptionalCode": "123456789"}, "length_exceeded"),
        "length-missing": ({"CodeLength": None, "OptionalCode": "4821"}, "length_invalid"),
        "length-3": ({"CodeLength": "3", "OptionalCode": "4821"}, "length_invalid"),
        "length-9": ({"CodeLength": "9", "OptionalCode": "4821"}, "length_exceeded"),
    },
)
async def bounds(amoot: Driver, changes: Mapping[str, str | None], outcome: str) -> None:
    expect(await amoot.call(QUICK, **changes), outcome)


@quick_code_case(
    rule="The code goes into an approved pattern of the account that is for one-time codes.",
    sources=["P and D, introduction"],
    needs=[Feature.ACCOUNTS, *MESSAGES],
    choices=IN_CLEAR,
    covers=["amoot.quick-pattern"],
    kills=["amoot.quick-any-pattern"],
)
async def pattern(amoot: Driver) -> None:
    unfit = [
        {"id": 1, "text": "waits %code%", "is_otp": True, "status": 0},
        {"id": 2, "text": "rejected %code%", "is_otp": True, "status": 3},
        {"id": 3, "text": "not for codes %code%"},
    ]
    await amoot.account(patterns=[*unfit, APPROVED])

    code = expect(await amoot.call(QUICK), "success").json["Data"]["Code"]
    equal((await latest_message(amoot))["text"], f"Code {code}", "text")


@quick_code_case(
    rule="Without such a pattern the answer is Failed; so it is where the pattern has other variables.",
    level=Level.SHOULD,
    needs=[Feature.ACCOUNTS],
    covers=["amoot.quick-no-pattern", "amoot:failed"],
    kills=["amoot.quick-any-pattern"],
    rows={
        "none": ([],),
        "waiting": ([{**APPROVED, "status": 0}],),
        "rejected": ([{**APPROVED, "status": 3}],),
        "not-for-codes": ([{**APPROVED, "is_otp": False}],),
        "without-code": ([{**APPROVED, "text": "Code %otp%"}],),
        "more-variables": ([{**APPROVED, "text": "%name%: %code%"}],),
    },
)
async def no_pattern(amoot: Driver, patterns: list[dict[str, Any]]) -> None:
    await amoot.account(patterns=patterns)

    expect(await amoot.call(QUICK), "failed")


@quick_code_case(
    rule="An own code that is no number is Failed where the pattern wants a number, and taken where it does not.",
    level=Level.SHOULD,
    needs=[Feature.ACCOUNTS],
    choices=IN_CLEAR,
    covers=["amoot.quick-code-number", "amoot:failed"],
)
async def letters(amoot: Driver) -> None:
    await amoot.account(patterns=[{**APPROVED, "number_patterns": ["code"]}])
    expect(await amoot.call(QUICK, OptionalCode="ABCD"), "failed")

    await amoot.account(patterns=[APPROVED])
    equal(expect(await amoot.call(QUICK, OptionalCode="ABCD"), "success").json["Data"]["Code"], "ABCD", "Code")


@quick_code_case(
    rule="Text, line and time cannot be chosen: such parameters are ignored.",
    needs=MESSAGES,
    covers=["amoot.quick-extras", "amoot.unknown-parameters"],
    kills=["amoot.quick-text-chosen", "amoot.quick-queued"],
)
async def extras(amoot: Driver) -> None:
    fields = {"SMSMessageText": "mine %code%", "LineNumber": "nowhere", "SendDateTime": "2099-01-01 00:00:00"}
    expect(await amoot.call(QUICK, **fields), "success")

    message = await latest_message(amoot)
    equal(message["state"], "sent", "state")
    true("mine" not in str(message["text"]), "the text of the pattern", message["text"])


@quick_code_case(
    rule="Of two things that are wrong the one that is checked first is told.",
    level=Level.SHOULD,
    needs=[Feature.ACCOUNTS],
    covers=["amoot.quick-order", "amoot.mobile-empty", "amoot.mobile-malformed", "amoot:mobile_empty"],
    rows={
        "mobile-before-length": ({"Mobile": None, "CodeLength": "1"}, "mobile_empty"),
        "short-before-long": ({"CodeLength": "9", "OptionalCode": "1"}, "length_invalid"),
        "length-before-valid": ({"CodeLength": "9", "Mobile": "1"}, "length_exceeded"),
        "valid-before-pattern": ({"Mobile": "1"}, "mobile_invalid"),
        "list": ({"Mobile": "9120000000,9150000000"}, "mobile_invalid"),
        "pattern-before-demo": ({}, "failed"),
    },
)
async def order(amoot: Driver, changes: Mapping[str, str | None], outcome: str) -> None:
    await amoot.account(patterns=[], user={"demo": True}, credit=0)

    expect(await amoot.call(QUICK, **changes), outcome)
