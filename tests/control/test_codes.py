"""Codes: listed with their state, pinned, removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

PHONE = "/codes/0912345678"
SHAPE = {"id", "provider", "to", "code", "state", "issued_at", "expires_at", "used_at"}
NOON = "2026-03-01T12:00:00+00:00"


async def _states(world: Any) -> list[str]:
    return [each["state"] for each in (await world.get("/codes"))["codes"]]


async def test_a_code_is_shown_whole(still: Any) -> None:
    await still.gencode(TimeAlive="2")

    code = (await still.get("/codes"))["codes"][0]

    assert code.keys() == SHAPE
    assert code | {"id": "", "code": ""} == {
        "id": "",
        "provider": "esms",
        "to": "+84912345678",
        "code": "",
        "state": "active",
        "issued_at": NOON,
        "expires_at": "2026-03-01T12:02:00+00:00",
        "used_at": None,
    }
    assert (await still.get("/messages/latest"))["code"] == code["code"]


async def test_a_code_of_amoot_never_expires(still: Any) -> None:
    await still.send_otp()

    await still.advance("365d")

    code = (await still.get("/codes"))["codes"][0]
    assert code["state"] == "active"
    assert code["expires_at"] is None


async def test_a_code_is_used_once(still: Any) -> None:
    await still.gencode()
    code = (await still.get("/codes"))["codes"][0]["code"]
    await still.advance("3s")

    await still.checkcode(code)

    shown = (await still.get("/codes"))["codes"][0]
    assert shown["state"] == "used"
    assert shown["used_at"] == "2026-03-01T12:00:03+00:00"


async def test_a_code_is_expired_at_the_instant_it_expires(still: Any) -> None:
    await still.gencode(TimeAlive="2")

    await still.advance("1m59.999s")
    before = await _states(still)
    await still.advance("1ms")

    assert before == ["active"]
    assert await _states(still) == ["expired"]


async def test_a_newer_code_supersedes_an_older_one(still: Any) -> None:
    await still.gencode()
    await still.gencode()

    assert await _states(still) == ["superseded", "active"]


async def test_codes_are_found_by_phone_and_provider(world: Any) -> None:
    await world.gencode()
    await world.gencode("0987654321")
    await world.send_otp()

    by_provider = await world.get("/codes?provider=esms")
    by_phone = await world.get("/codes?to=84987654321")
    by_path = await world.get("/codes/%2B84987654321")

    assert [each["to"] for each in by_provider["codes"]] == ["+84912345678", "+84987654321"]
    assert by_path == by_phone | {"pin": None}
    assert [each["to"] for each in by_phone["codes"]] == ["+84987654321"]


async def test_codes_are_listed_by_the_page(world: Any) -> None:
    for _ in range(3):
        await world.gencode()
    everything = await world.get(PHONE)

    first = await world.get(f"{PHONE}?after=0&limit=2")
    rest = await world.get(f"{PHONE}?after={first['cursor']}")
    last = await world.get(f"{PHONE}?limit=1")

    assert first["codes"] + rest["codes"] == everything["codes"]
    assert last["codes"] == everything["codes"][2:]


async def test_a_cursor_never_goes_back_when_codes_are_removed(world: Any) -> None:
    await world.gencode("0987654321")
    await world.gencode()
    before = (await world.get("/codes"))["cursor"]

    await world.control("DELETE", PHONE)
    after = await world.get("/codes")

    assert len(after["codes"]) == 1
    assert int(after["cursor"]) >= int(before)


@pytest.mark.parametrize(("query", "field"), [("to=x", "to"), ("provider=nobody", "provider")])
async def test_a_filter_that_fits_nobody_is_the_wrong_field(
    world: Any, fields_of: Callable[..., list[str]], query: str, field: str
) -> None:
    answer = await world.control("GET", f"/codes?{query}")

    assert answer.status == 422
    assert fields_of(answer) == [field]


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PUT", {"code": "1"}), ("DELETE", None)])
async def test_a_phone_that_is_none_is_the_wrong_field(
    world: Any, fields_of: Callable[..., list[str]], method: str, body: Any
) -> None:
    answer = await world.control(method, "/codes/nobody", body)

    assert answer.status == 422
    assert fields_of(answer) == ["phone"]


async def test_a_pin_is_shown_and_is_the_next_code(world: Any) -> None:
    """It wins over length and alphabet, once by default."""
    answer = await world.control("PUT", PHONE, {"code": "aB-9"})
    before = await world.get(PHONE)

    await world.gencode(NumCharOfCode="6")
    await world.gencode(NumCharOfCode="6")

    after = await world.get(PHONE)
    assert answer.status == 200
    assert answer.json == {**before, "cursor": answer.json["cursor"]}
    assert before["pin"] == {"code": "aB-9", "times": 1}
    assert after["pin"] is None
    assert [each["code"] == "aB-9" for each in after["codes"]] == [True, False]


async def test_a_pin_holds_as_often_as_it_says(world: Any) -> None:
    await world.control("PUT", PHONE, {"code": "1111", "times": 2})

    await world.gencode()
    between = (await world.get(PHONE))["pin"]
    await world.gencode()
    await world.gencode()

    codes = [each["code"] for each in (await world.get(PHONE))["codes"]]
    assert between == {"code": "1111", "times": 1}
    assert codes[:2] == ["1111", "1111"]
    assert codes[2] != "1111"


@pytest.mark.parametrize("digits", [16, 5000])
@pytest.mark.parametrize("plus", ["", "%2B"])
async def test_a_phone_of_more_digits_than_there_are_is_the_wrong_field(
    world: Any, fields_of: Callable[..., list[str]], digits: int, plus: str
) -> None:
    """Nothing is kept under it; E.164 ends at fifteen."""
    phone = plus + "4" * digits

    pinned = await world.control("PUT", f"/codes/{phone}", {"code": "1111"})
    read = await world.control("GET", f"/codes/{phone}")
    listed = await world.control("GET", f"/codes?to={phone}")

    assert [each.status for each in (pinned, read, listed)] == [422, 422, 422]
    assert [fields_of(each) for each in (pinned, read, listed)] == [["phone"], ["phone"], ["to"]]
    assert len(pinned.text) < 500


async def test_a_phone_of_fifteen_digits_can_be_pinned(world: Any) -> None:
    answer = await world.control("PUT", "/codes/%2B" + "4" * 15, {"code": "1111"})

    assert answer.status == 200


async def test_a_newer_pin_takes_the_place_of_an_older_one(world: Any) -> None:
    await world.control("PUT", PHONE, {"code": "1111", "times": 5})

    answer = await world.control("PUT", PHONE, {"code": "2222"})

    assert answer.json["pin"] == {"code": "2222", "times": 1}


async def test_a_refused_send_does_not_use_a_pin_up(world: Any) -> None:
    await world.control("PUT", PHONE, {"code": "1111"})
    await world.gencode(Brandname="nobody")
    await world.control("PATCH", "/accounts/esms", {"balance": 0})
    await world.gencode()

    assert (await world.get(PHONE))["pin"] == {"code": "1111", "times": 1}


async def test_a_pin_holds_at_every_provider(world: Any) -> None:
    await world.control("PUT", "/codes/09120000000", {"code": "7777"})

    answer = await world.send_otp("9120000000")

    assert answer.json["Data"]["Code"] == "7777"


async def test_a_pin_holds_for_an_invented_sms(still: Any) -> None:
    rental = await still.rent()
    await still.control("PUT", f"/codes/{rental['phone'].replace('+', '%2B')}", {"code": "777777"})

    await still.advance("2s")

    arrived = (await still.get("/rentals"))["rentals"][0]
    assert arrived["code"] == "777777"
    assert "777777" in arrived["sms"]


async def test_a_pinned_code_is_accepted_once(world: Any) -> None:
    await world.control("PUT", PHONE, {"code": "1111"})
    await world.gencode()

    first = await world.checkcode("1111")
    second = await world.checkcode("1111")

    assert first.json["CodeResult"] == "100"
    assert second.json["CodeResult"] == "117"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "code"),
        ({"code": ""}, "code"),
        ({"code": 1234}, "code"),
        ({"code": "1 2"}, "code"),
        ({"code": "۱۲۳۴"}, "code"),
        ({"code": "1\n"}, "code"),
        ({"code": "1" * 21}, "code"),
        ({"code": "1", "times": 0}, "times"),
        ({"code": "1", "times": "1"}, "times"),
        ({"code": "1", "times": True}, "times"),
        ({"code": "1", "times": None}, "times"),
    ],
)
async def test_a_pin_that_cannot_be_is_the_wrong_field(
    world: Any, fields_of: Callable[..., list[str]], body: dict[str, Any], field: str
) -> None:
    answer = await world.control("PUT", PHONE, body)

    assert answer.status == 422
    assert fields_of(answer) == [field]
    assert (await world.get(PHONE))["pin"] is None


async def test_a_removal_takes_codes_and_pin_of_one_phone(still: Any) -> None:
    """A removed code is not accepted, and its expiry is no event."""
    await still.gencode()
    await still.gencode("0987654321")
    code = (await still.get(PHONE))["codes"][0]["code"]
    await still.control("PUT", PHONE, {"code": "1111"})

    answer = await still.control("DELETE", PHONE)
    checked = await still.checkcode(code)
    moved = await still.advance("1h")

    assert answer.status == 204
    assert checked.json["CodeResult"] == "117"
    assert await still.get(PHONE) | {"cursor": ""} == {"codes": [], "pin": None, "cursor": "", "more": False}
    assert [each["kind"] for each in moved["fired"]].count("expiry") == 1
    assert len((await still.get("/codes"))["codes"]) == 1
