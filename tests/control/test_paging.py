"""Lists have an end, say whether there is more, and cost those who wait no more than what is new."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from otp_sandbox.web.control import messages
from otp_sandbox.web.control.paging import MOST, USUAL


async def _ids(world: Any, query: str) -> tuple[list[str], bool, str]:
    listed = await world.get(f"/requests{query}")
    return [each["id"].removeprefix("req-") for each in listed["requests"]], listed["more"], listed["cursor"]


@pytest.mark.parametrize("many", [USUAL - 1, USUAL, USUAL + 1])
async def test_a_list_without_a_limit_has_the_newest_hundred(world: Any, many: int) -> None:
    """Older ones are told of; with `after` those are left out that come later."""
    for _ in range(many):
        await world.client.get("/nothing")

    newest, older, _ = await _ids(world, "")
    first, later, cursor = await _ids(world, "?after=0")
    rest, more, _ = await _ids(world, f"?after={cursor}")

    numbers = [str(number + 1) for number in range(many)]
    assert (newest, older) == (numbers[-USUAL:], many > USUAL)
    assert (first, later) == (numbers[:USUAL], many > USUAL)
    assert (rest, more) == (numbers[USUAL:], False)


@pytest.mark.parametrize(("limit", "given"), [(1, 1), (3, 3), (4, 3)])
async def test_a_limit_says_whether_it_has_cut(world: Any, limit: int, given: int) -> None:
    for _ in range(3):
        await world.client.get("/nothing")

    ids, more, _ = await _ids(world, f"?limit={limit}")

    assert (len(ids), more) == (given, limit < 3)


async def test_no_limit_makes_a_list_longer_than_the_bound(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is longer would hold everybody else up."""
    monkeypatch.setattr("otp_sandbox.web.control.paging.MOST", 2)
    for _ in range(3):
        await world.client.get("/nothing")

    ids, more, _ = await _ids(world, "?limit=100000")

    assert (ids, more, MOST) == (["2", "3"], True, 1000)


async def test_lanes_are_listed_by_the_page(client: Any) -> None:
    for _ in range(2):
        await client.control("POST", "/lanes")

    cut = (await client.control("GET", "/lanes?limit=2")).json
    first = (await client.control("GET", "/lanes?limit=2&after=0")).json

    assert ([each["id"] for each in cut["lanes"]], cut["more"]) == (["lane-1", "lane-2"], True)
    assert ([each["id"] for each in first["lanes"]], first["more"]) == (["default", "lane-1"], True)


async def test_who_waits_looks_at_what_is_new_only(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a full log and many who wait, a look at all of it each time would cost seconds a send."""
    looks = 0
    made = messages._matching

    def counting(*arguments: Any, **more: Any) -> Callable[[Any], bool]:
        matches = made(*arguments, **more)

        def look(message: Any) -> bool:
            nonlocal looks
            looks += 1
            return matches(message)

        return look

    for _ in range(20):
        await world.gencode()
    monkeypatch.setattr(messages, "_matching", counting)
    cursor = (await world.get("/messages"))["cursor"]
    looks = 0
    waiting = [
        asyncio.create_task(world.get(f"/messages/wait?to=0987654321&after={after}&timeout=20s&count=2"))
        for after in ("0", cursor)
    ]
    while looks < 20:  # noqa: ASYNC110  (the first of them has looked at everything once)
        await asyncio.sleep(0)
    before = looks

    await world.gencode()
    for _ in range(2):
        await world.gencode("0987654321")
    found = [await each for each in waiting]

    assert [(len(each["messages"]), each["matched"]) for each in found] == [(2, True)] * 2
    assert looks - before <= 2 * 3 * 2  # two of them, three sends, each sent and later delivered


async def test_a_wait_for_many_answers_with_a_page_of_them(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cursor leads on: nothing is skipped."""
    monkeypatch.setattr(messages, "USUAL", 2)
    for number in range(3):
        await world.gencode(f"090123456{number}")

    first = await world.get("/messages/wait")
    rest = await world.get(f"/messages/wait?after={first['cursor']}")

    assert [len(each["messages"]) for each in (first, rest)] == [2, 1]
    assert (first["matched"], rest["matched"]) == (True, True)
