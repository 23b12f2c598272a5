"""Many requests at once: what may happen once happens once, and the same seed tells the same story."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from otp_sandbox.app import Sandbox

KEYS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
TOKEN = {"token": "SANDBOX-TOKEN"}
GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
CHECKCODE = "/MainService.svc/json/CheckCodeGen_V4_get"
SEND = {**KEYS, "Brandname": "Sandbox", "Type": "2", "message": "{OTP}"}
PHONE = "0901888484"


@pytest.fixture
def sandbox(over_any_store: Sandbox) -> Sandbox:
    """Whatever the store is."""
    return over_any_store


async def test_fifty_checks_of_a_right_code_at_once_find_one_success(client: Any) -> None:
    """One-time use holds however many ask."""
    await client.get(GENCODE, **SEND, Phone=PHONE)
    code = (await client.control("GET", "/messages/latest")).json["code"]

    answers = await asyncio.gather(*(client.get(CHECKCODE, **KEYS, Phone=PHONE, Code=code) for _ in range(50)))

    assert Counter(answer.json["CodeResult"] for answer in answers) == {"100": 1, "117": 49}


async def test_fifty_sends_at_once_leave_one_live_code_and_fifty_charges(client: Any) -> None:
    """The newest supersedes the others; ids and codes differ."""
    answers = await asyncio.gather(*(client.get(GENCODE, **SEND, Phone=PHONE) for _ in range(50)))

    codes = (await client.control("GET", f"/codes/{PHONE}")).json["codes"]
    account = (await client.control("GET", "/accounts/esms")).json
    assert len({answer.json["SMSID"] for answer in answers}) == 50
    assert Counter(code["state"] for code in codes) == {"active": 1, "superseded": 49}
    assert account["balance"] == 1_000_000 - 50 * 850


async def test_sends_at_once_never_spend_more_than_there_is(client: Any) -> None:
    """Money for seven is enough for seven."""
    await client.control("PATCH", "/accounts/esms", {"balance": 7 * 850 + 849})

    answers = await asyncio.gather(*(client.get(GENCODE, **SEND, Phone=f"09018884{n:02}") for n in range(20)))

    assert Counter(answer.json["CodeResult"] for answer in answers) == {"100": 7, "103": 13}
    assert (await client.control("GET", "/accounts/esms")).json["balance"] == 849


async def test_rents_at_once_fill_the_waiting_limit_and_no_more(client: Any) -> None:
    """Twenty want numbers, five get them: different ones, each paid for once."""
    await client.control("PATCH", "/accounts/thuesim", {"min_interval": "0s", "arrival": "manual"})

    answers = await asyncio.gather(
        *(client.get("/api/register-service/", serviceId="01.4", **TOKEN) for _ in range(20))
    )

    got = [answer.json for answer in answers if answer.json["ResponseCode"] == 1]
    balances = sorted(answer["Balance"] for answer in got)
    account = (await client.control("GET", "/accounts/thuesim")).json
    assert Counter(answer.json["ResponseCode"] for answer in answers) == {1: 5, 429: 15}
    assert len({answer["RequestLog"]["Phone"] for answer in got}) == 5
    assert balances == [123_456 - 470 * paid for paid in (5, 4, 3, 2, 1)]
    assert account["balance"] == 123_456 - 5 * 470


async def test_of_rents_at_once_the_pause_lets_one_through(client: Any) -> None:
    """The five-second rule holds under concurrency too."""
    await client.control("PUT", "/clock", {"mode": "frozen"})

    answers = await asyncio.gather(
        *(client.get("/api/register-service/", serviceId="01.4", **TOKEN) for _ in range(20))
    )

    assert Counter(answer.json["ResponseCode"] for answer in answers) == {1: 1, 429: 19}


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """A session for several sandboxes."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as made:
        yield made


OTP = {"Token": "SANDBOX-TOKEN", "SMSMessageText": "t", "LineNumber": "98", "Mobile": "9120000000"}
STORY: list[tuple[str, str, dict[str, str]]] = [
    ("GET", GENCODE, {**SEND, "Phone": PHONE}),
    ("GET", GENCODE, {**SEND, "Phone": PHONE, "message": "none"}),
    ("GET", GENCODE, {**SEND, "Phone": "0901888485", "NumCharOfCode": "20"}),
    ("GET", CHECKCODE, {**KEYS, "Phone": PHONE, "Code": "A"}),
    ("GET", "/rest/SendOTP", {**OTP, "CodeLength": "8"}),
    ("POST", "/rest/SendOTP", {**OTP, "CodeLength": "4"}),
    ("GET", "/api/register-service/", {**TOKEN, "serviceId": "02.97"}),
    ("GET", "/api/register-service/", {**TOKEN, "serviceId": "02.97"}),
    ("GET", "/api/", {**TOKEN, "show": "history"}),
    ("GET", "/api/", {**TOKEN, "show": "balance"}),
    ("GET", "/rest/Nothing", {}),
    ("GET", "/nothing", {}),
]


async def told(session: aiohttp.ClientSession, sandbox: Sandbox) -> list[tuple[int, bytes]]:
    """Live through the story at a fixed time, invented message included; give all answers."""
    url = sandbox.server.url
    frozen = {"mode": "frozen", "now": "2026-03-01T12:00:00+07:00"}
    await session.put(url + "/_sandbox/v1/clock", json=frozen)
    answers = []
    for method, path, fields in STORY:
        # The port differs, so that the Host is given: some answers repeat it.
        async with session.request(method, url + path, params=fields, headers={"Host": "sandbox.test"}) as answer:
            answers.append((answer.status, await answer.read()))
    await session.post(url + "/_sandbox/v1/clock/advance", json={"by": "10s"})
    for path in ("/_sandbox/v1/messages", "/_sandbox/v1/codes", "/_sandbox/v1/rentals"):
        async with session.get(url + path) as answer:
            answers.append((answer.status, await answer.read()))
    return answers


async def test_the_same_seed_and_requests_give_the_same_bytes(
    start: Callable[..., Awaitable[Sandbox]], session: aiohttp.ClientSession
) -> None:
    """Two sandboxes tell one story: answers, messages, codes, rentals with their invented SMS."""
    one, other = await told(session, await start()), await told(session, await start())

    assert one == other
    assert json.loads(one[-1][1])["rentals"][0]["sms"]
