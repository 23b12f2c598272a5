"""The lane's clock: three modes, and what falls due when it is moved."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from otp_sandbox.lanes.real_time import never_back

NOON = "2026-03-01T12:00:00+00:00"


async def test_a_lane_starts_with_real_time(client: Any) -> None:
    before = datetime.now(UTC)
    answer = await client.control("GET", "/clock")
    after = datetime.now(UTC)

    assert answer.json.keys() == {"now", "mode", "offset", "next_due"}
    assert before <= datetime.fromisoformat(answer.json["now"]) <= after
    assert answer.json["mode"] == "real"
    assert answer.json["offset"] == "0s"
    assert answer.json["next_due"] is None


async def test_a_clock_runs_with_an_offset(client: Any) -> None:
    before = datetime.now(UTC)
    answer = await client.control("PUT", "/clock", {"mode": "offset", "offset": "2m"})
    after = datetime.now(UTC)

    assert answer.status == 200
    assert answer.json["mode"] == "offset"
    assert answer.json["offset"] == "2m"
    assert before <= datetime.fromisoformat(answer.json["now"]) - timedelta(minutes=2) <= after


async def test_a_clock_stands_where_it_is_told(client: Any) -> None:
    answer = await client.control("PUT", "/clock", {"mode": "frozen", "now": "2026-03-01T19:00:00+07:00"})
    again = await client.control("GET", "/clock")

    assert answer.json == {"now": "2026-03-01T19:00:00+07:00", "mode": "frozen", "offset": "0s", "next_due": None}
    assert again.json == answer.json


async def test_a_clock_stands_where_it_is_unless_it_is_told(client: Any) -> None:
    before = datetime.now(UTC)
    answer = await client.control("PUT", "/clock", {"mode": "frozen"})
    after = datetime.now(UTC)

    assert before <= datetime.fromisoformat(answer.json["now"]) <= after
    assert (await client.control("GET", "/clock")).json == answer.json


async def test_a_clock_can_be_made_real_again(still: Any) -> None:
    answer = await still.control("PUT", "/clock", {"mode": "real"})

    assert answer.json["mode"] == "real"
    assert answer.json["now"] != NOON


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "mode"),
        ({"mode": "slow"}, "mode"),
        ({"mode": None}, "mode"),
        ({"mode": "offset"}, "offset"),
        ({"mode": "offset", "offset": 5}, "offset"),
        ({"mode": "offset", "offset": "2 minutes"}, "offset"),
        ({"mode": "offset", "offset": "999999999d"}, "offset"),
        ({"mode": "offset", "offset": "2m", "now": NOON}, "now"),
        ({"mode": "real", "offset": "2m"}, "offset"),
        ({"mode": "frozen", "offset": "2m"}, "offset"),
        ({"mode": "frozen", "now": "2026-03-01T12:00:00"}, "now"),
        ({"mode": "frozen", "now": "2026-03-01"}, "now"),
        ({"mode": "frozen", "now": 1_767_225_600}, "now"),
        ({"mode": "frozen", "now": "yesterday"}, "now"),
        ({"mode": "frozen", "now": "9999-12-31T23:59:59+00:00"}, "now"),
        ({"mode": "frozen", "now": "0001-01-01T00:00:00+14:00"}, "now"),
    ],
)
async def test_a_clock_that_cannot_be_is_the_wrong_field(
    still: Any, fields_of: Callable[..., list[str]], body: dict[str, Any], field: str
) -> None:
    """And it stands where it stood."""
    answer = await still.control("PUT", "/clock", body)

    assert answer.status == 422
    assert fields_of(answer) == [field]
    assert (await still.get("/clock"))["now"] == NOON


async def test_a_clock_that_stands_is_advanced_and_still_stands(still: Any) -> None:
    moved = await still.advance("2m1s")

    assert moved == {
        "now": "2026-03-01T12:02:01+00:00",
        "mode": "frozen",
        "offset": "0s",
        "fired": [],
        "more": False,
        "next_due": None,
    }
    assert (await still.get("/clock"))["now"] == "2026-03-01T12:02:01+00:00"


@pytest.mark.parametrize("by", ["PT2M1S", "121s", "121000ms"])
async def test_a_length_has_several_spellings(still: Any, by: str) -> None:
    moved = await still.advance(by)

    assert moved["now"] == "2026-03-01T12:02:01+00:00"


async def test_a_clock_that_runs_is_advanced_and_runs_on(world: Any) -> None:
    """The lengths add up."""
    await world.advance("2m")
    moved = await world.advance("30s")

    assert moved["mode"] == "offset"
    assert moved["offset"] == "2m30s"


async def test_a_clock_is_advanced_to_an_instant(still: Any) -> None:
    answer = await still.control("POST", "/clock/advance", {"to": "2026-03-01T20:00:00+07:00"})

    assert answer.status == 200
    assert datetime.fromisoformat(answer.json["now"]) == datetime(2026, 3, 1, 13, tzinfo=UTC)


@pytest.mark.parametrize("body", [{"by": "0s"}, {"to": NOON}])
async def test_an_advance_by_nothing_is_one(still: Any, body: dict[str, str]) -> None:
    answer = await still.control("POST", "/clock/advance", body)

    assert answer.status == 200
    assert answer.json["now"] == NOON


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "by"),
        ({"by": "1s", "to": NOON}, "to"),
        ({"by": "-1s"}, "by"),
        ({"by": 5}, "by"),
        ({"by": "999999999d"}, "by"),
        ({"by": "9999999999999d"}, "by"),
        ({"by": "3653d1ms"}, "by"),
        ({"by": "1s" * 51}, "by"),
        ({"to": "2036-03-01T12:00:00.001+00:00"}, "to"),
        ({"to": "2026-03-01T11:59:59+00:00"}, "to"),
        ({"to": "2026-03-01T13:00:00"}, "to"),
        ({"to": "9999-12-31T23:59:59+00:00"}, "to"),
    ],
)
async def test_an_advance_that_cannot_be_is_the_wrong_field(
    still: Any, fields_of: Callable[..., list[str]], body: dict[str, Any], field: str
) -> None:
    answer = await still.control("POST", "/clock/advance", body)

    assert answer.status == 422
    assert fields_of(answer) == [field]
    assert (await still.get("/clock"))["now"] == NOON


@pytest.mark.parametrize("body", [{"by": "3653d"}, {"to": "2036-03-01T12:00:00+00:00"}])
async def test_an_advance_goes_over_ten_years(still: Any, body: dict[str, str]) -> None:
    """And no further."""
    answer = await still.control("POST", "/clock/advance", body)

    assert answer.status == 200
    assert answer.json["now"] == "2036-03-01T12:00:00+00:00"


async def test_an_advance_fires_so_many_events_and_says_that_there_are_more(sandbox: Any, still: Any) -> None:
    """The clock stands where the last one fell due; the next advance goes on from there."""
    sandbox.schedule._most = 2
    await still.gencode("0912345678")
    await still.gencode("0912345679")

    moves = [await still.advance("1h") for _ in range(3)]

    assert [[each["kind"] for each in move["fired"]] for move in moves] == [["delivery"] * 2, ["expiry"] * 2, []]
    assert [move["more"] for move in moves] == [True, False, False]
    assert [move["now"][11:19] for move in moves] == ["12:00:01", "13:00:01", "14:00:01"]
    assert moves[0]["next_due"] == "2026-03-01T12:05:00+00:00"


async def test_what_falls_due_is_told_in_order(still: Any) -> None:
    """Delivery after a second, an invented SMS after two, the code after two minutes; a rental that is done goes on."""
    await still.gencode(TimeAlive="2")
    message = (await still.get("/messages/latest"))["id"]
    code = (await still.get("/codes"))["codes"][0]["id"]
    rental = (await still.rent())["id"]
    due = (await still.get("/clock"))["next_due"]

    first = await still.advance("1.5s")
    rest = await still.advance("1h")

    assert due == "2026-03-01T12:00:01+00:00"
    assert first["fired"] == [{"at": "2026-03-01T12:00:01+00:00", "kind": "delivery", "id": message}]
    assert first["next_due"] == "2026-03-01T12:00:02+00:00"
    assert rest["fired"] == [
        {"at": "2026-03-01T12:00:02+00:00", "kind": "arrival", "id": rental},
        {"at": "2026-03-01T12:02:00+00:00", "kind": "expiry", "id": code},
    ]
    assert rest["next_due"] is None


async def test_a_rental_that_waits_in_vain_expires_when_the_clock_gets_there(still: Any) -> None:
    await still.control("PATCH", "/accounts/thuesim", {"arrival": "manual"})
    rental = (await still.rent())["id"]

    before = await still.advance("4m59.999s")
    moved = await still.advance("1ms")

    assert before["fired"] == []
    assert moved["fired"] == [{"at": "2026-03-01T12:05:00+00:00", "kind": "expiry", "id": rental}]


async def test_what_falls_due_happens_when_a_clock_is_set_beyond_it(still: Any) -> None:
    await still.gencode()

    answer = await still.control("PUT", "/clock", {"mode": "frozen", "now": "2026-03-01T12:00:01+00:00"})

    assert answer.json["next_due"] == "2026-03-01T12:05:00+00:00"
    assert (await still.get("/messages/latest"))["state"] == "delivered"


async def test_two_advances_at_once_add_up(still: Any) -> None:
    await asyncio.gather(still.advance("1m"), still.advance("2m"))

    assert (await still.get("/clock"))["now"] == "2026-03-01T12:03:00+00:00"


async def test_a_step_back_of_the_machines_clock_makes_nobody_wait(
    start: Callable[..., Awaitable[Any]], connect: Callable[[Any], Any]
) -> None:
    """The five-second rule of a lane in real time takes five seconds, not an hour and five seconds."""
    machine = [datetime(2026, 3, 1, 12, tzinfo=UTC)]
    world = connect(await start(now=never_back(lambda: machine[0])))
    await world.rent()
    machine[0] -= timedelta(hours=1)
    early = await world.get("/limits")
    machine[0] += timedelta(seconds=5)

    await world.rent()

    taking = next(each for each in early["limits"] if each["name"] == "taking_numbers")
    assert taking["frees_at"] == "2026-03-01T12:00:05+00:00"
    assert [each["expires_at"] for each in (await world.get("/rentals"))["rentals"]] == [
        "2026-03-01T12:05:00+00:00",
        "2026-03-01T12:05:05+00:00",
    ]


async def test_a_provider_lives_in_the_lanes_time(still: Any) -> None:
    await still.gencode()
    code = (await still.get("/codes"))["codes"][0]["code"]
    await still.advance("5m")

    answer = await still.checkcode(code)

    assert answer.json["CodeResult"] == "117"
