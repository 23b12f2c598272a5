"""SendQuickOTP of Amoot decides: the pattern, the code and its bounds."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import pytest

from otp_sandbox.domain.challenges import PINS

PHONE = "+989120000000"
SEND = "SendQuickOTP"
WAITING = {"patterns": [{"id": 1, "text": "%code%", "is_otp": True, "status": 0}]}

# In the order of the spec: the cause, the fields that make it, the account that makes it.
WRONG: list[tuple[str, Mapping[str, str | None], Mapping[str, Any]]] = [
    ("mobile_missing", {"Mobile": None}, {}),
    ("length_invalid", {"CodeLength": "four"}, {}),
    ("length_missing", {"CodeLength": None}, {}),
    ("optional_code_short", {"OptionalCode": "123"}, {}),
    ("length_exceeded", {"CodeLength": "9"}, {}),
    ("optional_code_long", {"OptionalCode": "123456789"}, {}),
    ("mobile_invalid", {"Mobile": "02188880000"}, {}),
    ("mobile_black_listed", {}, {"black_list": ["09120000000"]}),
    ("no_otp_pattern", {}, WAITING),
    ("code_not_numeric", {"OptionalCode": "ABCD"}, {}),
    ("account_is_demo", {}, {"user": {"demo": True}}),
    ("credit_not_enough", {}, {"credit": 999}),
]
PAIRS = [
    pytest.param(first, second, id=f"{first[0]}-{second[0]}")
    for first, second in itertools.combinations(WRONG, 2)
    if not first[1].keys() & second[1].keys()
    and {first[0], second[0]} not in ({"no_otp_pattern", "code_not_numeric"}, {"mobile_missing", "mobile_black_listed"})
]


@pytest.mark.parametrize(("cause", "fields", "account"), WRONG, ids=[each[0] for each in WRONG])
async def test_each_thing_that_is_wrong_has_its_own_cause(
    lane: Any, cause: str, fields: Mapping[str, Any], account: Mapping[str, Any]
) -> None:
    """A refusal sends nothing, charges nothing, and leaves a pin as it is."""
    lane.patch(account)
    await lane.pin(PHONE, "1357")
    before = lane.account

    verdict = await lane.send(SEND, **fields)

    assert verdict.cause == cause
    assert lane.account == before
    assert (await lane.messages(), await lane.codes(), await lane.due()) == ([], [], [])
    assert await lane.get((PINS, PHONE)) is not None


@pytest.mark.parametrize(("first", "second"), PAIRS)
async def test_of_two_wrong_things_the_earlier_one_is_answered(lane: Any, first: Any, second: Any) -> None:
    """Mobile, lengths; then whether the mobile is valid, there is a pattern, the account may and can pay."""
    lane.patch(first[2], second[2])

    assert (await lane.send(SEND, **{**first[1], **second[1]})).cause == first[0]


async def test_a_missing_pattern_comes_before_a_code_that_does_not_suit_it(lane: Any) -> None:
    lane.patch(WAITING)

    assert (await lane.send(SEND, OptionalCode="ABCD")).cause == "no_otp_pattern"


async def test_a_made_code_stands_in_the_pattern_and_is_handed_back(lane: Any) -> None:
    """The message, the code and the answer agree; it goes over the provider's own line."""
    verdict = await lane.send(SEND, CodeLength="6")

    (message,) = await lane.messages()
    (code,) = await lane.codes()
    facts = verdict.facts
    assert facts == {"mobile": 9120000000, "message_id": int(message.id), "code": code.code}
    assert (len(code.code), code.code[0] != "0", code.expires_at) == (6, True, None)
    assert message.text == f"کد تایید شما: {code.code}"
    assert (message.code, message.sender, message.operation, message.price) == (code.code, "Service", SEND, 1000)
    assert 10_000_000 <= message.details.campaign_id <= 99_999_999
    assert lane.account.credit == 999_000


@pytest.mark.parametrize("own", ["0012", "12345678", "۴۸۲۱"])
async def test_an_own_code_is_taken_as_it_is_written(lane: Any, own: str) -> None:
    """Zeros, other digits, another length than was asked for; a pin stays for the next made code."""
    await lane.pin(PHONE, "1357")

    assert (await lane.send(SEND, CodeLength="5", OptionalCode=own)).facts["code"] == own
    assert [each.text for each in await lane.messages()] == [f"کد تایید شما: {own}"]
    assert (await lane.send(SEND, CodeLength="5", OptionalCode="")).facts["code"] == "1357"


async def test_a_pattern_that_wants_no_number_takes_letters(lane: Any) -> None:
    lane.patch({"patterns": [{"id": 1, "text": "Code %code%", "is_otp": True}]})

    assert (await lane.send(SEND, OptionalCode="AB-9")).facts["code"] == "AB-9"


@pytest.mark.parametrize(("length", "cause"), [("4", "success"), ("8", "success"), ("3", "length_invalid")])
async def test_the_wanted_length_counts_with_an_own_code_too(lane: Any, length: str, cause: str) -> None:
    """It must be there and within its bounds."""
    assert (await lane.send(SEND, CodeLength=length, OptionalCode="482100")).cause == cause


@pytest.mark.parametrize(
    ("own", "cause"),
    [("1", "optional_code_short"), (" ", "optional_code_short"), ("1234", "success"), ("1" * 9, "optional_code_long")],
)
async def test_an_own_code_has_the_bounds_of_the_length(lane: Any, own: str, cause: str) -> None:
    assert (await lane.send(SEND, OptionalCode=own)).cause == cause


async def test_the_first_pattern_that_will_do_is_used(lane: Any) -> None:
    """Approved, meant for codes, and with no other variable than the code."""
    unfit = [
        {"id": 1, "text": "waits %code%", "is_otp": True, "status": 0},
        {"id": 2, "text": "rejected %code%", "is_otp": True, "status": 3},
        {"id": 3, "text": "no code %code%"},
        {"id": 4, "text": "two %code% %name%", "is_otp": True},
        {"id": 5, "text": "other %Code%", "is_otp": True},
        {"id": 6, "text": "none", "is_otp": True},
    ]
    lane.patch({"patterns": unfit})
    assert (await lane.send(SEND)).cause == "no_otp_pattern"

    lane.patch({"patterns": [*unfit, {"id": 9, "text": "%code%, %code%", "is_otp": True}, *unfit]})
    code = (await lane.send(SEND)).facts["code"]
    assert [each.text for each in await lane.messages()] == [f"{code}, {code}"]


async def test_time_line_and_text_are_ignored(lane: Any) -> None:
    """Nothing of it can be chosen."""
    await lane.send(SEND, SendDateTime="2030-01-01", LineNumber="x", SMSMessageText="x")

    (message,) = await lane.messages()
    assert (message.state, message.sender) == ("sent", "Service")


@pytest.mark.parametrize(("credit", "cause"), [(1999, "credit_not_enough"), (2000, "success")])
async def test_the_parts_of_the_filled_pattern_are_paid(lane: Any, credit: int, cause: str) -> None:
    """The code takes more or less room than its variable."""
    lane.patch({"credit": credit, "patterns": [{"id": 1, "text": "x" * 154 + "%code%", "is_otp": True}]})

    assert (await lane.send(SEND, CodeLength="7")).cause == cause
    assert (await lane.send(SEND, CodeLength="6")).cause == ("success" if credit == 1999 else "credit_not_enough")


async def test_a_pinned_code_decides_about_the_price(lane: Any) -> None:
    lane.patch({"credit": 1999, "patterns": [{"id": 1, "text": "x" * 154 + "%code%", "is_otp": True}]})
    await lane.pin(PHONE, "1234567")

    assert (await lane.send(SEND, CodeLength="4")).cause == "credit_not_enough"
    assert (await lane.send(SEND, CodeLength="4", OptionalCode="4821")).cause == "success"


async def test_the_black_listed_get_codes_by_choice(lane: Any) -> None:
    """The message knows it."""
    lane.patch({"black_list": ["9120000000"]})
    lane.choices = {"amoot.black-list": "delivered-as-black-listed"}

    assert (await lane.send(SEND)).cause == "success"
    assert (await lane.send()).cause == "success"
    assert [each.details.black_listed for each in await lane.messages()] == [True, True]


async def test_a_black_listed_recipient_gets_no_code(lane: Any) -> None:
    """Of SendOTP neither."""
    lane.patch({"black_list": ["+98 912 000 0000"]})

    assert (await lane.send()).cause == "mobile_black_listed"
