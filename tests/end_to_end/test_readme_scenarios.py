"""The five scenarios of the README, as a backend and its test would live them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from otp_sandbox.app import Sandbox

KEYS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
TOKEN = {"token": "SANDBOX-TOKEN"}
GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
CHECKCODE = "/MainService.svc/json/CheckCodeGen_V4_get"
PHONE = "0901888484"


@pytest.fixture
def sandbox(over_any_store: Sandbox) -> Sandbox:
    """Whatever the store is."""
    return over_any_store


async def gencode(client: Any, phone: str, keys: dict[str, str] = KEYS, **more: str) -> str:
    """Have a code sent; give its result code."""
    sent = await client.get(GENCODE, **keys, Phone=phone, Brandname="Sandbox", Type="2", message="{OTP} la ma", **more)
    return str(sent.json["CodeResult"])


async def checkcode(client: Any, phone: str, code: str, keys: dict[str, str] = KEYS) -> str:
    """Check a code; give the result code."""
    checked = await client.get(CHECKCODE, **keys, Phone=phone, Code=code)
    return str(checked.json["CodeResult"])


async def balance(client: Any, token: dict[str, str] = TOKEN) -> int:
    """Read the balance at thuesim, as its customers do."""
    return int((await client.get("/api/", show="balance", **token)).json["data"]["balance"])


async def test_a_code_that_is_sent_to_a_rented_number_logs_in_once(client: Any) -> None:
    """1: rent, send, read, check; the second check of the same code is refused."""
    rented = await client.get("/api/register-service/", serviceId="01.1", **TOKEN)
    rental_id = rented.text.partition('"ID":')[2].partition(",")[0]
    phone = rented.json["RequestLog"]["Phone"].strip()

    sent = await gencode(client, phone)
    read = await client.get("/api/", show="code", ID=rental_id, **TOKEN)
    code = read.json["Result"]["Code"]
    checks = [await checkcode(client, phone, code), await checkcode(client, phone, code)]

    assert (sent, read.json["ResponseCode"]) == ("100", 0)
    assert checks == ["100", "117"]


@pytest.mark.parametrize(("by", "verdict"), [("1m59s", "100"), ("2m", "117")])
async def test_a_code_dies_when_its_minutes_are_over(client: Any, by: str, verdict: str) -> None:
    """2: TimeAlive=2; a second before the end it is good, at the end it is not."""
    await client.control("PUT", "/clock", {"mode": "frozen"})
    await gencode(client, PHONE, TimeAlive="2")
    code = (await client.control("GET", "/messages/latest?to=" + PHONE)).json["code"]

    await client.control("POST", "/clock/advance", {"by": by})

    assert await checkcode(client, PHONE, code) == verdict


async def test_the_code_that_amoot_hands_back_is_the_one_in_the_message(client: Any) -> None:
    """3: SendOTP, then the newest message of the sandbox."""
    sent = await client.get(
        "/rest/SendOTP",
        Token="SANDBOX-TOKEN",
        SMSMessageText="کد شما: %code%",
        LineNumber="public",
        Mobile="09120000000",
        CodeLength="6",
    )
    latest = await client.control("GET", "/messages/latest")

    code = sent.json["Data"]["Code"]
    assert (latest.json["code"], latest.json["text"]) == (code, f"کد شما: {code}")
    assert latest.json["id"] == str(sent.json["Data"]["MessageID"])


async def test_two_lanes_do_not_see_each_other(client: Any) -> None:
    """4: the same phone in two lanes has two codes, and each is good in its own lane only."""
    lanes = [(await client.control("POST", "/lanes")).json for _ in range(2)]
    keys = [lane["credentials"]["esms"] for lane in lanes]
    for each in keys:
        await gencode(client, PHONE, each)
    codes = [(await client.control("GET", f"/lanes/{lane['id']}/messages/latest")).json["code"] for lane in lanes]

    crossed = await checkcode(client, PHONE, codes[0], keys[1])
    right = [await checkcode(client, PHONE, code, each) for code, each in zip(codes, keys, strict=True)]

    assert codes[0] != codes[1]
    assert (crossed, right) == ("117", ["100", "100"])


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[str, asyncio.Queue[Any]]]:
    """A small server of the customer's that takes callbacks."""
    received: asyncio.Queue[Any] = asyncio.Queue()

    async def take(request: web.BaseRequest) -> web.Response:
        received.put_nowait((request.method, request.headers.get("Content-Type"), await request.text()))
        return web.Response(text="OK")

    runner = web.ServerRunner(web.Server(take))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}/otp", received
    await runner.cleanup()


async def test_a_rental_calls_back_when_its_code_comes(client: Any, receiver: Any) -> None:
    """5, first half: the callback of a code, token for token."""
    url, received = receiver
    await client.control("PATCH", "/accounts/thuesim", {"callback_url": url})
    rented = await client.get("/api/register-service/", serviceId="01.1", **TOKEN)
    rental_id = rented.text.partition('"ID":')[2].partition(",")[0]

    await gencode(client, rented.json["RequestLog"]["Phone"].strip())
    method, kind, body = await asyncio.wait_for(received.get(), 10)

    latest = (await client.control("GET", "/messages/latest")).json
    assert (method, kind) == ("POST", "application/json")
    assert body == (
        f'{{"data":{{"status":1,"requestId":"{rental_id}","code":"{latest["code"]}",'
        f'"smsContent":"{latest["text"]}","isSound":"false"}}}}'
    )


async def test_a_rental_that_nobody_writes_to_expires_and_is_paid_back(client: Any, receiver: Any) -> None:
    """5, second half: after the lifetime the callback says expired, the read too, and the balance is whole again."""
    url, received = receiver
    await client.control("PUT", "/clock", {"mode": "frozen"})
    await client.control("PATCH", "/accounts/thuesim", {"callback_url": url, "arrival": "manual"})
    before = await balance(client)
    rented = await client.get("/api/register-service/", serviceId="01.1", **TOKEN)
    rental_id = rented.text.partition('"ID":')[2].partition(",")[0]
    during = await balance(client)

    early = await client.control("POST", "/clock/advance", {"by": "4m59s"})
    waiting = await client.get("/api/", show="code", ID=rental_id, **TOKEN)
    late = await client.control("POST", "/clock/advance", {"by": "1s"})
    expired = await client.get("/api/", show="code", ID=rental_id, **TOKEN)

    assert received.get_nowait()[2] == (
        f'{{"data":{{"status":2,"requestId":"{rental_id}","code":"","smsContent":"","isSound":"false"}}}}'
    )
    assert received.empty()
    assert [each["kind"] for each in early.json["fired"]] == []
    assert [each["kind"] for each in late.json["fired"]] == ["expiry", "callback"]
    assert waiting.text == '{"ResponseCode":1,"Msg":"Đợi tin nhắn","Result":null}'
    assert expired.text == '{"ResponseCode":2,"Msg":"không nhận được code, quá thời gian chờ","Result":null}'
    assert (before - during, await balance(client)) == (600, before)
