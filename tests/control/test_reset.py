"""Reset: a lane, or parts of it, as at its creation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

T0 = {"mode": "frozen", "now": "2026-03-01T12:00:00+00:00"}
PARTS = ("messages", "codes", "rentals", "accounts", "callbacks", "requests", "clock", "choices", "faults", "limits")


async def _used(lane: Callable[..., Awaitable[Any]]) -> Any:
    """Make a lane in which every part is other than at its creation."""
    account = {"callback_url": "http://127.0.0.1:9/refused", "arrival": "manual"}
    world = await lane(seed=3, clock=T0, choices={"esms.code-case": "ignore"}, accounts={"thuesim": account})
    await world.control("PUT", "/codes/0987654321", {"code": "1111"})
    await world.gencode()
    await world.rent()
    rental = await world.rent("01.4") if (await world.advance("5s")) else None
    await world.control("POST", f"/rentals/{rental['id']}/sms", {"text": "code 1234"})
    await world.advance("1s")
    await world.control("PATCH", "/choices", {"esms.second-code": "keep-all", "esms.code-case": None})
    await world.control("POST", "/faults", {"name": "slow", "preset": "slow"})
    return world


async def _state(world: Any) -> dict[str, Any]:
    clock = await world.get("/clock")
    limits = (await world.get("/limits"))["limits"]
    return {
        "messages": (await world.get("/messages"))["messages"],
        "codes": [(await world.get("/codes"))["codes"], (await world.get("/codes/0987654321"))["pin"]],
        "rentals": [(await world.get("/rentals"))["rentals"], limits[0]["used"]],
        "accounts": [await world.get("/accounts/esms"), await world.get("/accounts/thuesim")],
        "callbacks": (await world.get("/callbacks"))["callbacks"],
        "requests": (await world.get("/requests"))["requests"],
        "clock": [clock["now"], clock["mode"]],
        "choices": await world.get("/choices"),
        "faults": (await world.get("/faults"))["faults"],
        "limits": limits[1]["used"],
    }


async def test_an_empty_reset_brings_everything_back_but_who_the_lane_is(lane: Callable[..., Awaitable[Any]]) -> None:
    world = await _used(lane)
    fresh = await lane(seed=3, clock=T0, choices={"esms.code-case": "ignore"})
    await fresh.control(
        "PATCH", "/accounts/thuesim", {"callback_url": "http://127.0.0.1:9/refused", "arrival": "manual"}
    )

    answer = await world.control("POST", "/reset", {})

    assert answer.status == 200
    assert answer.json == world.shape
    assert await _state(world) == await _state(fresh)
    assert (await world.get("/clock"))["next_due"] is None


async def test_after_an_empty_reset_the_same_codes_come_again(lane: Callable[..., Awaitable[Any]]) -> None:
    world = await lane()
    await world.gencode()
    first = (await world.get("/codes"))["codes"][0]["code"]

    await world.control("POST", "/reset", {})
    await world.gencode()

    assert [each["code"] for each in (await world.get("/codes"))["codes"]] == [first]


@pytest.mark.parametrize("part", PARTS)
async def test_a_part_is_brought_back_alone(lane: Callable[..., Awaitable[Any]], part: str) -> None:
    world = await _used(lane)
    fresh = await lane(seed=3, clock=T0, choices={"esms.code-case": "ignore"})
    await fresh.control(
        "PATCH", "/accounts/thuesim", {"callback_url": "http://127.0.0.1:9/refused", "arrival": "manual"}
    )
    before, beginning = await _state(world), await _state(fresh)
    assert before[part] != beginning[part]

    answer = await world.control("POST", "/reset", {"what": [part]})

    after = await _state(world)
    assert answer.status == 200
    assert after[part] == beginning[part]
    untouched = set(PARTS) - {part} - ({"limits"} if part == "clock" else set())
    assert {each: after[each] for each in untouched} == {each: before[each] for each in untouched}


async def test_several_parts_are_brought_back_together(lane: Callable[..., Awaitable[Any]]) -> None:
    world = await _used(lane)

    await world.control("POST", "/reset", {"what": ["messages", "requests", "faults"]})

    state = await _state(world)
    assert state["messages"] == state["requests"] == []
    assert state["callbacks"] != []


async def test_no_parts_are_nothing(lane: Callable[..., Awaitable[Any]]) -> None:
    world = await _used(lane)
    before = await _state(world)

    await world.control("POST", "/reset", {"what": []})

    assert await _state(world) == before


async def test_a_part_that_does_not_exist_is_named_by_its_place(
    world: Any, fields_of: Callable[..., list[str]]
) -> None:
    answer = await world.control("POST", "/reset", {"what": ["codes", "everything"]})

    assert answer.status == 422
    assert fields_of(answer) == ["what.1"]


async def test_a_code_that_was_reset_is_no_longer_accepted(world: Any) -> None:
    await world.gencode()
    code = (await world.get("/codes"))["codes"][0]["code"]

    await world.control("POST", "/reset", {"what": ["codes"]})
    answer = await world.checkcode(code)

    assert answer.json["CodeResult"] == "117"


async def test_a_rental_that_was_reset_takes_nothing_more(still: Any) -> None:
    """Neither its arrival nor its expiry happens, and its number is free."""
    await still.rent()

    await still.control("POST", "/reset", {"what": ["rentals"]})
    moved = await still.advance("1h")

    assert moved["fired"] == []
    assert (await still.get("/limits"))["limits"][0]["used"] == 0


async def test_requests_are_numbered_by_lane_and_beyond_a_reset(lane: Callable[..., Awaitable[Any]]) -> None:
    """Each lane begins at one; no number of a lane is given twice."""
    one, other = await lane(), await lane()
    for world in (one, one, other):
        await world.gencode()
    before = [[each["id"] for each in (await world.get("/requests"))["requests"]] for world in (one, other)]

    await one.control("POST", "/reset", {})
    await one.gencode()

    assert before == [["req-1", "req-2"], ["req-1"]]
    assert [each["id"] for each in (await one.get("/requests"))["requests"]] == ["req-3"]


async def test_a_cursor_is_good_beyond_a_reset(world: Any) -> None:
    """It neither shows what is gone nor hides what comes."""
    await world.gencode()
    cursor = (await world.get("/messages"))["cursor"]

    await world.control("POST", "/reset", {})
    await world.gencode("0987654321")
    listed = await world.get(f"/messages?after={cursor}")

    assert [each["to"] for each in listed["messages"]] == ["+84987654321"]
    assert int(listed["cursor"]) > int(cursor)
