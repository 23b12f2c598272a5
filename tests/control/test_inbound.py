"""Messages that phones send to a line of a provider."""

from __future__ import annotations

from typing import Any

import pytest

GOOD = {"from": "09120000000", "to": "30001234", "text": "salam"}


async def test_a_message_comes_in(still: Any) -> None:
    """It is answered as it will be listed; the line is spelled as the account spells it."""
    answer = await still.control("POST", "/inbound", {**GOOD, "to": "PUBLIC"})

    assert answer.status == 201
    assert answer.json == {
        "id": answer.json["id"],
        "lane": "default",
        "provider": "amoot",
        "from": "+989120000000",
        "to": "Public",
        "text": "salam",
        "received_at": "2026-03-01T12:00:00+00:00",
        "fetched_at": None,
    }
    assert (await still.get("/inbound"))["inbound"] == [answer.json]


async def test_a_fetched_message_says_when(still: Any) -> None:
    await still.control("POST", "/inbound", GOOD)
    await still.client.get("/rest/RecieveNewMessages", Count="10", Token=still.credentials["amoot"]["Token"])

    (message,) = (await still.get("/inbound"))["inbound"]

    assert message["fetched_at"] == "2026-03-01T12:00:00+00:00"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"from": "12"}, "from"),
        ({"from": 12}, "from"),
        ({"to": "nobody"}, "to"),
        ({"text": ""}, "text"),
        ({"text": None}, "text"),
        ({"provider": "esms"}, "to"),
        ({"provider": "thuesim"}, "provider"),
        ({"provider": "x"}, "provider"),
        ({"more": 1}, "more"),
    ],
)
async def test_a_wrong_field_is_named(world: Any, fields_of: Any, change: dict[str, Any], field: str) -> None:
    answer = await world.control("POST", "/inbound", {**GOOD, **change})

    assert answer.status == 422
    assert fields_of(answer) == [field]


async def test_the_provider_may_be_named(world: Any) -> None:
    assert (await world.control("POST", "/inbound", {**GOOD, "provider": "amoot"})).status == 201


async def test_a_line_of_two_providers_wants_to_know_whose(world: Any, fields_of: Any) -> None:
    """Where one account alone has it, nobody need be named."""
    await world.control("PATCH", "/accounts/esms", {"short_codes": [{"number": "8041", "url": "http://127.0.0.1:9/"}]})
    written = {"from": "0901888484", "to": "8041", "text": "a"}
    assert (await world.control("POST", "/inbound", written)).json["provider"] == "esms"

    await world.control("PATCH", "/accounts/amoot", {"lines": ["8041"]})
    assert fields_of(await world.control("POST", "/inbound", written)) == ["provider"]
    assert (await world.control("POST", "/inbound", {**written, "provider": "esms"})).json["provider"] == "esms"


async def test_lists_go_by_the_page_and_a_reset_forgets(world: Any) -> None:
    """Messages that came in belong to the messages."""
    for text in "abc":
        await world.control("POST", "/inbound", {**GOOD, "text": text})
    first = await world.get("/inbound?limit=1")
    assert [each["text"] for each in first["inbound"]] == ["c"]

    await world.control("POST", "/reset", {"what": ["messages"]})

    assert (await world.get("/inbound"))["inbound"] == []
