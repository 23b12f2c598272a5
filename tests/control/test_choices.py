"""Choices between contested behaviours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


async def test_choices_are_one_flat_object(world: Any) -> None:
    choices = await world.get("/choices")

    assert choices["esms.second-code"] == "replace"
    assert choices["amoot.status-format"] == "name"
    assert choices["thuesim.callback-retries"] == "none"
    assert all(isinstance(option, str) for option in choices.values())


async def test_a_choice_can_be_made_and_taken_back(world: Any) -> None:
    before = await world.get("/choices")

    made = await world.control("PATCH", "/choices", {"esms.second-code": "keep-all"})
    other = await world.control("PATCH", "/choices", {"amoot.status-format": "number"})
    back = await world.control("PATCH", "/choices", {"esms.second-code": None, "amoot.status-format": None})

    assert made.status == 200
    assert made.json == before | {"esms.second-code": "keep-all"}
    assert other.json == before | {"esms.second-code": "keep-all", "amoot.status-format": "number"}
    assert back.json == before


async def test_a_choice_is_in_force_at_once(world: Any) -> None:
    await world.control("PATCH", "/choices", {"amoot.status-format": "number"})

    answer = await world.send_otp()

    assert isinstance(answer.json["Status"], int)


@pytest.mark.parametrize(
    ("patch", "fields"),
    [
        ({"esms.nonsense": "x"}, ["esms.nonsense"]),
        ({"esms.nonsense": None}, ["esms.nonsense"]),
        ({"esms.second-code": "x"}, ["esms.second-code"]),
        ({"esms.second-code": 1}, ["esms.second-code"]),
        ({"esms.second-code": "x", "nonsense": "y"}, ["esms.second-code", "nonsense"]),
    ],
)
async def test_a_choice_that_does_not_exist_is_named(
    world: Any, fields_of: Callable[..., list[str]], patch: dict[str, Any], fields: list[str]
) -> None:
    """And nothing is chosen, not even what was right."""
    answer = await world.control("PATCH", "/choices", {"esms.code-case": "ignore"} | patch)

    assert answer.status == 422
    assert fields_of(answer) == fields
    assert (await world.get("/choices"))["esms.code-case"] == "exact"


async def test_a_wrong_token_is_refused_in_the_dialect_of_the_lane_default(lane: Any, world: Any) -> None:
    """It belongs to no lane, so no other lane's choices can count: they are made for `default`."""
    own = await lane(choices={"amoot.status-format": "number", "thuesim.profile": "list"})

    async def refusals() -> list[Any]:
        status = (await own.send_otp(Token="nobody's")).json["Status"]
        body = (await own.client.get("/api/", show="service", token="nobody's")).json
        return [status, sorted(body)]

    before = await refusals()
    await world.control("PATCH", "/choices", {"amoot.status-format": "number", "thuesim.profile": "list"})
    after = await refusals()

    assert before == ["Token_Invalid", ["Data", "Message", "ResponseCode"]]
    assert isinstance(after[0], int)
    assert after[1] == ["ResponseCode", "message", "success"]
