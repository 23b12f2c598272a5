"""Rented numbers: listed; an SMS or a call arrives at one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

SHAPE = {"id", "provider", "phone", "service", "carrier", "price", "state", "expires_at", "sms", "code", "is_call"}


@pytest.fixture
async def waiting(still: Any) -> Any:
    """A lane where nothing arrives by itself."""
    await still.control("PATCH", "/accounts/thuesim", {"arrival": "manual", "min_interval": 0})
    return still


async def test_a_rental_is_shown_whole(waiting: Any) -> None:
    rental = await waiting.rent("02.97")

    assert rental.keys() == SHAPE
    assert rental["id"].endswith(".02")
    assert rental["phone"].startswith("+84")
    assert rental["service"] == "02.97"
    assert rental["price"] == 1450
    assert rental["state"] == "waiting"
    assert rental["expires_at"] == "2026-03-01T12:05:00+00:00"
    assert (rental["sms"], rental["code"], rental["is_call"]) == (None, None, False)


async def test_rentals_are_listed_by_the_page(waiting: Any) -> None:
    ids = [(await waiting.rent())["id"] for _ in range(3)]

    first = await waiting.get("/rentals?after=0&limit=2")
    rest = await waiting.get(f"/rentals?after={first['cursor']}")
    last = await waiting.get("/rentals?limit=1")

    assert [each["id"] for each in first["rentals"] + rest["rentals"]] == ids
    assert [each["id"] for each in last["rentals"]] == ids[2:]


async def test_an_invented_sms_arrives_by_itself(still: Any) -> None:
    await still.rent()

    await still.advance("2s")

    rental = (await still.get("/rentals"))["rentals"][0]
    assert rental["state"] == "done"
    assert rental["code"] in rental["sms"]
    assert (await still.get("/messages"))["messages"] == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": "Ma cua ban la 135790."}, "135790"),
        ({"text": "Your code: AB12CD"}, "AB12CD"),
        ({"text": "no code"}, ""),
        ({"text": "135790 or", "code": "other-1"}, "other-1"),
    ],
)
async def test_an_sms_arrives_by_hand(waiting: Any, body: dict[str, str], code: str) -> None:
    """What arrives at a rental is not a second message."""
    rental = await waiting.rent()

    answer = await waiting.control("POST", f"/rentals/{rental['id']}/sms", body)

    assert answer.status == 200
    assert answer.json == rental | {"state": "done", "sms": body["text"], "code": code}
    assert (await waiting.get("/rentals"))["rentals"] == [answer.json]
    assert (await waiting.get("/messages"))["messages"] == []


async def test_a_call_arrives_by_hand(waiting: Any) -> None:
    rental = await waiting.rent()

    answer = await waiting.control("POST", f"/rentals/{rental['id']}/call", {"code": "059809"})

    assert answer.status == 200
    assert answer.json["state"] == "done"
    assert answer.json["code"] == "059809"
    assert answer.json["is_call"] is True
    assert "059809" in answer.json["sms"]


@pytest.mark.parametrize("how", [("sms", {"text": "again 1234"}), ("call", {"code": "1234"})])
async def test_a_rental_that_is_done_takes_nothing_more(waiting: Any, how: tuple[str, Any]) -> None:
    rental = await waiting.rent()
    done = await waiting.control("POST", f"/rentals/{rental['id']}/sms", {"text": "first 135790"})

    answer = await waiting.control("POST", f"/rentals/{rental['id']}/{how[0]}", how[1])

    assert answer.status == 409
    assert (await waiting.get("/rentals"))["rentals"] == [done.json]


async def test_a_rental_that_is_over_takes_nothing_more(waiting: Any) -> None:
    rental = await waiting.rent()
    await waiting.advance("5m")

    answer = await waiting.control("POST", f"/rentals/{rental['id']}/sms", {"text": "late 135790"})

    assert answer.status == 409
    assert (await waiting.get("/rentals"))["rentals"][0]["state"] == "expired"


@pytest.mark.parametrize(
    ("how", "body", "field"),
    [
        ("sms", {}, "text"),
        ("sms", {"text": ""}, "text"),
        ("sms", {"text": 5}, "text"),
        ("sms", {"text": "x" * 10_001}, "text"),
        ("sms", {"text": "x", "code": ""}, "code"),
        ("sms", {"text": "x", "code": "1 2"}, "code"),
        ("call", {}, "code"),
        ("call", {"code": 59809}, "code"),
        ("call", {"code": "1234", "text": "x"}, "text"),
    ],
)
async def test_an_arrival_that_cannot_be_is_the_wrong_field(
    waiting: Any, fields_of: Callable[..., list[str]], how: str, body: dict[str, Any], field: str
) -> None:
    rental = await waiting.rent()

    answer = await waiting.control("POST", f"/rentals/{rental['id']}/{how}", body)

    assert answer.status == 422
    assert fields_of(answer) == [field]
    assert (await waiting.get("/rentals"))["rentals"] == [rental]


async def test_a_message_to_a_rented_number_arrives_before_the_send_is_answered(still: Any) -> None:
    """The line is closed, and the invented SMS does not come on top."""
    rental = await still.rent()
    await still.gencode(rental["phone"])

    arrived = (await still.get("/rentals"))["rentals"][0]
    moved = await still.advance("10s")

    message = (await still.get("/messages"))["messages"][0]
    assert (arrived["state"], arrived["sms"], arrived["code"]) == ("done", message["text"], message["code"])
    assert [each["kind"] for each in moved["fired"]] == ["delivery"]


async def test_a_number_is_rented_by_hand_whatever_pause_and_limit_say(still: Any) -> None:
    """As the application would rent it: charged, due to end, known to senders."""
    await still.control("PATCH", "/accounts/thuesim", {"waiting_limit": 1})
    by_wire = await still.rent("01.4")

    answer = await still.control("POST", "/rentals", {"service": "02.97"})

    assert answer.status == 201
    assert answer.json.keys() == SHAPE
    assert answer.json["phone"] != by_wire["phone"]
    assert answer.json == (await still.get("/rentals"))["rentals"][-1]
    assert (await still.get("/accounts/thuesim"))["balance"] == 123_456 - 470 - 1450
    await still.advance("2s")
    assert [each["state"] for each in (await still.get("/rentals"))["rentals"]] == ["done", "done"]


async def test_without_a_service_the_first_on_offer_is_rented(waiting: Any) -> None:
    assert (await waiting.control("POST", "/rentals", {})).json["service"] == "02.97"


async def test_a_number_rented_by_hand_is_the_one_that_would_have_been_drawn(
    lane: Callable[..., Any],
) -> None:
    """The same seed gives the same ids and numbers, in either way."""
    one, two = await lane(seed=5), await lane(seed=5)

    by_hand = (await one.control("POST", "/rentals", {"service": "01.4"})).json
    by_wire = await two.rent("01.4")

    assert (by_hand["id"], by_hand["phone"]) == (by_wire["id"], by_wire["phone"])


@pytest.mark.parametrize(
    ("patch", "body", "status", "field"),
    [
        ({}, {"service": "97"}, 409, "service"),
        ({"balance": 1449}, {"service": "02.97"}, 409, "service"),
        ({"services": []}, {}, 409, "service"),
        (
            {"services": [{"ID": 1, "SV": "01", "SERVICE_NAME": "x", "PRICE": 1, "Time": "9", "stock": 0}]},
            {},
            409,
            "service",
        ),
        ({}, {"provider": "nobody"}, 422, "provider"),
        ({}, {"number": "1"}, 422, "number"),
    ],
)
async def test_what_cannot_be_rented_by_hand_is_told(
    still: Any, patch: dict[str, Any], body: dict[str, Any], status: int, field: str
) -> None:
    """And nothing has changed."""
    await still.control("PATCH", "/accounts/thuesim", patch)
    before = await still.get("/accounts/thuesim")

    answer = await still.control("POST", "/rentals", body)

    assert (answer.status, [each["field"] for each in answer.json["errors"]]) == (status, [field])
    assert await still.get("/accounts/thuesim") == before
    assert (await still.get("/rentals"))["rentals"] == []


async def test_a_lane_has_rentals_at_several_providers(waiting: Any) -> None:
    """Without a provider it is the first that rents; each lists its own, and each call is heard where it was rented."""
    await waiting.control("PATCH", "/accounts/viotp", {"arrival": "manual"})
    here = await waiting.rent()
    there = (await waiting.control("POST", "/rentals", {"provider": "viotp", "service": "7"})).json
    for each in (here, there):
        assert (await waiting.control("POST", f"/rentals/{each['id']}/call", {"code": "059809"})).status == 200

    first = (await waiting.client.get("/api/", show="history", token="SANDBOX-TOKEN")).json["data"]
    second = (await waiting.client.get("/session/historyv2", token="SANDBOX-TOKEN")).json["data"]

    assert [here["provider"], there["provider"]] == ["thuesim", "viotp"]
    assert [str(each["ID"]) for each in first] == [here["id"].partition(".")[0]]
    assert [str(each["ID"]) for each in second] == [there["id"]]
    for row in (first[0], second[0]):
        sound = await waiting.client.send("GET", "/" + row["SmsContent"].partition("://")[2].partition("/")[2])
        assert sound.status == 200
