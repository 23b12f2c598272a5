"""GENCODE: what is accepted, what is sent, and what the code is like."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.providers.esms.conftest import INVALID_REQUEST, code_refused

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

PHONE = "+84901888484"
TEMPLATE = "{OTP} la ma xac minh dang ky Baotrixemay cua ban"


async def test_an_accepted_message_is_answered_with_its_id_alone(lane: Lane) -> None:
    """Tab 100: three members in this order, the id 32 lower-case hexadecimal digits, no ErrorMessage."""
    body = await lane.gencode(Brandname="Baotrixemay", message=TEMPLATE)

    assert re.fullmatch(r'\{"CodeResult":"100","CountRegenerate":0,"SMSID":"[0-9a-f]{32}"\}', body)


async def test_the_phone_receives_the_message_with_the_code_in_it(lane: Lane) -> None:
    """What the answer does not say, the message does."""
    body = await lane.gencode(Brandname="Baotrixemay", message=TEMPLATE)

    [message] = await lane.messages()
    [challenge] = await lane.codes()
    assert message.code == challenge.code
    assert message.text == f"{message.code} la ma xac minh dang ky Baotrixemay cua ban"
    assert (message.to, message.sender, message.state) == (PHONE, "Baotrixemay", "sent")
    assert (message.operation, message.request_id) == ("SendMessageAutoGenCode_V4_get", "req-1")
    assert message.id in body
    assert message.code not in body


@pytest.mark.parametrize(
    ("asked", "minutes"),
    [
        (None, 5),
        ("", 5),
        ("1", 2),
        ("2", 2),
        ("3", 3),
        ("9", 9),
        ("10", 10),
        ("11", 10),
        ("15", 10),
        ("45", 10),
        ("0", 2),
        ("-1", 2),
        ("+3", 3),
        (" 3 ", 3),
        ("003", 3),
        ("1" + "0" * 30, 10),
        ("-1" + "0" * 30, 2),
        ("0" * 40 + "3", 3),
        ("abc", 5),
        ("2.5", 5),
        ("3m", 5),
        ("-", 5),
        (" ", 5),
        ("٣", 5),
        ("²", 5),
    ],
)
async def test_the_lifetime_is_moved_into_two_to_ten_minutes(lane: Lane, asked: str | None, minutes: int) -> None:
    """Five when nothing, or no number, is said."""
    await lane.gencode(TimeAlive=asked)

    [challenge] = await lane.codes()
    assert challenge.expires_at == lane.now + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("asked", "warning"),
    [
        ("45", "TimeAlive is outside the range: 10 minutes hold"),
        ("1", "TimeAlive is outside the range: 2 minutes hold"),
        ("abc", "TimeAlive is not a number: the default holds"),
    ],
)
async def test_a_lifetime_that_does_not_hold_is_noted(lane: Lane, asked: str, warning: str) -> None:
    """Accept, but log it."""
    await lane.gencode(TimeAlive=asked)

    assert lane.warnings == [warning]


@pytest.mark.parametrize("asked", [None, "", "2", "10"])
async def test_a_lifetime_that_holds_is_not_worth_a_word(lane: Lane, asked: str | None) -> None:
    """No warning without a reason."""
    await lane.gencode(TimeAlive=asked)

    assert lane.warnings == []


@pytest.mark.parametrize(("asked", "minutes"), [("10", 10), ("11", 11), ("15", 15), ("16", 15), ("45", 15), ("1", 2)])
async def test_the_range_may_be_that_of_the_older_pages(lane: Lane, asked: str, minutes: int) -> None:
    """Choice lifetime-range two-to-fifteen."""
    lane.choose(lifetime_range="two-to-fifteen")

    await lane.gencode(TimeAlive=asked)

    [challenge] = await lane.codes()
    assert challenge.expires_at == lane.now + timedelta(minutes=minutes)


@pytest.mark.parametrize(("status", "option"), [(400, None), (400, "400"), (200, "200")])
@pytest.mark.parametrize("asked", ["1", "11", "45", "-1", "0", "1" + "0" * 30])
async def test_a_strict_range_refuses_what_is_outside(lane: Lane, asked: str, option: str | None, status: int) -> None:
    """Choice lifetime-range strict; the status of the answer is a choice of its own."""
    lane.choose(lifetime_range="strict")
    if option is not None:
        lane.choose(invalid_request_status=option)

    fields = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY", "Phone": "0901888484", "Type": "2"}
    reply = await lane.reply(
        "SendMessageAutoGenCode_V4_get", {**fields, "Brandname": "Sandbox", "message": "{OTP}", "TimeAlive": asked}
    )

    assert (reply.body.decode(), reply.status) == (INVALID_REQUEST, status)
    assert await lane.messages() == []


@pytest.mark.parametrize("asked", [None, "", "2", "10", "abc"])
async def test_a_strict_range_takes_what_is_inside_and_what_counts_as_left_out(lane: Lane, asked: str | None) -> None:
    """A lifetime that is no number is not outside the range."""
    lane.choose(lifetime_range="strict")

    await lane.gencode(TimeAlive=asked)

    assert lane.verdict.cause == "accepted"


@pytest.mark.parametrize(
    ("asked", "length"),
    [
        (None, 6),
        ("", 6),
        ("0", 6),
        ("1", 1),
        ("4", 4),
        ("6", 6),
        ("19", 19),
        ("20", 20),
        ("21", 6),
        ("-1", 6),
        ("abc", 6),
        ("1" + "0" * 30, 6),
        (" 8", 8),
    ],
)
async def test_a_code_has_as_many_characters_as_asked_up_to_twenty(lane: Lane, asked: str | None, length: int) -> None:
    """Six when nothing is said, or nothing that can be."""
    assert len(await lane.code(NumCharOfCode=asked)) == length


@pytest.mark.parametrize("asked", ["0", "21", "-1", "abc", "1" + "0" * 30])
async def test_a_strict_length_refuses_what_is_no_length(lane: Lane, asked: str) -> None:
    """Choice code-length strict: out of bounds, and what is no number too."""
    lane.choose(code_length="strict")

    assert await lane.gencode(NumCharOfCode=asked) == INVALID_REQUEST


@pytest.mark.parametrize("asked", [None, "", "1", "6", "20"])
async def test_a_strict_length_takes_what_is_a_length(lane: Lane, asked: str | None) -> None:
    """And what is left out."""
    lane.choose(code_length="strict")

    await lane.gencode(NumCharOfCode=asked)

    assert lane.verdict.cause == "accepted"


@pytest.mark.parametrize("is_number", [None, "", "0", "2", "true", "abc"])
async def test_codes_have_capitals_and_digits(lane: Lane, is_number: str | None) -> None:
    """The default is letters and digits; all of them occur, and nothing else."""
    seen = "".join([await lane.code(NumCharOfCode="20", IsNumber=is_number) for _ in range(40)])

    assert set(seen) == set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


@pytest.mark.parametrize("is_number", ["1", " 1 "])
async def test_codes_are_of_digits_only_when_asked(lane: Lane, is_number: str) -> None:
    """IsNumber 1; a zero may come first."""
    codes = [await lane.code(NumCharOfCode="20", IsNumber=is_number) for _ in range(40)]

    assert set("".join(codes)) == set("0123456789")
    assert any(code.startswith("0") for code in codes)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("{OTP}", "<>"),
        ("{OTP} la {OTP}", "<> la <>"),
        ("a{OTP}{OTP}{OTP}b", "a<><><>b"),
        ("{{OTP}}", "{<>}"),
        ("{OTP} {otp} {P1,8} %s {0}", "<> {otp} {P1,8} %s {0}"),
        ("  {OTP}\n", "  <>\n"),
        ("mã là {OTP} \U0001f512", "mã là <> \U0001f512"),
    ],
)
async def test_every_placeholder_is_replaced(lane: Lane, message: str, text: str) -> None:
    """And nothing else is touched."""
    sent = await lane.sent(message=message)

    assert sent.text == text.replace("<>", sent.code or "")


@pytest.mark.parametrize("message", [None, "", " ", "no place", "{otp}", "{OTP", "OTP}", "{ OTP }", "%7BOTP%7D"])
async def test_a_message_without_placeholder_fits_no_template(lane: Lane, message: str | None) -> None:
    """Also for a sender name that takes any text."""
    body = await lane.gencode(message=message)

    assert body.startswith(
        '{"CodeResult":"146","CountRegenerate":0,"ErrorMessage":"Sai template Brandname CSKH","SMSID":"'
    )
    assert await lane.messages() == []


@pytest.mark.parametrize(
    ("message", "fits"),
    [
        (TEMPLATE, True),
        (f"  {TEMPLATE}  ", True),
        (f"\t{TEMPLATE}\r\n", True),
        (TEMPLATE.upper().replace("{OTP}", "{OTP}"), False),
        (TEMPLATE.replace("la ma", "La ma"), False),
        (TEMPLATE.replace("la ma", "la  ma"), False),
        (TEMPLATE + ".", False),
        ("Ma " + TEMPLATE, False),
        (TEMPLATE[:-1], False),
        ("{OTP}", False),
        (TEMPLATE.replace("{OTP}", "{OTP}-A"), True),
        (TEMPLATE.replace("{OTP}", "{OTP}-AB"), False),
        (TEMPLATE.replace("{OTP}", "{OTP}{OTP}"), False),
    ],
)
async def test_a_template_is_compared_with_the_whole_text(lane: Lane, message: str, fits: bool) -> None:  # noqa: FBT001
    """Trimmed, case counting, a place taking up to as many characters as registered."""
    await lane.gencode(Brandname="Baotrixemay", message=message)

    assert lane.verdict.cause == ("accepted" if fits else "template_mismatch")


@pytest.mark.parametrize(
    ("length", "cause"), [("1", "accepted"), ("7", "accepted"), ("8", "accepted"), ("9", "template_mismatch")]
)
async def test_a_place_takes_as_many_characters_as_registered(lane: Lane, length: str, cause: str) -> None:
    """`{P1,8}`: eight fit, nine do not."""
    await lane.gencode(Brandname="Baotrixemay", message=TEMPLATE, NumCharOfCode=length)

    assert lane.verdict.cause == cause


@pytest.mark.parametrize(("code", "cause"), [("12345678", "accepted"), ("123456789", "template_mismatch")])
async def test_a_pinned_code_must_fit_the_template_too(lane: Lane, code: str, cause: str) -> None:
    """It is what would be sent; a refusal keeps the pin."""
    await lane.pin(PHONE, code)

    await lane.gencode(Brandname="Baotrixemay", message=TEMPLATE)

    assert lane.verdict.cause == cause
    assert (await lane.pinned(PHONE) is None) == (cause == "accepted")


@pytest.mark.parametrize(
    ("templates", "message", "fits"),
    [
        (["{P1,8} a", "b {P2,8}"], "b {OTP}", True),
        (["{P1,8} a", "b {P2,8}"], "c {OTP}", False),
        (["{P1,3}-{P2,6}"], "ab-{OTP}", True),
        (["{P1,3}-{P2,6}"], "abcd-{OTP}", False),
        (["{P1,3}-{P2,6}"], "-{OTP}", False),
        ([" {P1,6} a.b "], "{OTP} a.b", True),
        (["{P1,6} a.b"], "{OTP} axb", False),
        (["000000 a"], "{OTP} a", False),
        ([], "{OTP}", False),
        (None, "{OTP} whatever", True),
    ],
)
async def test_any_registered_template_will_do(
    lane: Lane,
    templates: list[str] | None,
    message: str,
    fits: bool,  # noqa: FBT001
) -> None:
    """None takes any text, no template takes none; all but the places is literal."""
    lane.patch(brandnames=[{"name": "Sandbox", "templates": templates}])

    await lane.gencode(message=message)

    assert lane.verdict.cause == ("accepted" if fits else "template_mismatch")


@pytest.mark.parametrize(
    ("phone", "folded"),
    [
        ("0901888484", PHONE),
        ("84901888484", PHONE),
        ("+84901888484", PHONE),
        ("+84 90 188 84 84", PHONE),
        ("090.188.8484", PHONE),
        ("090-188-8484", PHONE),
        (" 0901888484 ", PHONE),
        ("0-9.0 1888484", PHONE),
        ("8490188848", None),
        ("0849018884", "+84849018884"),
        ("84849018884", "+84849018884"),
        ("", None),
        ("   ", None),
        ("901888484", None),
        ("090188848", None),
        ("09018884845", None),
        ("+840901888484", None),
        ("840901888484", None),
        ("0084901888484", None),
        ("00901888484", None),
        ("+1901888484", None),
        ("(090)1888484", None),
        ("09o1888484", None),
        ("٠٩٠١٨٨٨٤٨٤", None),
        ("0901888484\x00", None),
        ("0901888484,0901888485", None),
        ("0" * 7000, None),
    ],
)
async def test_phones_are_taken_in_the_spellings_of_the_reference(lane: Lane, phone: str, folded: str | None) -> None:
    """What is none of them is 108, and the text repeats it as sent."""
    body = await lane.gencode(Phone=phone)

    if folded is None:
        assert lane.verdict.cause in {"phone_invalid", "phone_missing"}
        assert body.startswith('{"CodeResult":"108","CountRegenerate":0,"ErrorMessage":"The phone number ')
    else:
        assert [each.to for each in await lane.messages()] == [folded]


@pytest.mark.parametrize(("balance", "cause"), [(849, "not_enough_balance"), (850, "accepted"), (851, "accepted")])
async def test_a_balance_of_exactly_the_price_is_enough(lane: Lane, balance: int, cause: str) -> None:
    """And an accepted message costs the price, a refused one nothing."""
    lane.patch(balance=balance)

    await lane.gencode()

    assert lane.verdict.cause == cause
    assert lane.account.balance == (balance - 850 if cause == "accepted" else balance)


async def test_a_price_of_nothing_needs_no_balance(lane: Lane) -> None:
    """Zero is a price; null is none."""
    lane.patch(balance=0, price=0)

    await lane.gencode()

    assert (lane.verdict.cause, lane.account.balance) == ("accepted", 0)


async def test_the_same_request_sends_again(lane: Lane) -> None:
    """GENCODE knows no RequestId: another id, another code, another charge, and the first code is replaced."""
    first, second = await lane.sent(), await lane.sent()

    assert first.id != second.id
    assert first.code != second.code
    assert lane.account.balance == 1_000_000 - 2 * 850
    assert [each.state(lane.now) for each in await lane.codes()] == ["superseded", "active"]


async def test_nobody_is_called_back(lane: Lane) -> None:
    """A send has a delivery and the end of its code before it, and no callback."""
    await lane.gencode()

    assert [each.kind for each in await lane.due()] == ["delivery", "expiry"]


async def test_a_late_refusal_takes_a_number_of_the_sequence(lane: Lane) -> None:
    """The SMSID of a refused message is its own; nothing is charged and no code issued."""
    first = await lane.gencode(message="x")
    second = await lane.gencode(message="x")
    await lane.gencode()

    [message] = await lane.messages()
    ids = [body.rpartition('"SMSID":"')[2][:32] for body in (first, second)]
    assert len({*ids, message.id}) == 3
    assert lane.account.balance == 1_000_000 - 850
    assert len(await lane.codes()) == 1


async def test_a_refused_send_leaves_the_earlier_code_as_it_was(lane: Lane) -> None:
    """esms.refusal-issues-no-code."""
    code = await lane.code()
    await lane.gencode(message="x")
    await lane.gencode(Brandname="Unknown")

    await lane.checkcode(code)

    assert lane.verdict.cause == "code_valid"


async def test_the_same_seed_gives_the_same_answers_and_another_one_others(lane: Lane) -> None:
    """Ids and codes come from seed, phone and sequence; the lengths and alphabets of other sends do not disturb."""
    again, other = type(lane)(), type(lane)()
    other.seed = 8

    bodies = [[await each.gencode() for _ in range(3)] for each in (lane, again, other)]

    assert bodies[0] == bodies[1]
    assert not set(bodies[0]) & set(bodies[2])
    assert [each.code for each in await lane.messages()] == [each.code for each in await again.messages()]


async def test_phones_do_not_share_a_sequence(lane: Lane) -> None:
    """What another phone gets changes nothing."""
    again = type(lane)()
    await again.gencode(Phone="0912345678")

    assert await lane.gencode() == await again.gencode()


async def test_a_pinned_code_is_sent_as_often_as_it_was_pinned(lane: Lane) -> None:
    """It wins over length and alphabet; refused sends do not use it up."""
    await lane.pin(PHONE, "a-1", times=2)

    await lane.gencode(message="x")
    first = await lane.code(NumCharOfCode="20", IsNumber="1")
    second = await lane.code()
    third = await lane.code()

    assert (first, second) == ("a-1", "a-1")
    assert third != "a-1"


async def test_a_pinned_code_is_accepted_as_it_was_pinned(lane: Lane) -> None:
    """Exactly, once."""
    await lane.pin(PHONE, "a-1")
    await lane.gencode()

    assert await lane.checkcode("A-1") == code_refused("A-1")
    await lane.checkcode("a-1")
    assert lane.verdict.cause == "code_valid"


@pytest.mark.parametrize("name", ["Sandbox", "RequestId", "CallbackUrl", "IsUnicode", "SendDate", "campaignid"])
async def test_parameters_of_the_sibling_operations_have_no_effect(lane: Lane, name: str) -> None:
    """Not documented here, so a code is sent and charged all the same."""
    again = type(lane)()

    assert await lane.gencode(**{name: "1"}) == await again.gencode()
    assert len(await lane.messages()) == 1
