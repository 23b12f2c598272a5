"""Choices between contested behaviours, and limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

LIMIT = {"provider", "name", "key", "used", "limit", "frees_at"}


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


async def test_limits_tell_what_is_used_and_when_it_frees_up(still: Any) -> None:
    before = (await still.get("/limits"))["limits"]
    await still.rent()
    after = (await still.get("/limits"))["limits"]
    await still.advance("5s")
    later = (await still.get("/limits"))["limits"]

    assert all(each.keys() == LIMIT for each in before)
    assert [(each["name"], each["used"], each["limit"]) for each in before] == [
        ("waiting_numbers", 0, 5),
        ("taking_numbers", 0, 1),
    ]
    assert [(each["used"], each["frees_at"]) for each in after] == [(1, None), (1, "2026-03-01T12:00:05+00:00")]
    assert [(each["used"], each["frees_at"]) for each in later] == [(0, None), (0, None)]
