"""PatternCodeCreate and PatternCodeList: which patterns are taken, and how they are listed."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import orjson

from otp_conformance.case import Level, Tier, case
from otp_conformance.driver import FORM, JSON, Driver
from otp_conformance.expect import equal, expect, matches, true
from otp_conformance.providers.amoot.steps import ACCOUNTS, CREATE, PATTERNS, ask_data
from otp_conformance.response import Response

patterns_case = partial(case, "amoot", "patterns")

TEXT = "سلام %name%، کد: %code%"
EMPTY = r'"Data":\{"ID":0,"Status":0,"IsOTP":false,"MessageText":null,"Patterns":null,"NumberPatterns":null\}'


async def keep_patterns(amoot: Driver, *texts: str) -> None:
    """Take all patterns away, but some texts."""
    await amoot.account(patterns=[{"id": 1001 + number, "text": text} for number, text in enumerate(texts)])


def read_validation(answer: Response) -> int:
    """Give the number of a validation, and see that the statuses agree with it."""
    held = answer.json["ValidationResult"]
    expect(answer, "success" if held["Status"] == 1 else "failed")
    number: int = held["Status"]
    return number


@patterns_case(
    rule="A pattern that is taken comes back with its number, its variables in order, and a validation of 1 and null.",
    needs=ACCOUNTS,
    choices={"amoot.status-format": "name", "amoot.pattern-approval": "waits"},
    covers=[
        "amoot.pattern-create-shape",
        "amoot.pattern-create-valid",
        "amoot.pattern-create-numbers",
        "amoot.pattern-variables",
        "amoot.pattern-create-no-numbers",
        "amoot.pattern-states",
    ],
    kills=["amoot.pattern-variables-sorted", "amoot.pattern-numbers-empty-list"],
    rows={"numbers": ("code", '["code"]'), "none": (None, "null"), "empty": ("", "null")},
)
async def created(amoot: Driver, names: str | None, written: str) -> None:
    await keep_patterns(amoot)
    answer = await amoot.call(CREATE, MessageText=TEXT, NumberPatterns=names, IsOTP="true")

    matches(
        answer.text,
        r'\{"Status":"Success","ValidationResult":\{"Status":1,"Message":null\},'
        rf'"Data":\{{"ID":[1-9][0-9]*,"Status":0,"IsOTP":true,"MessageText":"{TEXT}",'
        rf'"Patterns":\["name","code"\],"NumberPatterns":{re.escape(written)}\}}\}}',
        "body",
    )


WRONG: dict[str, tuple[dict[str, Any], int]] = {
    "text-missing": ({"MessageText": None}, 2),
    "text-empty": ({"MessageText": ""}, 2),
    "no-variable": ({"MessageText": "100% Test"}, 3),
    "variable-twice": ({"MessageText": "%code% %code%"}, 4),
    "foreign-number": ({"NumberPatterns": "other"}, 5),
    "foreign-among-numbers": ({"NumberPatterns": "code,other"}, 5),
    "text-twice": ({"MessageText": "%old%"}, 6),
    "2-before-5": ({"MessageText": None, "NumberPatterns": "other"}, 2),
    "3-before-5": ({"MessageText": "Test", "NumberPatterns": "other"}, 3),
    "4-before-5": ({"MessageText": "%code% %code%", "NumberPatterns": "other"}, 4),
    "5-before-6": ({"MessageText": "%old%", "NumberPatterns": "other"}, 5),
}


@patterns_case(
    rule="What is wrong with a pattern is told by the first number from 2 to 6 that applies, with empty data.",
    tier=Tier.NOTHING,
    needs=ACCOUNTS,
    choices={"amoot.status-format": "name"},
    covers=[
        "amoot.pattern-create-validation",
        "amoot.pattern-create-order",
        "amoot.pattern-create-refusal",
        "amoot:failed",
    ],
    kills=["amoot.pattern-number-before-variables", "amoot.pattern-refusal-null"],
    rows=WRONG,
)
async def wrong(amoot: Driver, fields: dict[str, Any], number: int) -> None:
    await keep_patterns(amoot, "%old%")
    answer = await amoot.call(CREATE, **fields)

    explained = rf'"ValidationResult":\{{"Status":{number},"Message":[^}}]*\}}'
    matches(answer.text, rf'\{{"Status":"Failed",{explained},{EMPTY}\}}', "body")
    equal(len(await ask_data(amoot, PATTERNS)), 1, "patterns")


@patterns_case(
    rule="What is wrong with a pattern is explained in Persian.",
    sources=["D, sample, for 3", "I, for the others"],
    level=Level.NOTE,
    tier=Tier.NOTHING,
    needs=ACCOUNTS,
    covers=["amoot.pattern-create-texts"],
    kills=["amoot.pattern-words-english"],
    rows={name: (fields,) for name, (fields, _) in WRONG.items() if not name[0].isdigit()},
)
async def explained(amoot: Driver, fields: dict[str, Any]) -> None:
    await keep_patterns(amoot, "%old%")
    answer = await amoot.call(CREATE, **fields)

    matches(answer.json["ValidationResult"]["Message"], r".*[\u0600-\u06ff].*", "Message")


@patterns_case(
    rule="A refused caller learns nothing about the pattern: the validation is 0 and null, the data empty.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    choices={"amoot.status-format": "name"},
    covers=["amoot.pattern-create-unseen", "amoot.refusal-shape"],
    kills=["amoot.pattern-refusal-null"],
)
async def unseen(amoot: Driver) -> None:
    answer = await amoot.call(CREATE, Token="wrong", MessageText=None)  # noqa: S106  (wrong on purpose)

    unjudged = r'"ValidationResult":\{"Status":0,"Message":null\}'
    matches(answer.text, rf'\{{"Status":"Token_Invalid",{unjudged},{EMPTY}\}}', "body")


@patterns_case(
    rule="A new pattern is listed last under the number above the highest; without number variables it has [] there.",
    sources=["D, sample of the list"],
    needs=ACCOUNTS,
    choices={"amoot.status-format": "name"},
    covers=[
        "amoot.pattern-list-shape",
        "amoot.pattern-list-no-numbers",
        "amoot.pattern-create-id",
        "amoot.pattern-states",
        "amoot.pattern-variables",
    ],
    kills=[
        "amoot.pattern-not-kept",
        "amoot.pattern-list-null",
        "amoot.pattern-list-approved-only",
        "amoot.pattern-number-again",
    ],
)
async def listed(amoot: Driver) -> None:
    await amoot.account(
        patterns=[
            {"id": 1005, "text": "%a%", "status": 3},
            {"id": 1002, "text": "%b%", "is_otp": True, "number_patterns": ["b"]},
        ]
    )
    new = (expect(await amoot.call(CREATE, MessageText="%c% %d%"), "success")).json["Data"]

    rows = [
        {"ID": 1005, "Status": 3, "IsOTP": False, "MessageText": "%a%", "Patterns": ["a"], "NumberPatterns": []},
        {"ID": 1002, "Status": 1, "IsOTP": True, "MessageText": "%b%", "Patterns": ["b"], "NumberPatterns": ["b"]},
        {**new, "ID": 1006, "Patterns": ["c", "d"], "NumberPatterns": []},
    ]
    body = orjson.dumps({"Status": "Success", "Data": rows}).decode()
    equal((await amoot.call(PATTERNS)).text, body, "body")


@patterns_case(
    rule="IsOTP is true as true and 1, in any case and as JSON; false, 0, empty and absent are false.",
    needs=ACCOUNTS,
    covers=["amoot.pattern-create-bool"],
    kills=[
        "amoot.pattern-bool-of-csharp",
        "amoot.pattern-bool-of-json",
        "amoot.pattern-bool-any-text",
        "amoot.pattern-bool-default",
    ],
    rows={
        "csharp": (FORM, "True", True),
        "javascript": (FORM, "true", True),
        "php": (FORM, "1", True),
        "json": (JSON, True, True),
        "json-number": (JSON, 1, True),
        "csharp-false": (FORM, "False", False),
        "zero": (FORM, "0", False),
        "php-false": (FORM, "", False),
        "json-false": (JSON, False, False),
        "absent": (FORM, None, False),
    },
)
async def booleans(amoot: Driver, body_as: str, written: Any, is_otp: bool) -> None:  # noqa: FBT001  (a row's value)
    await keep_patterns(amoot)
    answer = expect(await amoot.request(CREATE, amoot.fields(CREATE, {"IsOTP": written}), body_as=body_as), "success")

    equal(answer.json["Data"]["IsOTP"], is_otp, "IsOTP")


@patterns_case(
    rule="The names of number variables may be a list in one text, a JSON array or a parameter given several times.",
    sources=["D, JSON samples"],
    level=Level.SHOULD,
    needs=ACCOUNTS,
    covers=["amoot.list-separators", "amoot.list-several"],
    kills=["amoot.pattern-numbers-in-one"],
    rows={
        "comma": (FORM, "name,code"),
        "semicolon": (FORM, "name; code"),
        "bar": (FORM, "name|code"),
        "array": (JSON, ["name", "code"]),
        "repeated": (None, None),
    },
)
async def number_names(amoot: Driver, body_as: str | None, written: Any) -> None:
    await keep_patterns(amoot)
    fields = amoot.fields(CREATE, {"NumberPatterns": written})
    if body_as is None:
        query = f"Token={fields['Token']}&MessageText=%25name%25%25code%25&NumberPatterns=name&NumberPatterns=code"
        answer = await amoot.request(CREATE, {}, query=query)
    else:
        answer = await amoot.request(CREATE, fields, body_as=body_as)

    equal(read_validation(answer), 1, "validation")
    equal(answer.json["Data"]["NumberPatterns"], ["name", "code"], "NumberPatterns")


async def _check_birth(amoot: Driver, state: int, outcome: str) -> None:
    await keep_patterns(amoot)
    made = expect(await amoot.call(CREATE, MessageText="Hi %name%"), "success").json["Data"]
    sent = await amoot.call("SendWithPattern", PatternCodeID=made["ID"], PatternValues="Ali")

    equal(made["Status"], state, "state")
    expect(sent, outcome)


@patterns_case(
    rule="A new pattern waits for the operator, and cannot be sent yet.",
    sources=["D, state of a new pattern"],
    level=Level.SHOULD,
    needs=ACCOUNTS,
    choices={"amoot.pattern-approval": "waits"},
    covers=["amoot.pattern-approval=waits", "amoot.pattern-states"],
)
async def waits(amoot: Driver) -> None:
    await _check_birth(amoot, 0, "failed")


@patterns_case(
    rule="Where that is chosen, a new pattern is approved at once, and can be sent.",
    level=Level.SHOULD,
    needs=ACCOUNTS,
    choices={"amoot.pattern-approval": "at-once"},
    covers=["amoot.pattern-approval=at-once", "amoot.pattern-states"],
)
async def at_once(amoot: Driver) -> None:
    await _check_birth(amoot, 1, "success")


@patterns_case(
    rule="The list of an account without patterns is a success with an empty array.",
    level=Level.SHOULD,
    tier=Tier.READS,
    needs=ACCOUNTS,
    covers=["amoot.pattern-list-shape"],
    kills=["amoot.pattern-list-null"],
)
async def none_listed(amoot: Driver) -> None:
    await keep_patterns(amoot)
    rows = await ask_data(amoot, PATTERNS)

    true(rows == [], "an empty array", rows)
