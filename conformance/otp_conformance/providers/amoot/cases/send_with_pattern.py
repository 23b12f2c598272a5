"""SendWithPattern and SendWithPatternOWN: the answer, values, patterns, lines."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import FORM, JSON, Driver
from otp_conformance.expect import equal, expect, true
from otp_conformance.providers.amoot.cases.send_simple import KEYS, ONE
from otp_conformance.providers.amoot.steps import ACCOUNTS, MESSAGES, latest_message

patterns_sent_case = partial(case, "amoot", "patterns sent")

PATTERN, OWN = "SendWithPattern", "SendWithPatternOWN"
BOTH: Mapping[str, tuple[str]] = {PATTERN: (PATTERN,), OWN: (OWN,)}
PATTERNS = [
    {"id": 1, "text": "waits %a%", "status": 0},
    {"id": 2, "text": "rejected %a%", "status": 3},
    {"id": 3, "text": "%name%: %code%", "number_patterns": ["code"]},
    {"id": 4, "text": "%t%"},
]


@patterns_sent_case(
    rule="The answer has the keys of SendSimple, with one row in an array.",
    sources=["UK O2", "AM O2", "C", "W"],
    needs=ACCOUNTS,
    choices={"amoot.pattern-answer": "sendsimple"},
    covers=[
        "amoot:success",
        "amoot.pattern-answer=sendsimple",
        "amoot.pattern-own-shape",
        "amoot.pattern-one-row",
        "amoot.rows-shape",
        "amoot.parts",
    ],
    kills=["amoot.pattern-row-as-object", "amoot.pattern-own-flat"],
    rows=BOTH,
)
async def shape(amoot: Driver, name: str) -> None:
    await amoot.account(patterns=PATTERNS, price=500)

    body = expect(await amoot.call(name, PatternCodeID="4", PatternValues="x" * 161), "success").json

    equal(list(body), KEYS, "keys")
    equal((body["MessageText"], body["SMSPagesCount"], body["Price"]), ("x" * 161, 2, 1000), "text, parts and price")
    true(type(body["Data"]) is list and len(body["Data"]) == 1, "one row", body["Data"])
    equal(list(body["Data"][0]), ["Mobile", "MessageID", "Status"], "keys of the row")
    equal((body["Data"][0]["Mobile"], body["Data"][0]["Status"]), (ONE, body["Status"]), "the row")


@patterns_sent_case(
    rule="By choice the answer has the two keys of the older shape, in a refusal too.",
    level=Level.NOTE,
    needs=[Feature.CHOICES],
    choices={"amoot.pattern-answer": "rows"},
    covers=["amoot.pattern-answer=rows"],
    rows=BOTH,
)
async def older_shape(amoot: Driver, name: str) -> None:
    body = expect(await amoot.call(name), "success").json
    equal((list(body), len(body["Data"])), (["Status", "Data"], 1), "keys and rows")

    refusal = expect(await amoot.call(name, Mobile="1"), "mobile_invalid").json
    equal((list(refusal), refusal["Data"]), (["Status", "Data"], []), "keys and rows")


@patterns_sent_case(
    rule="Values take the places of the variables in the order of the text; only a comma divides them.",
    sources=["UK O2", "R and D, parameter table", "C"],
    needs=[*ACCOUNTS, *MESSAGES],
    covers=["amoot.pattern-values-order", "amoot.pattern-values-comma", "amoot.utf8-text"],
    kills=["amoot.pattern-values-reversed", "amoot.pattern-semicolon-divides", "amoot.pattern-values-dropped"],
    rows={
        "two": ("3", "Ali,4821", "Ali: 4821"),
        "persian-comma": ("3", "علی، رضا,4821", "علی، رضا: 4821"),
        "semicolon": ("3", "Ali;Reza|x,4821", "Ali;Reza|x: 4821"),
        "variable-in-value": ("3", "%code%,4821", "%code%: 4821"),
        "empty-value": ("3", ",4821", ": 4821"),
        "one": ("4", "x", "x"),
    },
)
async def values(amoot: Driver, pattern: str, given: str, text: str) -> None:
    await amoot.account(patterns=PATTERNS)

    expect(await amoot.call(PATTERN, PatternCodeID=pattern, PatternValues=given), "success")

    equal((await latest_message(amoot))["text"], text, "text")


@patterns_sent_case(
    rule="Values may come as a JSON array, where a comma in a value stays; the pattern may be a number.",
    sources=["AM O2", "R and D, parameter table", "C"],
    needs=[*ACCOUNTS, *MESSAGES],
    covers=["amoot.list-several", "amoot.pattern-values-forms", "amoot.numbers-as-text", "amoot.json-body"],
    kills=["amoot.pattern-array-divided"],
    rows={
        "array": (["Ali", "4821"], "Ali: 4821"),
        "number": (["Ali", 4821], "Ali: 4821"),
        "comma": (["Ali, Reza", "4821"], "Ali, Reza: 4821"),
        "text": ("Ali,4821", "Ali: 4821"),
    },
)
async def values_in_json(amoot: Driver, given: Any, text: str) -> None:
    await amoot.account(patterns=PATTERNS)
    for name in BOTH:
        fields = amoot.fields(name, {"PatternCodeID": 3, "PatternValues": given})
        expect(await amoot.request(name, fields, body_as=JSON), "success")

        equal((await latest_message(amoot))["text"], text, "text")


@patterns_sent_case(
    rule="Values may be a parameter that is given several times, bare or with brackets as PHP and JavaScript write it.",
    sources=["AM O2"],
    level=Level.SHOULD,
    needs=[*ACCOUNTS, *MESSAGES],
    covers=["amoot.pattern-values-forms"],
    rows={
        "bare": ("PatternValues", "PatternValues"),
        "brackets": ("PatternValues[]", "PatternValues[]"),
        "numbered": ("PatternValues[0]", "PatternValues[1]"),
        "encoded": ("PatternValues%5B0%5D", "PatternValues%5B1%5D"),
    },
)
async def values_in_fields(amoot: Driver, first: str, second: str) -> None:
    await amoot.account(patterns=PATTERNS)
    for name in BOTH:
        fields = amoot.fields(name, {"PatternCodeID": "3", "PatternValues": None})
        text = urlencode(fields) + f"&{first}=Ali&{second}=4821"
        sent = await amoot.request(name, {}, method="POST", raw_body=text, query="", headers={"Content-Type": FORM})

        expect(sent, "success")
        equal((await latest_message(amoot))["text"], "Ali: 4821", "text")


@patterns_sent_case(
    rule="Too few or too many values are Failed.",
    sources=["I"],
    level=Level.SHOULD,
    needs=ACCOUNTS,
    choices={"amoot.pattern-values-count": "failed"},
    covers=["amoot.pattern-values-count=failed", "amoot:failed"],
    kills=["amoot.pattern-count-unchecked"],
    rows={
        "few": ("3", "Ali"),
        "none": ("3", None),
        "many": ("3", "Ali,Reza,4821"),
        "comma-in-value": ("4", "Ali, Reza"),
    },
)
async def values_wrong(amoot: Driver, pattern: str, given: str | None) -> None:
    await amoot.account(patterns=PATTERNS)
    for name in BOTH:
        expect(await amoot.call(name, PatternCodeID=pattern, PatternValues=given), "failed")


@patterns_sent_case(
    rule="No number where one is wanted is Failed.",
    sources=["I"],
    level=Level.SHOULD,
    needs=ACCOUNTS,
    covers=["amoot.pattern-values-numbers", "amoot:failed"],
    kills=["amoot.pattern-numbers-unchecked"],
    rows={"word": ("Ali,four",), "nothing": ("Ali,",)},
)
async def no_number(amoot: Driver, given: str) -> None:
    await amoot.account(patterns=PATTERNS)
    for name in BOTH:
        expect(await amoot.call(name, PatternCodeID="3", PatternValues=given), "failed")


@patterns_sent_case(
    rule="By choice a wrong number of values goes into the first variable, the others stay empty, and it is sent.",
    sources=["AM O3"],
    level=Level.SHOULD,
    needs=[*ACCOUNTS, Feature.CHOICES, *MESSAGES],
    choices={"amoot.pattern-values-count": "fill-and-send"},
    covers=["amoot.pattern-values-count=fill-and-send", "amoot:success"],
    rows={
        "few": ("3", "Ali", "Ali: "),
        "none": ("3", None, ": "),
        "many": ("3", "Ali,Reza,4821", "Ali,Reza,4821: "),
        "comma-in-value": ("4", "Ali, Reza", "Ali, Reza"),
    },
)
async def filled_and_sent(amoot: Driver, pattern: str, given: str | None, text: str) -> None:
    await amoot.account(patterns=PATTERNS)
    for name in BOTH:
        expect(await amoot.call(name, PatternCodeID=pattern, PatternValues=given), "success")

        equal((await latest_message(amoot))["text"], text, "text")


@patterns_sent_case(
    rule="A pattern that is not named, not the account's or not approved is Failed.",
    level=Level.SHOULD,
    needs=ACCOUNTS,
    covers=["amoot.pattern-unknown", "amoot:failed"],
    rows={
        "missing": (None,),
        "empty": ("",),
        "word": ("one",),
        "unknown": ("5",),
        "zero": ("0",),
        "huge": ("9" * 30,),
        "waiting": ("1",),
        "rejected": ("2",),
    },
)
async def pattern_unknown(amoot: Driver, pattern: str | None) -> None:
    await amoot.account(patterns=PATTERNS)
    for name in BOTH:
        expect(await amoot.call(name, PatternCodeID=pattern, PatternValues="1"), "failed")


@patterns_sent_case(
    rule="SendWithPattern sends at once over the provider's line: line and time are ignored.",
    needs=MESSAGES,
    covers=["amoot.pattern-no-line", "amoot.unknown-parameters"],
    kills=["amoot.pattern-line-checked", "amoot.pattern-queued"],
)
async def no_line(amoot: Driver) -> None:
    expect(await amoot.call(PATTERN, LineNumber="nowhere", SendDateTime="2099-01-01 00:00:00"), "success")

    message = await latest_message(amoot)
    equal((message["state"], message["code"]), ("sent", "4821"), "state and code")
    true(message["sender"] != "nowhere", "the provider's line", message["sender"])


@patterns_sent_case(
    rule="SendWithPatternOWN takes every line of the account in any case, and no other.",
    sources=["S, status table, 5 and 12"],
    covers=[
        "amoot.pattern-own-line",
        "amoot.line-public",
        "amoot.line-case",
        "amoot:line_number_not_exist",
        "amoot:line_number_empty",
    ],
    rows={
        "public": ("public", "success"),
        "other-case": ("SERVICE", "success"),
        "98": ("98", "success"),
        "unknown": ("500030009", "line_number_not_exist"),
        "missing": (None, "line_number_empty"),
        "empty": ("", "line_number_empty"),
    },
)
async def own_line(amoot: Driver, line: str | None, outcome: str) -> None:
    expect(await amoot.call(OWN, LineNumber=line), outcome)


@patterns_sent_case(
    rule="One mobile is taken, in any spelling; a list is Mobile_Invalid, a missing one Mobile_Empty.",
    sources=["S, status table, 16 and 101"],
    tier=Tier.NOTHING,
    covers=["amoot:mobile_invalid", "amoot:mobile_empty", "amoot.mobile-list", "amoot.mobile-malformed"],
    rows={
        "missing": (None, "mobile_empty"),
        "empty": ("", "mobile_empty"),
        "short": ("912000000", "mobile_invalid"),
        "list": ("9120000000,9150000000", "mobile_invalid"),
    },
)
async def mobile(amoot: Driver, spelling: str | None, outcome: str) -> None:
    for name in BOTH:
        expect(await amoot.call(name, Mobile=spelling), outcome)


@patterns_sent_case(
    rule="Of two things that are wrong the one that is checked first is told.",
    level=Level.SHOULD,
    needs=ACCOUNTS,
    covers=["amoot.pattern-order"],
    rows={
        "mobile-before-pattern": (PATTERN, {"Mobile": "1", "PatternCodeID": "5"}, "mobile_invalid"),
        "pattern-before-demo": (PATTERN, {"PatternCodeID": "5"}, "failed"),
        "line-before-mobile": (OWN, {"LineNumber": None, "Mobile": None}, "line_number_empty"),
        "mobile-before-line-exists": (OWN, {"LineNumber": "x", "Mobile": None}, "mobile_empty"),
        "line-exists-before-valid": (OWN, {"LineNumber": "x", "Mobile": "1"}, "line_number_not_exist"),
    },
)
async def order(amoot: Driver, name: str, changes: Mapping[str, str | None], outcome: str) -> None:
    await amoot.account(user={"demo": True}, credit=0)

    expect(await amoot.call(name, **changes), outcome)
