"""SendOTP of Amoot decides: what is refused and in which order, what is sent, charged and handed back."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from otp_sandbox.domain.challenges import PINS, RECIPIENTS
from otp_sandbox.domain.messages import RENTED, becomes_sent
from otp_sandbox.domain.store import Event

PHONE = "+989120000000"

# In the order of the checks: the cause, the fields that make it, the account that makes it.
WRONG: list[tuple[str, Mapping[str, str | None], Mapping[str, Any]]] = [
    ("text_missing", {"SMSMessageText": None}, {}),
    ("line_missing", {"LineNumber": None}, {}),
    ("mobile_missing", {"Mobile": None}, {}),
    ("length_invalid", {"CodeLength": "four"}, {}),
    ("length_missing", {"CodeLength": None}, {}),
    ("length_exceeded", {"CodeLength": "9"}, {}),
    ("line_number_not_exist", {"LineNumber": "30009999"}, {}),
    ("mobile_invalid", {"Mobile": "02188880000"}, {}),
    ("account_is_demo", {}, {"user": {"demo": True}}),
    ("credit_not_enough", {}, {"credit": 999}),
    ("organisation_undeclared", {}, {"user": {"organisation_undeclared": True}}),
]
PAIRS = [
    pytest.param(first, second, id=f"{first[0]}-{second[0]}")
    for first, second in itertools.combinations(WRONG, 2)
    if not first[1].keys() & second[1].keys()
]


@pytest.mark.parametrize(("cause", "fields", "account"), WRONG, ids=[each[0] for each in WRONG])
async def test_each_thing_that_is_wrong_has_its_own_cause(
    lane: Any, cause: str, fields: Mapping[str, Any], account: Mapping[str, Any]
) -> None:
    """A refusal sends nothing, charges nothing and leaves nothing on the schedule."""
    lane.patch(account)
    before = lane.account

    verdict = await lane.send(**fields)

    assert verdict.cause == cause
    assert lane.account == before
    assert await lane.messages() == []
    assert await lane.codes() == []
    assert await lane.due() == []


@pytest.mark.parametrize(("first", "second"), PAIRS)
async def test_of_two_wrong_things_the_earlier_one_is_answered(lane: Any, first: Any, second: Any) -> None:
    """Text, line, mobile, length; then whether the line exists, the mobile is valid, the account may and can pay."""
    lane.patch(first[2], second[2])

    verdict = await lane.send(**{**first[1], **second[1]})

    assert verdict.cause == first[0]


async def test_everything_wrong_at_once_is_a_wrong_token(lane: Any) -> None:
    """Nobody learns what is wrong with the fields before the credentials were accepted."""
    verdict = await lane.send(Token="wrong", SMSMessageText=None, LineNumber=None, Mobile=None, CodeLength=None)

    assert verdict.cause == "token_invalid"


async def test_a_magic_value_comes_after_the_credentials_and_before_the_fields(lane: Any) -> None:
    """It beats an empty text, and is beaten by a wrong token."""
    wrong_text = await lane.send(SMSMessageText=None, Mobile="9000000115")
    wrong_token = await lane.send(Token="wrong", Mobile="9000000115")

    assert (wrong_text.cause, wrong_text.magic) == ("course_id_invalid", True)
    assert (wrong_token.cause, wrong_token.magic) == ("token_invalid", False)


@pytest.mark.parametrize(
    ("length", "cause"),
    [("3", "length_invalid"), ("4", "success"), ("8", "success"), ("9", "length_exceeded")],
)
async def test_the_length_of_the_code_has_a_minimum_and_a_maximum(lane: Any, length: str, cause: str) -> None:
    """Both bounds are allowed."""
    assert (await lane.send(CodeLength=length)).cause == cause


@pytest.mark.parametrize("length", ["6", "06", " 6 ", "+6", "۶", "٦", "0" * 5000 + "6"])
async def test_a_length_is_a_whole_number_in_any_digits(lane: Any, length: str) -> None:
    """Blanks around it, a plus and zeros before it do not count."""
    verdict = await lane.send(CodeLength=length)

    assert verdict.cause == "success"
    assert len(verdict.facts["code"]) == 6


@pytest.mark.parametrize(
    "length", [" ", "-", "+", "4.0", "4,5", "4e0", "0x4", "five", "true", "0", "-5", "-" + "9" * 5000, "4 5", "६"]
)
async def test_a_length_that_is_no_number_or_too_small_is_invalid(lane: Any, length: str) -> None:
    """Below the minimum and not a number are refused in one way."""
    assert (await lane.send(CodeLength=length)).cause == "length_invalid"


@pytest.mark.parametrize("length", ["9", "100", "32768", "9" * 5000])
async def test_a_length_above_the_maximum_is_exceeded_however_large(lane: Any, length: str) -> None:
    """Also where a number would be too long to be read."""
    assert (await lane.send(CodeLength=length)).cause == "length_exceeded"


@pytest.mark.parametrize("name", ["SMSMessageText", "LineNumber", "Mobile"])
async def test_an_empty_field_is_as_good_as_none(lane: Any, name: str) -> None:
    """Missing and empty are answered alike."""
    assert (await lane.send(**{name: ""})).cause == (await lane.send(**{name: None})).cause != "success"


async def test_a_blank_text_is_a_text(lane: Any) -> None:
    """Only missing and empty are documented as refused."""
    assert (await lane.send(SMSMessageText=" ")).cause == "success"


@pytest.mark.parametrize("line", ["public", "Public", "PUBLIC", "service", "98", "30001234"])
async def test_a_line_of_the_account_sends_in_any_case(lane: Any, line: str) -> None:
    """The message shows it as it was sent."""
    assert (await lane.send(LineNumber=line)).cause == "success"
    assert [each.sender for each in await lane.messages()] == [line]


@pytest.mark.parametrize("line", [" ", "public ", "989", "OTP"])
async def test_a_line_that_the_account_has_not_got_does_not_exist(lane: Any, line: str) -> None:
    """A blank one is not an empty one."""
    assert (await lane.send(LineNumber=line)).cause == "line_number_not_exist"


async def test_a_list_of_mobiles_is_no_mobile(lane: Any) -> None:
    """Repeated fields arrive joined with a comma."""
    assert (await lane.send(Mobile="9120000000,9130000000")).cause == "mobile_invalid"


async def test_a_success_sends_one_message_with_one_code(lane: Any) -> None:
    """The message, the code and what is handed back agree."""
    verdict = await lane.send()

    (message,) = await lane.messages()
    (code,) = await lane.codes()
    facts = verdict.facts
    assert verdict.cause == "success"
    assert facts == {"mobile": 9120000000, "message_id": int(message.id), "code": message.code}
    assert 100_000_000 <= facts["message_id"] <= 999_999_999
    assert (message.provider, message.operation, message.to) == ("amoot", "SendOTP", PHONE)
    assert (message.state, message.timeline) == ("sent", (("sent", lane.now),))
    assert (message.created_at, message.request_id, message.price) == (lane.now, "req-1", 1000)
    assert message.text == f"Test\n{facts['code']}"
    assert (code.provider, code.to, code.code) == ("amoot", PHONE, facts["code"])
    assert (code.issued_at, code.expires_at) == (lane.now, None)
    assert [(each.kind, each.id) for each in await lane.due()] == [("delivery", message.id)]


async def test_a_code_never_expires_and_a_newer_one_leaves_it_as_it_is(lane: Any) -> None:
    """Nothing at Amoot checks a code, so nothing is kept of the recipient."""
    await lane.send()
    await lane.send()
    later = lane.now + timedelta(days=3650)

    assert [each.state(later) for each in await lane.codes()] == ["active", "active"]
    assert await lane.get((RECIPIENTS, f"amoot {PHONE}")) is None
    assert {each.kind for each in await lane.due()} == {"delivery"}


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Test", "Test\n{0}"),
        ("کد: %code%", "کد: {0}"),
        ("%code% or %code%", "{0} or {0}"),
        ("%Code%", "%Code%\n{0}"),
        ("{OTP} 100%", "{{OTP}} 100%\n{0}"),
    ],
)
async def test_the_code_takes_its_place_in_the_text_or_follows_it(lane: Any, text: str, sent: str) -> None:
    """Every `%code%` is replaced; a text without one is followed by the code on a new line."""
    verdict = await lane.send(SMSMessageText=text)

    (message,) = await lane.messages()
    assert message.text == sent.format(verdict.facts["code"])


@pytest.mark.parametrize("length", [4, 5, 6, 7, 8])
async def test_a_code_has_as_many_digits_as_asked_for_and_no_zero_first(lane: Any, length: int) -> None:
    """A client that reads it as a number loses nothing."""
    codes = [(await lane.send(CodeLength=str(length), Mobile=str(9120000000 + n))).facts["code"] for n in range(200)]

    assert {len(code) for code in codes} == {length}
    assert all(code.isascii() and code.isdigit() for code in codes)
    assert {code[0] for code in codes} == set("123456789")


# The code adds five characters: a line break and four digits.
@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("x" * 155, 1000),
        ("x" * 156, 2000),
        ("x" * (306 - 5), 2000),
        ("x" * (307 - 5), 3000),
        ("س" * 65, 1000),
        ("س" * 66, 2000),
        ("x" * 154 + "%code%", 1000),  # placeholder and code are counted as sent, not as written
    ],
)
async def test_a_send_costs_the_price_of_each_segment(lane: Any, text: str, price: int) -> None:
    """The segments of the text with its code count."""
    await lane.send(SMSMessageText=text)

    (message,) = await lane.messages()
    assert message.price == price
    assert lane.account.credit == 1_000_000 - price


@pytest.mark.parametrize(
    ("credit", "text", "cause"),
    [
        (999, "Test", "credit_not_enough"),
        (1000, "Test", "success"),
        (1999, "x" * 156, "credit_not_enough"),
        (2000, "x" * 156, "success"),
    ],
)
async def test_a_send_needs_as_much_credit_as_it_costs(lane: Any, credit: int, text: str, cause: str) -> None:
    """Exactly enough is enough, and leaves nothing."""
    lane.patch({"credit": credit})

    verdict = await lane.send(SMSMessageText=text)

    assert verdict.cause == cause
    assert lane.account.credit == (0 if cause == "success" else credit)


async def test_a_pinned_code_wins_over_length_and_is_used_up(lane: Any) -> None:
    """After its times a code is drawn again."""
    await lane.pin(PHONE, "000123456789", times=2)

    codes = [(await lane.send(CodeLength="4")).facts["code"] for _ in range(3)]

    assert codes[:2] == ["000123456789"] * 2
    assert len(codes[2]) == 4


async def test_a_refused_send_does_not_use_up_a_pin(lane: Any) -> None:
    """The pin waits for the next send that goes through."""
    await lane.pin(PHONE, "135790")
    await lane.send(CodeLength="9")

    assert await lane.get((PINS, PHONE)) is not None
    assert (await lane.send()).facts["code"] == "135790"


async def test_the_price_is_that_of_the_pinned_code(lane: Any) -> None:
    """A long pin can need a second segment, and is refused when there is no credit for it."""
    lane.patch({"credit": 1999})
    await lane.pin(PHONE, "123456")

    refused = await lane.send(SMSMessageText="x" * 155)
    lane.patch({"credit": 2000})
    sent = await lane.send(SMSMessageText="x" * 155)

    assert (refused.cause, sent.cause) == ("credit_not_enough", "success")
    assert lane.account.credit == 0


async def test_the_same_seed_gives_the_same_and_each_send_another(lane: Any) -> None:
    """What is drawn belongs to the seed, the phone and how often it was sent to."""
    first = [(await lane.send(CodeLength="8")).facts for _ in range(20)]
    other_phone = (await lane.send(CodeLength="8", Mobile="9130000000")).facts
    await lane.store.forget("lane")
    again = [(await lane.send(CodeLength="8", Mobile="+98 912 000 0000")).facts for _ in range(20)]
    await lane.store.forget("lane")
    lane.seed += 1
    other_seed = (await lane.send(CodeLength="8")).facts

    assert again == first
    assert len({each["code"] for each in first}) == len({each["message_id"] for each in first}) == 20
    assert len({each["code"] for each in (first[0], other_phone, other_seed)}) == 3
    assert len({each["message_id"] for each in (first[0], other_phone, other_seed)}) == 3


async def test_a_time_in_the_future_queues_the_message_until_then(lane: Any) -> None:
    """It is answered and charged at once, and sent when its time has come."""
    at = lane.now + timedelta(hours=2)
    verdict = await lane.send(SendDateTime=at.isoformat())

    (message,) = await lane.messages()
    events = await lane.due()
    assert verdict.cause == "success"
    assert lane.account.credit == 999_000
    assert (message.state, message.timeline) == ("queued", (("queued", lane.now),))
    assert events == [Event(at, "send", "amoot", message.id, PHONE)]

    change = await lane.store.decide("lane", lambda state: becomes_sent(events[0], state))
    assert change.verdict
    (message,) = await lane.messages()
    assert (message.state, message.timeline) == ("sent", (("queued", lane.now), ("sent", at)))


@pytest.mark.parametrize(
    "text", [None, "", "0", "2023-02-01-18:50", "2020-01-01 00:00:00", "2025-10-21T12:30:00+03:30"]
)
async def test_any_other_time_means_now(lane: Any, text: str | None) -> None:
    """Absent, empty, unreadable, past, and this very instant."""
    await lane.send(SendDateTime=text)

    (message,) = await lane.messages()
    assert message.state == "sent"


async def test_a_naive_time_is_that_of_tehran(lane: Any) -> None:
    """Noon of Tehran is half past eight of UTC."""
    await lane.send(SendDateTime="2025-10-21 12:31:00")

    (event,) = await lane.due()
    assert (event.kind, event.at) == ("send", datetime.fromisoformat("2025-10-21T09:01:00+00:00"))


async def test_a_message_to_a_rented_number_arrives_at_once_or_when_it_is_sent(lane: Any) -> None:
    """A queued message reaches the rental only with its time."""
    await lane.write({(RENTED, PHONE): "thuesim 88237016.02"})
    verdict = await lane.send()

    kinds = [(each.kind, each.provider, each.id) for each in await lane.due()]
    assert ("arrival", "thuesim", "88237016.02") in kinds

    verdict = await lane.send(SendDateTime="2025-10-22 00:00:00")
    assert [(each.kind, each.id) for each in await lane.due()] == [("send", str(verdict.facts["message_id"]))]
