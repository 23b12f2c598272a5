"""Magic values over HTTP, as a black-box client uses them, and how the journal shows them."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

KEYS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
TOKEN = {"token": "SANDBOX-TOKEN"}
GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
CHECKCODE = "/MainService.svc/json/CheckCodeGen_V4_get"
SEND = {**KEYS, "Brandname": "Sandbox", "Type": "2", "message": "{OTP}"}
SEND_OTP = {"Token": "SANDBOX-TOKEN", "SMSMessageText": "x", "LineNumber": "public", "CodeLength": "4"}


async def magic_of(client: Any, provider: str) -> list[dict[str, str]]:
    """List the magic values of a provider as the control API tells them."""
    document = (await client.control("GET", "/magic")).json
    return [each for each in document["magic"] if each["provider"] == provider]


async def codes_of(client: Any, provider: str) -> dict[str, Any]:
    """Give the codes of a provider's rows by name."""
    outcomes = (await client.control("GET", f"/providers/{provider}/outcomes")).json["outcomes"]
    return {each["name"]: each["code"] for each in outcomes}


async def test_every_magic_phone_of_esms_gives_its_code_on_a_send(client: Any) -> None:
    """The last three digits are the code; nothing is sent, and the journal marks it."""
    magic, codes = await magic_of(client, "esms"), await codes_of(client, "esms")

    for each in magic:
        answer = await client.get(GENCODE, **SEND, Phone=each["value"])
        assert answer.json["CodeResult"] == codes[each["outcome"]] == each["value"][-3:].lstrip("0")

    journal = (await client.control("GET", "/requests")).json["requests"]
    assert len(magic) > 30
    assert [each["outcome"] for each in journal] == [each["outcome"] for each in magic]
    assert {each["magic"] for each in journal} == {True}
    assert (await client.control("GET", "/messages")).json["messages"] == []


async def test_every_magic_phone_of_esms_gives_its_code_on_a_check(client: Any) -> None:
    """Whatever the operation would answer by itself."""
    for each in await magic_of(client, "esms"):
        answer = await client.get(CHECKCODE, **KEYS, Code="A", Phone=each["value"])
        assert answer.json["CodeResult"] == each["value"][-3:].lstrip("0")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("SendZaloMessage_V6/zalo_uid", {"ZaloUid": "0900000124"}),
        ("SendZaloMessage_V6/hash_phone", {"HashPhone": sha256(b"84900000124").hexdigest()}),
        ("SendZaloFollowerMessage_V4_post_json", {"User_id": "0900000124"}),
        ("SendZaloFollowerMessage_V5_post_json", {"Payload": {"recipient": {"user_id": "0900000124"}}}),
        ("SendZaloFollowerMessage_V5_post_json", {"Payload": {"recipient": {"user_id": 84900000124}}}),
    ],
)
async def test_whatever_names_a_zalo_user_can_be_magic(client: Any, path: str, fields: dict[str, Any]) -> None:
    """An id that is a phone, the hash of one, and an id inside a payload."""
    answer = await client.send("POST", f"/MainService.svc/json/{path}/", json={**KEYS, **fields})

    assert answer.json["CodeResult"] == "124"


async def test_a_bad_phone_can_be_asked_for_on_a_check(client: Any) -> None:
    """0900000108 gives 108 there too, though a check itself calls a bad phone a bad code."""
    answer = await client.get(CHECKCODE, **KEYS, Code="A", Phone="0900000108")

    assert answer.json["CodeResult"] == "108"


async def test_a_magic_code_stays_itself_under_a_choice(client: Any) -> None:
    """0900000117 gives 117 where refused codes are 171."""
    await client.control("PATCH", "/choices", {"esms.refused-code": "171"})

    answer = await client.get(CHECKCODE, **KEYS, Code="A", Phone="0900000117")

    assert answer.json["CodeResult"] == "117"


async def test_every_magic_mobile_of_amoot_gives_its_status(client: Any) -> None:
    """By name, without data, in any spelling."""
    names = {
        each["name"]: each["message"]
        for each in (await client.control("GET", "/providers/amoot/outcomes")).json["outcomes"]
    }
    magic = await magic_of(client, "amoot")

    for each in magic:
        answer = await client.get("/rest/SendOTP", **SEND_OTP, Mobile="+98" + each["value"])
        assert answer.json == {"Status": names[each["outcome"]], "Data": None}

    assert len(magic) > 50


async def test_every_magic_service_of_thuesim_gives_its_number_on_both_rents(client: Any) -> None:
    """Before the five-second rule, and it starts no pause."""
    magic, codes = await magic_of(client, "thuesim"), await codes_of(client, "thuesim")

    for each in magic:
        for path in ("/api/register-service/", "/api/rephone/"):
            answer = await client.get(path, **TOKEN, serviceId=each["value"])
            assert answer.json["ResponseCode"] == codes[each["outcome"]]

    rented = await client.get("/api/register-service/", **TOKEN, serviceId="01.4")
    assert len(magic) >= 6
    assert rented.json["ResponseCode"] == 1


async def test_a_stranger_cannot_ask_for_anything(client: Any) -> None:
    """Credentials come first."""
    esms = await client.get(GENCODE, Phone="0900000103")
    amoot = await client.get("/rest/SendOTP", Mobile="9000000004")
    thuesim = await client.get("/api/register-service/", serviceId="99.2")

    assert esms.json["CodeResult"] == "101"
    assert amoot.json["Status"] == "Token_NotExists"
    assert thuesim.json["ResponseCode"] == 401


@pytest.mark.parametrize("phone", ["0900000100", "0900000098", "0900001103"])
async def test_success_and_numbers_of_no_row_are_ordinary(client: Any, phone: str) -> None:
    """A message goes there."""
    answer = await client.get(GENCODE, **SEND, Phone=phone)

    assert answer.json["CodeResult"] == "100"
    assert (await client.control("GET", f"/messages/latest?to={phone}")).json["to"] == "+84" + phone[1:]
