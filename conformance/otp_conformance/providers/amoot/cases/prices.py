"""What a send would cost, and who wants no messages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from otp_conformance.case import Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.amoot.names import PHONE
from otp_conformance.providers.amoot.steps import ACCOUNTS, MESSAGES

price_case = partial(case, "amoot", "prices")
black_list_case = partial(case, "amoot", "black list")

TEXT, PATTERN = "CalculateMessagePrice", "CalculatePatternMessagePrice"
BLACK_LIST = "IsBlackList_ByCancelation"
ONE, TWO = 9120000000, 9150000000
AS_NUMBER = {"amoot.pattern-price": "number"}


@price_case(
    rule="The price of a text is a bare number: of a part, times the parts, times the recipients; nothing is sent.",
    sources=["D, sample", "W"],
    needs=[*ACCOUNTS, *MESSAGES],
    tier=Tier.READS,
    covers=["amoot.price-number", "amoot.price-as-sent", "amoot.price-nothing-sent", "amoot.price-black-list"],
    kills=["amoot.price-of-one", "amoot.price-charged", "amoot.price-without-black-listed"],
    rows={
        "one": ("Test", ONE, 7),
        "parts": ("x" * 161, ONE, 14),
        "two": ("Test", f"{ONE},{TWO}", 14),
        "twice": ("Test", f"{ONE},{ONE}", 14),
        "no-mobile": ("Test", f"{ONE},123", 7),
    },
)
async def of_text(amoot: Driver, text: str, mobiles: object, expected: int) -> None:
    await amoot.account(price=7, credit=1, user={"demo": True}, black_list=[str(TWO)])
    answer = await amoot.call(TEXT, SMSMessageText=text, Mobiles=mobiles)

    equal(answer.text, str(expected), "body")
    equal((await amoot.messages(), (await amoot.account_now())["credit"]), ([], 1), "messages and credit")


@price_case(
    rule="The price of a pattern is that of the filled text; nothing is sent.",
    needs=[*ACCOUNTS, *MESSAGES],
    tier=Tier.READS,
    choices=AS_NUMBER,
    covers=["amoot.price-as-sent", "amoot.price-nothing-sent", "amoot.pattern-price=number", "amoot.price-black-list"],
    kills=["amoot.price-of-empty-pattern"],
    rows={"one-part": ("4821", 7), "two-parts": ("x" * 161, 14)},
)
async def of_pattern(amoot: Driver, value: str, expected: int) -> None:
    pattern = {"id": 5, "text": "%code%"}
    await amoot.account(price=7, credit=1, user={"demo": True}, black_list=[PHONE], patterns=[pattern])
    answer = await amoot.call(PATTERN, PatternCodeID="5", PatternValues=value)

    equal(answer.text, str(expected), "body")
    equal((await amoot.messages(), (await amoot.account_now())["credit"]), ([], 1), "messages and credit")


@price_case(
    rule="Where that is chosen, the price of a pattern stands in an object, with the number of the status.",
    sources=["D, sample"],
    level=Level.SHOULD,
    tier=Tier.READS,
    needs=ACCOUNTS,
    choices={"amoot.pattern-price": "object"},
    covers=["amoot.pattern-price=object"],
    rows={
        "success": ({}, '{"Status":1,"ReturnValue":7}'),
        "refused": ({"Mobile": "1"}, '{"Status":101,"ReturnValue":0}'),
    },
)
async def in_object(amoot: Driver, changes: Mapping[str, Any], body: str) -> None:
    await amoot.account(price=7)

    equal((await amoot.call(PATTERN, **changes)).text, body, "body")


@price_case(
    rule="A refusal is the number of its status below zero, whichever sign that has; Failed is 0.",
    sources=["D, sample -17"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    choices=AS_NUMBER,
    covers=["amoot.price-refusal", "amoot:mobiles_empty", "amoot:mobile_invalid", "amoot:failed"],
    kills=["amoot.price-refusal-positive"],
    rows={
        "text": (TEXT, {"SMSMessageText": None}, "-14"),
        "list": (TEXT, {"Mobiles": None}, "-17"),
        "none-left": (TEXT, {"Mobiles": "123"}, "-102"),
        "token": (TEXT, {"Token": "x"}, "-202"),
        "mobile": (PATTERN, {"Mobile": "123"}, "-101"),
        "pattern": (PATTERN, {"PatternCodeID": "9"}, "0"),
    },
)
async def refusals(amoot: Driver, name: str, changes: Mapping[str, Any], body: str) -> None:
    equal((await amoot.call(name, **changes)).text, body, "body")


@black_list_case(
    rule="Whether a number is on the black list is told for the line that was looked at; OTP is one for patterns.",
    sources=["D, sample and parameter table"],
    tier=Tier.READS,
    needs=ACCOUNTS,
    choices={"amoot.status-format": "name"},
    covers=["amoot.black-list-shape", "amoot.black-list-otp", "amoot.black-list-lines", "amoot.line-case"],
    kills=["amoot.black-list-as-sent", "amoot.black-list-national"],
    rows={
        "listed": ("09120000000", "30001234", "30001234", "989120000000,true"),
        "not-listed": ("9150000000", "30001234", "30001234", "989150000000,false"),
        "spelt": ("+989120000000", "PUBLIC", "Public", "989120000000,true"),
        "otp": ("9120000000", "OTP", "Service", "989120000000,true"),
        "small-otp": ("9150000000", "otp", "Service", "989150000000,false"),
    },
)
async def looked_up(amoot: Driver, mobile: str, line: str, told: str, row: str) -> None:
    await amoot.account(black_list=["00989120000000"])
    answer = await amoot.call(BLACK_LIST, Mobile=mobile, LineNumber=line)

    number, _, listed = row.partition(",")
    data = f'[{{"Number":{number},"IsBlackList":{listed}}}]'
    equal(answer.text, f'{{"Status":"Success","LineNumber":"{told}","Data":{data}}}', "body")


@black_list_case(
    rule="OTP is answered whatever lines the account has.",
    level=Level.SHOULD,
    tier=Tier.READS,
    needs=ACCOUNTS,
    covers=["amoot.black-list-otp"],
)
async def without_service(amoot: Driver) -> None:
    await amoot.account(lines=["30001234"])

    expect(await amoot.call(BLACK_LIST, LineNumber="OTP"), "success")
    expect(await amoot.call(BLACK_LIST, LineNumber="Service"), "line_number_not_exist")


@black_list_case(
    rule="A refusal has no line and an empty array, for an unknown line null; of two things the first is told.",
    sources=["D, error samples"],
    tier=Tier.NOTHING,
    choices={"amoot.status-format": "name"},
    covers=["amoot.black-list-refusal", "amoot.black-list-order", "amoot:mobile_empty", "amoot:line_number_not_exist"],
    kills=["amoot.black-list-null"],
    rows={
        "empty": ({"Mobile": None, "LineNumber": None}, "Mobile_Empty", "[]"),
        "line": ({"Mobile": "1", "LineNumber": None}, "LineNumber_Empty", "[]"),
        "invalid": ({"Mobile": "1", "LineNumber": "30009999"}, "Mobile_Invalid", "[]"),
        "unknown": ({"LineNumber": "30009999"}, "LineNumber_NotExist", "null"),
        "token": ({"Token": "x"}, "Token_Invalid", "[]"),
    },
)
async def refused(amoot: Driver, changes: Mapping[str, Any], status: str, data: str) -> None:
    answer = await amoot.call(BLACK_LIST, **changes)

    equal(answer.text, f'{{"Status":"{status}","LineNumber":null,"Data":{data}}}', "body")
