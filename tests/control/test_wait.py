"""Waiting for messages, in real time and in the lane's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

SHAPE = {"matched", "cursor", "messages", "near_misses"}
NEAR_MISS = {"request_id", "at", "provider", "operation", "to", "outcome", "code", "reason"}
LATER = "2026-03-01 16:30:00"
"""An hour after noon in UTC, as a clock in Tehran shows it."""

Wait = Callable[..., Awaitable["asyncio.Task[Any]"]]


@pytest.mark.parametrize("length", ["60s", "60000ms", "PT1M", "0", "0s", "500ms"])
async def test_what_is_already_there_is_not_waited_for(world: Any, length: str) -> None:
    """Sixty seconds are allowed; nothing here takes them."""
    await world.gencode()

    answer = await world.control("GET", f"/messages/wait?timeout={length}")

    assert answer.status == 200
    assert answer.json.keys() == SHAPE
    assert answer.json["matched"] is True
    assert answer.json["near_misses"] == []
    assert answer.json["messages"] == (await world.get("/messages"))["messages"]
    assert answer.json["cursor"] == (await world.get("/messages"))["cursor"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("timeout=60.001s", "timeout"),
        ("timeout=60001ms", "timeout"),
        ("timeout=5", "timeout"),
        ("timeout=-1s", "timeout"),
        ("timeout=", "timeout"),
        ("count=-1", "count"),
        ("count=x", "count"),
        ("after=x", "after"),
        ("within=5s", "within"),
        ("limit=1", "limit"),
    ],
)
async def test_a_wait_that_cannot_be_is_the_wrong_field(
    world: Any, fields_of: Callable[..., list[str]], query: str, field: str
) -> None:
    answer = await world.control("GET", f"/messages/wait?{query}")

    assert answer.status == 422
    assert fields_of(answer) == [field]


async def test_a_message_that_comes_during_the_wait_ends_it(world: Any, wait_in: Wait) -> None:
    waiting = await wait_in(world)

    await world.gencode()
    answer = await waiting

    assert answer.json["matched"] is True
    assert [each["to"] for each in answer.json["messages"]] == ["+84912345678"]


async def test_a_wait_goes_on_beyond_a_reset(world: Any, wait_in: Wait) -> None:
    """It is the same lane to whoever waits."""
    await world.gencode()
    waiting = await wait_in(world, "timeout=60s&count=2")

    await world.control("POST", "/reset", {})
    await world.gencode("0987654321")
    unfinished = not waiting.done()
    await world.gencode("0987654321")
    answer = await waiting

    assert unfinished
    assert [each["to"] for each in answer.json["messages"]] == ["+84987654321"] * 2


async def test_several_may_wait_at_once(world: Any, wait_in: Wait) -> None:
    waiting = [await wait_in(world), await wait_in(world, "timeout=60s&count=2")]

    await world.gencode()
    await world.gencode()
    answers = await asyncio.gather(*waiting)

    assert [each.json["matched"] for each in answers] == [True, True]


async def test_a_wait_goes_on_until_enough_have_come(world: Any, wait_in: Wait) -> None:
    """What came before counts too, unless a cursor says otherwise."""
    await world.gencode()
    waiting = await wait_in(world, "timeout=60s&count=3")

    await world.gencode()
    unfinished = not waiting.done()
    await world.gencode()
    answer = await waiting

    assert unfinished
    assert answer.json["matched"] is True
    assert len(answer.json["messages"]) == 3


async def test_a_message_for_somebody_else_does_not_end_a_wait(world: Any, wait_in: Wait) -> None:
    waiting = await wait_in(world, "timeout=60s&to=0987654321&provider=esms")

    await world.gencode("0912345678")
    await world.send_otp()
    await world.gencode("0987654321")
    answer = await waiting

    assert [each["to"] for each in answer.json["messages"]] == ["+84987654321"]


async def test_too_few_are_no_match_but_are_shown(world: Any) -> None:
    """The cursor is the place of the last one that is shown."""
    await world.gencode()
    listed = await world.get("/messages")

    answer = await world.get("/messages/wait?count=2&timeout=0")

    assert answer == {"matched": False, "cursor": listed["cursor"], "messages": listed["messages"], "near_misses": []}


async def test_nothing_is_skipped_from_one_wait_to_the_next(world: Any) -> None:
    cursor, seen = "0", []
    for digit in "012":
        nothing = await world.get(f"/messages/wait?timeout=0&after={cursor}")
        await world.gencode(f"091234567{digit}")
        found = await world.get(f"/messages/wait?timeout=0&after={nothing['cursor']}")
        seen += [each["to"][-1] for each in found["messages"]]
        assert nothing["cursor"] == cursor
        assert nothing["messages"] == []
        cursor = found["cursor"]

    assert seen == ["0", "1", "2"]


async def test_none_in_the_window_is_a_match_when_none_is_expected(world: Any) -> None:
    await world.gencode("0912345678")
    cursor = (await world.get("/messages"))["cursor"]

    answer = await world.get(f"/messages/wait?count=0&timeout=1ms&after={cursor}")

    assert answer == {"matched": True, "cursor": cursor, "messages": [], "near_misses": []}


async def test_a_message_in_the_window_is_no_match_when_none_is_expected(world: Any, wait_in: Wait) -> None:
    """It is told at once: waiting longer would not make it undone."""
    waiting = await wait_in(world, "timeout=60s&count=0")

    await world.gencode()
    answer = await waiting

    assert answer.json["matched"] is False
    assert len(answer.json["messages"]) == 1


async def test_a_message_from_before_counts_against_none_unless_a_cursor_is_given(world: Any) -> None:
    await world.gencode()

    answer = await world.get("/messages/wait?count=0&timeout=60s")

    assert answer["matched"] is False


async def test_a_queued_message_is_waited_for_until_it_is_sent(still: Any, wait_in: Wait) -> None:
    await still.send_otp(SendDateTime=LATER)
    waiting = await wait_in(still)

    await still.advance("1h")
    answer = await waiting

    assert answer.json["matched"] is True
    assert [each["state"] for each in answer.json["messages"]] == ["sent"]


async def test_a_near_miss_says_why_nothing_came(world: Any) -> None:
    await world.gencode(Brandname="nobody")

    answer = await world.get("/messages/wait?timeout=0")

    request = (await world.get("/requests"))["requests"][0]
    miss = answer["near_misses"][0]
    assert answer["matched"] is False
    assert miss.keys() == NEAR_MISS
    assert miss | {"reason": ""} == {
        "request_id": request["id"],
        "at": request["at"],
        "provider": "esms",
        "operation": "SendMessageAutoGenCode_V4_get",
        "to": "+84912345678",
        "outcome": "brandname_unknown",
        "code": "104",
        "reason": "",
    }
    assert miss["reason"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["+84912345678", "+989120000000", "x"]),
        ("&to=0912345678", ["+84912345678"]),
        ("&to=09120000000", ["+989120000000"]),
        ("&provider=esms", ["+84912345678", "x"]),
        ("&provider=amoot&to=0912345678", []),
        ("&provider=thuesim", []),
    ],
)
async def test_near_misses_are_those_that_the_filters_mean(world: Any, query: str, expected: list[str]) -> None:
    """Refused sends only: not a refused check, not one that succeeded. An unreadable number is shown as it came."""
    await world.gencode(Brandname="nobody")
    await world.send_otp(LineNumber="nobody")
    await world.gencode(phone="x")
    await world.checkcode("1234")

    answer = await world.get(f"/messages/wait?timeout=0{query}")

    assert [each["to"] for each in answer["near_misses"]] == expected


async def test_a_near_miss_from_before_the_cursor_is_left_out(world: Any) -> None:
    await world.gencode(Brandname="nobody")
    cursor = (await world.get("/requests"))["cursor"]

    answer = await world.get(f"/messages/wait?timeout=0&after={cursor}")

    assert answer["near_misses"] == []


async def test_a_queued_message_is_a_near_miss(still: Any) -> None:
    """It says until when, whatever cursor was given: a place is taken when the message is sent."""
    await still.send_otp(SendDateTime=LATER)
    cursor = (await still.get("/messages"))["cursor"]

    answers = [await still.get(f"/messages/wait?timeout=0&to=9120000000&after={after}") for after in ("0", cursor)]

    request = (await still.get("/requests"))["requests"][0]
    assert answers[0]["near_misses"] == [
        {
            "request_id": request["id"],
            "at": "2026-03-01T12:00:00+00:00",
            "provider": "amoot",
            "operation": "SendOTP",
            "to": "+989120000000",
            "outcome": "queued",
            "code": "",
            "reason": "1 queued until 2026-03-01T13:00:00+00:00",
        }
    ]
    assert answers[1]["near_misses"] == answers[0]["near_misses"]


async def test_messages_of_one_request_are_one_near_miss(still: Any) -> None:
    token = {"Token": still.credentials["amoot"]["Token"]}
    sent = {"SMSMessageText": "x", "LineNumber": "public", "Mobiles": "9120000000,9120000001", "SendDateTime": LATER}
    assert (await still.client.get("/rest/SendSimple", **token, **sent)).json["Status"] == "Success"

    answer = await still.get("/messages/wait?timeout=0")

    assert [(each["to"], each["reason"]) for each in answer["near_misses"]] == [
        ("+989120000000,+989120000001", "2 queued, the first until 2026-03-01T13:00:00+00:00")
    ]


@pytest.mark.parametrize("query", ["to=9129999999", "provider=esms", "count=0&timeout=1ms"])
async def test_a_queued_message_that_is_not_meant_is_no_near_miss(still: Any, query: str) -> None:
    """Nor is it one where none is expected."""
    await still.send_otp(SendDateTime=LATER)

    answer = await still.get(f"/messages/wait?{query}" + ("" if "timeout" in query else "&timeout=0"))

    assert answer["near_misses"] == []


async def test_a_wait_in_the_lanes_time_stops_at_what_fulfils_it(still: Any) -> None:
    """What would have come later has not happened."""
    await still.send_otp(SendDateTime=LATER)
    await still.gencode()

    answer = await still.control("POST", "/messages/wait", {"provider": "amoot", "within": "2h"})

    clock = await still.get("/clock")
    assert answer.status == 200
    assert answer.json["matched"] is True
    assert [each["state"] for each in answer.json["messages"]] == ["sent"]
    assert clock["now"] == "2026-03-01T13:00:00+00:00"
    assert clock["next_due"] == "2026-03-01T13:00:01+00:00"


async def test_a_wait_in_the_lanes_time_takes_all_of_it_when_nothing_comes(still: Any) -> None:
    await still.send_otp(SendDateTime=LATER)

    answer = await still.control("POST", "/messages/wait", {"within": "59m59s"})

    assert {**answer.json, "near_misses": []} == {"matched": False, "cursor": "0", "messages": [], "near_misses": []}
    assert [each["outcome"] for each in answer.json["near_misses"]] == ["queued"]
    assert (await still.get("/clock"))["now"] == "2026-03-01T12:59:59+00:00"


async def test_a_wait_in_the_lanes_time_is_five_seconds_by_default(still: Any) -> None:
    await still.control("POST", "/messages/wait", {})

    assert (await still.get("/clock"))["now"] == "2026-03-01T12:00:05+00:00"


async def test_a_wait_in_the_lanes_time_may_be_longer_than_a_minute(still: Any) -> None:
    answer = await still.control("POST", "/messages/wait", {"within": "30d", "count": 0})

    assert answer.json["matched"] is True
    assert (await still.get("/clock"))["now"] == "2026-03-31T12:00:00+00:00"


async def test_what_is_already_there_does_not_move_the_clock(still: Any) -> None:
    await still.gencode()

    answer = await still.control("POST", "/messages/wait", {"to": "0912345678", "after": "0", "count": 1})

    assert answer.json["matched"] is True
    assert (await still.get("/clock"))["now"] == "2026-03-01T12:00:00+00:00"


async def test_a_wait_in_the_lanes_time_goes_on_over_several_advances(sandbox: Any, still: Any) -> None:
    """Each fires so many events, and no more."""
    sandbox.schedule._most = 2
    for phone in ("0912345670", "0912345671", "0912345672"):
        await still.gencode(phone)
    await still.send_otp(SendDateTime=LATER)

    answer = await still.control("POST", "/messages/wait", {"provider": "amoot", "within": "2h"})

    assert answer.json["matched"] is True
    assert (await still.get("/clock"))["now"] == "2026-03-01T13:00:00+00:00"


async def test_a_message_stops_the_clock_when_none_is_expected(still: Any) -> None:
    await still.send_otp(SendDateTime=LATER)

    answer = await still.control("POST", "/messages/wait", {"within": "2h", "count": 0})

    assert answer.json["matched"] is False
    assert (await still.get("/clock"))["now"] == "2026-03-01T13:00:00+00:00"


async def test_a_running_clock_runs_on_from_where_the_wait_stopped_it(world: Any) -> None:
    answer = await world.control("POST", "/messages/wait", {"within": "1h"})

    clock = await world.get("/clock")
    assert answer.json["matched"] is False
    assert clock["mode"] == "offset"
    assert clock["offset"] == "1h"


async def test_near_misses_are_named_in_the_lanes_time_too(still: Any) -> None:
    await still.gencode(Brandname="nobody")

    answer = await still.control("POST", "/messages/wait", {"to": "0912345678"})

    assert [each["outcome"] for each in answer.json["near_misses"]] == ["brandname_unknown"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"timeout": "5s"}, "timeout"),
        ({"within": 5}, "within"),
        ({"within": "-5s"}, "within"),
        ({"within": "999999999d"}, "within"),
        ({"within": "3653d1ms"}, "within"),
        ({"count": 1_000_001}, "count"),
        ({"to": "0" * 201}, "to"),
        ({"count": -1}, "count"),
        ({"count": "1"}, "count"),
        ({"count": True}, "count"),
        ({"after": "x"}, "after"),
        ({"to": "x"}, "to"),
        ({"to": 5}, "to"),
        ({"provider": "nobody"}, "provider"),
    ],
)
async def test_a_wait_in_the_lanes_time_that_cannot_be_is_the_wrong_field(
    still: Any, fields_of: Callable[..., list[str]], body: dict[str, Any], field: str
) -> None:
    """And the clock has not moved."""
    answer = await still.control("POST", "/messages/wait", body)

    assert answer.status == 422
    assert fields_of(answer) == [field]
    assert (await still.get("/clock"))["now"] == "2026-03-01T12:00:00+00:00"


async def test_a_wait_is_cut_when_the_server_stops(world: Any, wait_in: Wait, sandbox: Any) -> None:
    """Nobody's stop takes as long as somebody's wait."""
    waiting = await wait_in(world)

    await sandbox.stop()
    ended = await asyncio.gather(waiting, return_exceptions=True)

    assert isinstance(ended[0], Exception) or ended[0].status != 200
