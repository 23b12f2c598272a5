"""RecieveMessages and RecieveNewMessages of Amoot: what phones wrote, as often as asked, or once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from otp_sandbox.domain.inbox import INBOX, Received, keys_of_receiving, receive

ARRIVED = datetime(2025, 10, 21, 8, 49, tzinfo=UTC)
FIRST = 700_000_001


async def arrive(lane: Any, text: str = "Test", at: datetime = ARRIVED, **changes: Any) -> None:
    fields = {"provider": "amoot", "sender": "+989120000000", "line": "30001234", **changes}
    message = Received(id="", text=text, received_at=at, **fields)
    await lane.store.decide("lane", lambda state: receive(state, message), keys_of_receiving)


async def rows(lane: Any, name: str, **changes: Any) -> list[dict[str, Any]]:
    reply = orjson.loads((await lane.answer(name, **changes)).body)
    assert reply["Status"] == "Success"
    found: list[dict[str, Any]] = reply["Data"]
    return found


async def texts(lane: Any, name: str = "RecieveNewMessages", **changes: Any) -> list[str]:
    return [each["SMSMessageText"] for each in await rows(lane, name, **changes)]


@pytest.mark.parametrize("name", ["RecieveMessages", "RecieveNewMessages"])
async def test_an_inbound_message_has_just_these_bytes(lane: Any, name: str) -> None:
    """The types of the service description, in its mixed spelling."""
    await arrive(lane)

    assert (await lane.answer(name)).body == (
        b'{"Status":"Success","Data":[{"ReceiveMessageID":700000001,"Mobile":"9120000000","LineNumber":"30001234",'
        b'"SMSMessageText":"Test","RecieveDateTime":"2025-10-21T12:19:00"}]}'
    )


@pytest.mark.parametrize("name", ["RecieveMessages", "RecieveNewMessages"])
async def test_nothing_is_a_success(lane: Any, name: str) -> None:
    """And a refusal has an empty list too."""
    assert (await lane.answer(name)).body == b'{"Status":"Success","Data":[]}'
    assert (await lane.answer(name, Token=None)).body == b'{"Status":"Token_NotExists","Data":[]}'


async def test_a_new_message_is_given_once(lane: Any) -> None:
    """Also when more is asked for than there is; what comes later is new again."""
    await arrive(lane, "one")
    first, second = await texts(lane), await texts(lane)
    await arrive(lane, "two")

    assert (first, second, await texts(lane)) == (["one"], [], ["two"])


async def test_the_oldest_new_messages_come_first_and_the_rest_stays_new(lane: Any) -> None:
    for text in "abcde":
        await arrive(lane, text)

    assert [await texts(lane, Count=count) for count in ("2", "1", "10", "10")] == [["a", "b"], ["c"], ["d", "e"], []]


async def test_reading_a_period_changes_nothing(lane: Any) -> None:
    """What was handed out is still there, and what was read is still new."""
    await arrive(lane, "a")
    before = await texts(lane, "RecieveMessages")
    new = await texts(lane)
    after = await texts(lane, "RecieveMessages")

    assert before == new == after == ["a"]


async def test_of_many_callers_at_once_each_message_has_one(lane: Any) -> None:
    """Nothing is lost and nothing comes twice."""
    for number in range(50):
        await arrive(lane, str(number))

    got = await asyncio.gather(*(texts(lane, Count="3") for _ in range(30)))

    assert sorted(int(text) for each in got for text in each) == list(range(50))
    assert max(map(len, got)) == 3


async def test_a_refused_call_takes_nothing(lane: Any) -> None:
    await arrive(lane)
    await lane.send("RecieveNewMessages", Token="wrong")
    await lane.send("RecieveNewMessages", Count="0")
    kept = await lane.get((INBOX, str(FIRST)))

    assert kept.fetched_at is None
    assert await texts(lane) == ["Test"]


@pytest.mark.parametrize(
    ("count", "cause"),
    [
        (None, "count_missing"),
        ("", "count_missing"),
        (" ", "count_invalid"),
        ("0", "count_invalid"),
        ("-1", "count_invalid"),
        pytest.param("-" + "9" * 5000, "count_invalid", id="very-negative"),
        ("all", "count_invalid"),
        ("1.5", "count_invalid"),
        ("1,2", "count_invalid"),
        ("1", "success"),
        ("۱", "success"),
        ("100", "success"),
        ("2147483648", "success"),
        pytest.param("9" * 5000, "success", id="very-large"),
    ],
)
async def test_a_count_is_a_whole_number_above_zero(lane: Any, count: str | None, cause: str) -> None:
    """However large; then it is no limit."""
    await arrive(lane)

    assert (await lane.send("RecieveNewMessages", Count=count)).cause == cause


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (None, ["own", "shared"]),
        ("", ["own", "shared"]),
        ("30001234", ["own"]),
        ("public", ["shared"]),
        ("Public", ["shared"]),
        ("PUBLIC", ["shared"]),
        ("98", []),
    ],
)
async def test_a_line_limits_the_answer_in_any_case(lane: Any, line: str | None, found: list[str]) -> None:
    """No line is all lines."""
    await arrive(lane, "own")
    await arrive(lane, "shared", line="Public")

    assert await texts(lane, "RecieveMessages", LineNumber=line) == found


@pytest.mark.parametrize("line", ["30009999", "OTP", " ", "3000123", "public "])
async def test_a_line_that_the_account_has_not_got_does_not_exist(lane: Any, line: str) -> None:
    assert (await lane.answer("RecieveMessages", LineNumber=line)).body == b'{"Status":"LineNumber_NotExist","Data":[]}'


async def test_the_line_is_looked_at_after_the_period(lane: Any) -> None:
    """From, to, their order, the line."""
    changes = {"FromDateTime": "2025-10-23", "ToDateTime": "2025-10-22", "LineNumber": "30009999"}

    assert (await lane.send("RecieveMessages", **changes)).cause == "from_date_time_is_after_than_to_date_time"
    changes["FromDateTime"] = "2025-10-22"
    assert (await lane.send("RecieveMessages", **changes)).cause == "line_number_not_exist"


@pytest.mark.parametrize(
    ("since", "until", "within"),
    [
        ("2025-10-21 12:19:00", "2025-10-21 12:19:00", True),
        ("2025-10-21 12:19:00.001", "2025-10-22", False),
        ("2025-10-21", "2025-10-21 12:18:59.999", False),
        ("2025-10-21T08:49:00Z", "2025-10-21T08:49:00.000Z", True),
        ("1404/07/29 12:19", "1404/07/29 12:19", True),
    ],
)
async def test_both_ends_of_a_period_belong_to_it(lane: Any, since: str, until: str, *, within: bool) -> None:
    await arrive(lane)

    assert bool(await rows(lane, "RecieveMessages", FromDateTime=since, ToDateTime=until)) == within


async def test_a_period_has_the_oldest_first(lane: Any) -> None:
    """By the time of arrival; those of one instant as they came."""
    await arrive(lane, "b", ARRIVED + timedelta(seconds=1))
    await arrive(lane, "c", ARRIVED + timedelta(seconds=1))
    await arrive(lane, "a", ARRIVED)  # the clock was set back

    assert await texts(lane, "RecieveMessages") == ["a", "b", "c"]


async def test_what_arrived_at_another_provider_is_not_ours(lane: Any) -> None:
    await arrive(lane, provider="esms")

    assert await texts(lane) == await texts(lane, "RecieveMessages") == []
