"""Every write to the control API that succeeded is kept in its lane, for a replay; nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

NOON = "2026-03-01T12:00:00+00:00"


async def writes(world: Any) -> list[Any]:
    log = (await world.get("/snapshot"))["logs"].get("control_writes", [])
    return [each["entry"] for each in log]


async def test_a_write_is_kept_with_its_body_and_its_time(still: Any) -> None:
    """Before and after: it may move the clock."""
    await still.control("POST", "/clock/advance", {"by": "1m"})

    assert (await writes(still))[-1] == {
        "id": "write-2",
        "at": "2026-03-01T12:00:00Z",
        "then": "2026-03-01T12:01:00Z",
        "method": "POST",
        "path": "/clock/advance",
        "body": '{"by":"1m"}',
    }


async def test_reads_refusals_and_requests_are_not_kept(world: Any) -> None:
    await world.get("/messages")
    await world.gencode()
    await world.control("PATCH", "/accounts/esms", {"balance": "much"})
    await world.control("POST", "/messages/none/status", {"state": "failed"})
    await world.client.control("POST", "/lanes", {})

    assert await writes(world) == []


async def test_writes_stand_below_their_lane(lane: Any, world: Any) -> None:
    """However it was named."""
    other = await lane()
    await other.control("PATCH", "/choices", {"esms.code-case": "ignore"})
    await other.client.control("PATCH", f"/lanes/{other.id}", {"choices": {"esms.code-case": None}})
    await world.control("DELETE", "/messages")

    assert [(each["method"], each["path"]) for each in await writes(other)] == [("PATCH", "/choices"), ("PATCH", "")]
    assert [(each["method"], each["path"], each["body"]) for each in await writes(world)] == [
        ("DELETE", "/messages", "")
    ]


async def test_places_tell_the_order_of_writes_and_requests(world: Any) -> None:
    await world.gencode()
    await world.control("PATCH", "/accounts/esms", {"balance": 5})
    await world.gencode()

    logs = (await world.get("/snapshot"))["logs"]

    (before, after), (write,) = ([each["place"] for each in logs[name]] for name in ("requests", "control_writes"))
    assert before < write < after


@pytest.mark.parametrize(("length", "kept"), [(64 * 1024, True), (64 * 1024 + 1, False)], ids=["at", "above"])
async def test_a_body_is_kept_up_to_a_bound(world: Any, length: int, kept: bool) -> None:  # noqa: FBT001
    """Of the whole body, and not one character more."""
    empty = len('{"blocked_words":[]}')
    words = ["x" * 6_000] * 10
    filler = length - empty - sum(len(word) + 3 for word in words) + 1 - 3
    words.append("x" * filler)

    answer = await world.control("PATCH", "/accounts/esms", {"blocked_words": words})

    assert answer.status == 200, answer.text
    body = (await writes(world))[0]["body"]
    assert (body is not None) is kept
    assert body is None or len(body) == length


async def test_after_a_reset_there_are_none(world: Any) -> None:
    """They belong to the life before."""
    await world.freeze()

    await world.control("POST", "/reset", {})

    assert await writes(world) == []


async def test_a_lane_that_is_deleted_keeps_nothing(lane: Any) -> None:
    world = await lane()

    assert (await world.client.control("DELETE", f"/lanes/{world.id}")).status == 204
