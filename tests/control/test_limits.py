"""Limits: how much is used, and when it frees up."""

from __future__ import annotations

from typing import Any

LIMIT = {"provider", "name", "key", "used", "limit", "frees_at"}


async def test_limits_tell_what_is_used_and_when_it_frees_up(still: Any) -> None:
    async def limits() -> list[dict[str, Any]]:
        return [each for each in (await still.get("/limits"))["limits"] if each["provider"] == "thuesim"]

    before = await limits()
    await still.rent()
    after = await limits()
    await still.advance("5s")
    later = await limits()

    assert all(each.keys() == LIMIT for each in before)
    assert [(each["name"], each["used"], each["limit"]) for each in before] == [
        ("waiting_numbers", 0, 5),
        ("taking_numbers", 0, 1),
    ]
    assert [(each["used"], each["frees_at"]) for each in after] == [(1, None), (1, "2026-03-01T12:00:05+00:00")]
    assert [(each["used"], each["frees_at"]) for each in later] == [(0, None), (0, None)]
