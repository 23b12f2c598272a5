"""CHECKCODE: a code is good once, for its phone, before it expires; all else is refused alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest
from tests.providers.esms.conftest import code_accepted, code_refused, refusal

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

PHONE = "+84901888484"


async def test_the_right_code_is_confirmed_once(lane: Lane) -> None:
    """Tabs 100 and 117, token for token."""
    await lane.pin(PHONE, "1NTTJ6")
    await lane.gencode()

    first, second = await lane.checkcode("1NTTJ6"), await lane.checkcode("1NTTJ6")

    assert (first, second) == (code_accepted(), code_refused())
    assert lane.verdict.cause == "code_used"


@pytest.mark.parametrize(("seconds", "good"), [(0, True), (119.999, True), (120, False), (120.001, False)])
async def test_the_last_good_moment_is_just_before_the_lifetime_is_over(
    lane: Lane,
    seconds: float,
    good: bool,  # noqa: FBT001
) -> None:
    """TimeAlive=2 dies at two minutes sharp, whether or not anything has fallen due."""
    code = await lane.code(TimeAlive="2")
    lane.wait(seconds=seconds)

    body = await lane.checkcode(code)

    assert body == (code_accepted() if good else code_refused(code))
    assert lane.verdict.cause == ("code_valid" if good else "code_expired")


async def test_all_refusals_of_a_code_read_alike_and_the_journal_knows_why(lane: Lane) -> None:
    """Never issued, wrong, replaced, another phone's, used, expired."""
    causes = []

    async def refused(code: str, phone: str = "0901888484") -> None:
        assert await lane.checkcode(code, Phone=phone) == code_refused(code, phone)
        assert lane.verdict.reason
        causes.append(lane.verdict.cause)

    await refused("A")
    first = await lane.code()
    await refused("A")
    second = await lane.code()
    await refused(first)
    await refused(second, "0901888485")
    await lane.checkcode(second)
    await refused(second)
    third = await lane.code()
    lane.wait(minutes=5)
    await refused(third)

    assert causes == ["never_issued", "code_wrong", "code_superseded", "never_issued", "code_used", "code_expired"]


@pytest.mark.parametrize(
    ("phone", "code", "cause"),
    [
        (None, "A", "phone_missing"),
        ("", "A", "phone_missing"),
        ("12", "A", "phone_invalid"),
        ("097469188", "A", "phone_invalid"),
        ("0901888484", None, "code_missing"),
        ("0901888484", "", "code_missing"),
        ("x", None, "phone_invalid"),
        (None, None, "phone_missing"),
    ],
)
async def test_every_defect_of_phone_or_code_is_a_code_that_is_not_good(
    lane: Lane, phone: str | None, code: str | None, cause: str
) -> None:
    """117, and what is missing is empty in the text."""
    body = await lane.checkcode(code, Phone=phone)

    assert (body, lane.verdict.cause) == (code_refused(code or "", phone or ""), cause)


@pytest.mark.parametrize(
    "spelling", ["0901888484", "84901888484", "+84901888484", "090.188.8484", " 090 188-84 84 ", "+84-901.888 484"]
)
async def test_a_code_is_good_in_any_spelling_and_the_phone_comes_back_as_sent(lane: Lane, spelling: str) -> None:
    """Matched on the number, echoed raw."""
    code = await lane.code(Phone="+84901888484")

    wrong, right = await lane.checkcode("A", Phone=spelling), await lane.checkcode(code, Phone=spelling)

    assert (wrong, right) == (code_refused("A", spelling), code_accepted(spelling))


@pytest.mark.parametrize(
    "typed", ['"', "\\", "{0}", "{phone}", "{code}", "%s", "<b>", "ậ", "\U0001f600", "\x00", "a\nb", " A ", "A" * 7000]
)
async def test_whatever_was_typed_comes_back_as_it_was(lane: Lane, typed: str) -> None:
    """The echo is text: nothing in it is read as a template, and it is written as JSON."""
    as_code, as_phone = await lane.checkcode(typed), await lane.checkcode("A", Phone=typed)

    assert orjson.loads(as_code)["ErrorMessage"] == f"0901888484, Content: {typed} Code Invalid"
    assert orjson.loads(as_phone)["ErrorMessage"] == f"{typed}, Content: A Code Invalid"


@pytest.mark.parametrize("typed", ["ab12cd", " AB12CD", "AB12CD ", "AB12C", "AB12CDE", "AB12CD,AB12CD", "AB12CD"])
async def test_a_code_is_compared_exactly(lane: Lane, typed: str) -> None:
    """Another case, blanks around it and a piece of it are other codes."""
    await lane.pin(PHONE, "AB12CD")
    await lane.gencode()

    await lane.checkcode(typed)

    assert lane.verdict.cause == ("code_valid" if typed == "AB12CD" else "code_wrong")


async def test_the_case_of_a_code_need_not_count(lane: Lane) -> None:
    """Choice code-case ignore: once is still once, and the echo is still what was typed."""
    lane.choose(code_case="ignore")
    await lane.pin(PHONE, "AB12CD")
    await lane.gencode()

    assert await lane.checkcode(" ab12cD") == code_refused(" ab12cD")
    assert await lane.checkcode("ab12cD") == code_accepted()
    assert await lane.checkcode("AB12CD") == code_refused("AB12CD")
    assert lane.verdict.cause == "code_used"


async def test_a_second_code_replaces_the_first(lane: Lane) -> None:
    """The first is dead for good."""
    first, second = await lane.code(), await lane.code()

    assert await lane.checkcode(first) == code_refused(first)
    assert lane.verdict.cause == "code_superseded"
    assert await lane.checkcode(second) == code_accepted()
    assert await lane.checkcode(first) == code_refused(first)


async def test_all_codes_of_a_phone_may_live_at_once(lane: Lane) -> None:
    """Choice second-code keep-all: each is good once, and has a life of its own."""
    lane.choose(second_code="keep-all")
    short, long, last = await lane.code(TimeAlive="2"), await lane.code(TimeAlive="10"), await lane.code(TimeAlive="10")
    lane.wait(minutes=2)

    bodies = [await lane.checkcode(code) for code in (short, long, long, last)]

    assert bodies == [code_refused(short), code_accepted(), code_refused(long), code_accepted()]


async def test_wrong_tries_do_no_harm(lane: Lane) -> None:
    """No lock-out unless it is chosen."""
    code = await lane.code()
    for _ in range(50):
        await lane.checkcode("A")

    assert await lane.checkcode(code) == code_accepted()


@pytest.mark.parametrize(("tries", "good"), [(4, True), (5, False), (6, False)])
async def test_a_code_may_die_of_five_wrong_tries(lane: Lane, tries: int, good: bool) -> None:  # noqa: FBT001
    """Choice wrong-tries lock-out; the phone is free for a new code at once."""
    lane.choose(wrong_tries="lock-out")
    code = await lane.code()
    for _ in range(tries):
        assert await lane.checkcode("A") == code_refused("A")

    assert await lane.checkcode(code) == (code_accepted() if good else code_refused(code))
    assert await lane.checkcode(await lane.code()) == code_accepted()


async def test_a_new_code_begins_with_new_tries(lane: Lane) -> None:
    """The lock-out counts for the code, not for the phone."""
    lane.choose(wrong_tries="lock-out")
    await lane.gencode()
    for _ in range(4):
        await lane.checkcode("A")
    code = await lane.code()
    for _ in range(4):
        await lane.checkcode("A")

    assert await lane.checkcode(code) == code_accepted()


async def test_tries_that_name_no_code_do_not_lock(lane: Lane) -> None:
    """Nothing was tried: an empty code, or another phone."""
    lane.choose(wrong_tries="lock-out")
    code = await lane.code()
    for _ in range(6):
        await lane.checkcode(None)
        await lane.checkcode("A", Phone="0901888485")

    assert await lane.checkcode(code) == code_accepted()


async def test_refused_codes_may_be_171(lane: Lane) -> None:
    """Choice refused-code 171: for every cause; credentials and success are not touched."""
    lane.choose(refused_code="171")
    code = await lane.code()

    assert await lane.checkcode("A") == refusal(171, "0901888484, Content: A Code Invalid")
    assert await lane.checkcode("A", Phone="12") == refusal(171, "12, Content: A Code Invalid")
    assert await lane.checkcode(None) == refusal(171, "0901888484, Content:  Code Invalid")
    assert await lane.checkcode(code) == code_accepted()
    assert await lane.checkcode(code) == refusal(171, f"0901888484, Content: {code} Code Invalid")
    assert await lane.checkcode("A", ApiKey="x") == refusal(101, "Authorize Failed")


@pytest.mark.parametrize("changes", [{"SecretKey": "x"}, {"ApiKey": None}])
async def test_a_check_of_a_stranger_does_not_use_the_code_up(lane: Lane, changes: dict[str, str | None]) -> None:
    """Nor does a locked account's."""
    code = await lane.code()
    await lane.checkcode(code, **changes)
    lane.patch(blocked=True)
    await lane.checkcode(code)
    lane.patch(blocked=False)

    assert await lane.checkcode(code) == code_accepted()


async def test_a_check_costs_nothing_and_sends_nothing(lane: Lane) -> None:
    """Not even a good one."""
    code = await lane.code()
    await lane.checkcode("A")
    await lane.checkcode(code)

    assert lane.account.balance == 1_000_000 - 850
    assert len(await lane.messages()) == 1
