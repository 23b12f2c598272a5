"""More requests at once: tries, stock, numbers and lanes; and what the seed decides whatever else goes on."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from otp_sandbox.app import Sandbox
from otp_sandbox.settings import Settings

KEYS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
TOKEN = {"token": "SANDBOX-TOKEN"}
GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
CHECKCODE = "/MainService.svc/json/CheckCodeGen_V4_get"
SEND = {**KEYS, "Phone": "0901888484", "Brandname": "Sandbox", "Type": "2", "message": "{OTP}"}
SEND_OTP = {
    "Token": "SANDBOX-TOKEN",
    "SMSMessageText": "Test",
    "LineNumber": "public",
    "Mobile": "9120000000",
    "CodeLength": "4",
}
INSTANT = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)


@pytest.fixture
def sandbox(over_any_store: Sandbox) -> Sandbox:
    """Whatever the store is."""
    return over_any_store


async def at_once(count: int, client: Any, path: str, **fields: str) -> list[Any]:
    """Send the same request many times at once; give the answers' values."""
    return [each.json for each in await asyncio.gather(*(client.get(path, **fields) for _ in range(count)))]


async def test_wrong_tries_at_once_all_count(client: Any) -> None:
    """With the lock-out, none of them gets lost."""
    await client.control("PATCH", "/choices", {"esms.wrong-tries": "lock-out"})
    await client.get(GENCODE, **SEND)
    code = (await client.control("GET", "/messages/latest")).json["code"]

    await at_once(5, client, CHECKCODE, **KEYS, Phone="0901888484", Code="wrong")
    after = await client.get(CHECKCODE, **KEYS, Phone="0901888484", Code=code)

    assert after.json["CodeResult"] == "117"


async def test_a_pinned_code_goes_out_as_often_as_it_was_pinned(client: Any) -> None:
    """Twice, however many sends come at once."""
    await client.control("PUT", "/codes/0901888484", {"code": "135790", "times": 2})

    await at_once(20, client, GENCODE, **SEND)

    sent = (await client.control("GET", "/messages")).json["messages"]
    assert Counter(each["code"] == "135790" for each in sent) == {True: 2, False: 18}


async def test_sends_of_amoot_at_once_fit_the_credit(client: Any) -> None:
    """Credit for seven and a half, asked for by thirty; each has an id of its own."""
    await client.control("PATCH", "/accounts/amoot", {"credit": 7_500})

    answers = await at_once(30, client, "/rest/SendOTP", **SEND_OTP)

    assert Counter(each["Status"] for each in answers) == {"Success": 7, "CreditNotEnough": 23}
    assert len({each["Data"]["MessageID"] for each in answers if each["Data"]}) == 7
    assert (await client.control("GET", "/accounts/amoot")).json["credit"] == 500


async def test_rents_at_once_take_no_more_than_the_stock(client: Any) -> None:
    """Three numbers are left."""
    service = {"ID": 4, "SV": "01", "SERVICE_NAME": "Yahoo", "PRICE": 470, "Time": "300", "stock": 3}
    await client.control(
        "PATCH", "/accounts/thuesim", {"min_interval": "0", "waiting_limit": 50, "services": [service]}
    )

    answers = await at_once(20, client, "/api/register-service/", serviceId="01.4", **TOKEN)

    assert Counter(each["ResponseCode"] for each in answers) == {1: 3, -3: 17}


async def test_a_number_that_is_rented_again_at_once_is_rented_once(client: Any) -> None:
    """It waits then, and is not available to the others."""
    await client.control("PATCH", "/accounts/thuesim", {"min_interval": "0", "arrival": "manual"})
    first = await client.get("/api/register-service/", serviceId="01.4", **TOKEN)
    rental_id = first.text.partition('"ID":')[2].partition(",")[0]
    await client.control("POST", f"/rentals/{rental_id}/sms", {"text": "your code is 123456"})
    again = {"phone": first.json["RequestLog"]["Phone"].strip(), "serviceId": "4", "thuesim1": rental_id}

    answers = await at_once(20, client, "/api/rephone/", **again, **TOKEN)

    assert Counter(each["ResponseCode"] for each in answers) == {1: 1, -3: 19}


async def test_codes_sent_to_a_rented_number_at_once_deliver_one(client: Any) -> None:
    """A rental that is done takes nothing more: what is read is the code of one of the sends, and stays so."""
    rented = await client.get("/api/register-service/", serviceId="01.4", **TOKEN)
    rental_id = rented.text.partition('"ID":')[2].partition(",")[0]
    phone = rented.json["RequestLog"]["Phone"].strip()

    await at_once(10, client, GENCODE, **{**SEND, "Phone": phone})
    reads = await at_once(10, client, "/api/", show="code", ID=rental_id, **TOKEN)

    sent = {each["code"] for each in (await client.control("GET", "/messages")).json["messages"]}
    assert len(sent) == 10
    assert len({each["Result"]["Code"] for each in reads}) == 1
    assert reads[0]["Result"]["Code"] in sent


async def test_lanes_at_once_do_not_disturb_each_other(client: Any) -> None:
    """Each sends to the same phone with its own keys, and each code is good in its own lane only."""
    lanes = [(await client.control("POST", "/lanes")).json for _ in range(8)]

    async def check(lane: Any, code: str) -> str:
        answer = await client.get(CHECKCODE, **lane["credentials"]["esms"], Phone="0901888484", Code=code)
        return str(answer.json["CodeResult"])

    await asyncio.gather(*(client.get(GENCODE, **{**SEND, **each["credentials"]["esms"]}) for each in lanes))
    codes = [(await client.control("GET", f"/lanes/{each['id']}/messages/latest")).json["code"] for each in lanes]
    foreign = await asyncio.gather(*map(check, lanes, [*codes[1:], codes[0]]))
    own = await asyncio.gather(*map(check, lanes, codes))

    assert len(set(codes)) == 8
    assert set(foreign) == {"117"}
    assert set(own) == {"100"}


async def lived(sandbox: Any, credentials: Any = None) -> list[str]:
    """Live through a bit of everything; give all bodies."""
    held = credentials or sandbox.registry.default.origin.credentials
    esms, amoot, thuesim = held["esms"], {"Token": held["amoot"]["Token"]}, held["thuesim"]
    bodies: list[str] = []
    async with aiohttp.ClientSession(sandbox.server.url) as session:

        async def get(path: str, **fields: str) -> str:
            async with session.get(path, params=fields) as answer:
                bodies.append((await answer.text()).replace(sandbox.server.url, ""))
            return bodies[-1]

        for phone in ("0901888484", "0901888485", "0901888484"):
            await get(GENCODE, **{**SEND, **esms, "Phone": phone})
        await get(GENCODE, **{**SEND, **esms, "message": "x"})
        await get(CHECKCODE, **esms, Phone="0901888484", Code="A")
        for _ in range(2):
            await get("/rest/SendOTP", **{**SEND_OTP, **amoot})
        rented = await get("/api/register-service/", serviceId="02.97", **thuesim)
        await get("/api/", show="code", ID=rented.partition('"ID":')[2].partition(",")[0], **thuesim)
        await get("/api/", show="history", **thuesim)
    return bodies


async def test_other_lanes_and_other_phones_do_not_change_what_a_phone_gets(start: Any) -> None:
    """What a test sees does not depend on the tests beside it."""
    calm, busy = await start(now=lambda: INSTANT), await start(now=lambda: INSTANT)
    async with aiohttp.ClientSession(busy.server.url) as session:
        async with session.post("/_sandbox/v1/lanes", json={}) as answer:
            other = (await answer.json())["credentials"]
        await lived(busy, other)
        async with session.get(GENCODE, params={**SEND, "Phone": "0912345678"}) as answer:
            await answer.read()

    assert await lived(calm) == await lived(busy)


async def test_another_seed_gives_other_codes_ids_and_numbers(start: Any) -> None:
    """Nothing that is drawn comes again."""
    one, other = await start(now=lambda: INSTANT), await start(Settings(seed=8), now=lambda: INSTANT)

    bodies = zip(await lived(one), await lived(other), strict=True)

    drawn = [index for index, (mine, theirs) in enumerate(bodies) if mine != theirs]
    assert drawn == [0, 1, 2, 3, 5, 6, 7, 9]
