"""What a backend learns of its messages: the delivery callback over real sockets, status, lists, money."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

KEYS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
SEND = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
STATUS = "/MainService.svc/json/GetSendStatus"
MULTI = "/MainService.svc/json/MultiChannelMessage/"
NOON = "2026-03-01T12:00:00+07:00"

pytestmark = pytest.mark.usefixtures("quiet")


@dataclass
class Customer:
    """The backend that is called back: takes requests and answers as it is told."""

    url: str = ""
    status: int = 200
    silent: bool = False
    taken: list[tuple[str, str, list[tuple[str, str]]]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        self.taken.append((request.method, request.path, list(request.query.items())))
        self.lines.append(request.raw_path)
        if self.silent:
            await self.closing.wait()
        return web.Response(status=self.status)


@pytest.fixture
async def customer() -> AsyncIterator[Customer]:
    made = Customer()
    runner = web.ServerRunner(web.Server(made), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/report"
    yield made
    made.closing.set()
    await runner.cleanup()


@pytest.fixture
async def still(client: Any) -> Any:
    """The client of a lane whose clock stands."""
    await client.control("PUT", "/clock", {"mode": "frozen", "now": NOON})
    return client


async def send(client: Any, **fields: str) -> str:
    body = {**KEYS, "Phone": "0901888484", "Brandname": "Sandbox", "SmsType": "2", "Content": "Ma 686868", **fields}
    answer = await client.send("POST", SEND, json=body)
    assert answer.json["CodeResult"] == "100", answer.text
    return str(answer.json["SMSID"])


async def advance(client: Any, by: str) -> list[str]:
    answer = await client.control("POST", "/clock/advance", {"by": by})
    return [each["kind"] for each in answer.json["fired"]]


async def callbacks(client: Any) -> list[Any]:
    return list((await client.control("GET", "/callbacks")).json["callbacks"])


async def balance(client: Any) -> int:
    return int((await client.control("GET", "/accounts/esms")).json["balance"])


async def test_the_customer_is_told_when_a_message_has_arrived(still: Any, customer: Customer) -> None:
    """One GET, the parameters in the order of the published sample; a query of the customer's own stays."""
    sms_id = await send(still, RequestId="order 1/a", CallbackUrl=customer.url + "?mine=1")

    assert await advance(still, "1s") == ["delivery", "callback"]

    assert customer.taken == [
        (
            "GET",
            "/report",
            [
                ("mine", "1"),
                ("SMSID", sms_id),
                ("SendFailed", "0"),
                ("SendStatus", "5"),
                ("SendSuccess", "1"),
                ("TotalPrice", "850.0000"),
                ("TotalReceiver", "1"),
                ("TotalSent", "1"),
                ("RequestId", "order 1/a"),
                ("TypeId", "2"),
                ("telcoid", "2"),
                ("phonenumber", "0901888484"),
                ("switchsmsid", ""),
            ],
        )
    ]


async def test_a_customer_that_does_not_answer_is_asked_six_times(still: Any, customer: Customer) -> None:
    """The first call and five more, each on the lane's clock."""
    customer.silent = True
    await still.control("PATCH", "/accounts/esms", {"callback_policy": {"timeout": "50ms", "retry_after": "1m"}})
    await send(still, CallbackUrl=customer.url)

    await advance(still, "4m1s")
    assert len(customer.taken) == 5
    assert (await callbacks(still))[0]["state"] == "pending"
    await advance(still, "1h")

    [callback] = await callbacks(still)
    assert len(customer.taken) == len(callback["attempts"]) == 6
    assert callback["state"] == "failed"
    assert "no answer within" in callback["attempts"][0]["error"]


@pytest.mark.parametrize(("policy", "calls"), [({}, 1), ({"retry_answers": True, "retries": 2}, 3)])
async def test_another_answer_than_2xx_counts_as_the_policy_says(
    still: Any, customer: Customer, policy: dict[str, Any], calls: int
) -> None:
    """By default the provider calls again when it hears nothing, and only then."""
    customer.status = 500
    await still.control("PATCH", "/accounts/esms", {"callback_policy": policy})
    await send(still, CallbackUrl=customer.url)

    await advance(still, "1h")

    assert len(customer.taken) == calls
    assert (await callbacks(still))[0]["state"] == "failed"


async def test_a_callback_is_sent_again_on_demand(still: Any, customer: Customer) -> None:
    await send(still, CallbackUrl=customer.url)
    await advance(still, "1s")
    [callback] = await callbacks(still)

    await still.control("POST", f"/callbacks/{callback['id']}/replay")

    assert len(customer.taken) == 2
    assert customer.taken[0] == customer.taken[1]


async def test_a_forced_failure_pays_back_and_calls_back(still: Any, customer: Customer) -> None:
    """As if the report had come by itself; the other way round the price is taken again."""
    before = await balance(still)
    sms_id = await send(still, CallbackUrl=customer.url)
    assert await balance(still) == before - 850

    for state, held, told in (("failed", before, "1"), ("failed", before, "1"), ("delivered", before - 850, "0")):
        await still.control("POST", f"/messages/{sms_id}/status", {"state": state})
        await advance(still, "1ms")
        assert await balance(still) == held
        assert dict(customer.taken[-1][2])["SendFailed"] == told
    status = await still.get(STATUS, RefId=sms_id, **KEYS)
    assert (status.json["SendSuccess"], status.json["TotalPrice"]) == (1, 850.0)


async def test_a_deleted_message_is_paid_back_and_one_that_is_being_sent_is_not(still: Any, customer: Customer) -> None:
    """Neither has ended, so nobody is called; the state stays until another is forced."""
    before = await balance(still)
    sms_id = await send(still, CallbackUrl=customer.url)

    for state, status, held in (("sending", 3, before - 850), ("deleted", 6, before), ("sending", 3, before - 850)):
        forced = await still.control("POST", f"/messages/{sms_id}/status", {"state": state})
        await advance(still, "1h")
        told = await still.get(STATUS, RefId=sms_id, **KEYS)
        assert (forced.json["state"], told.json["SendStatus"]) == (state, status)
        assert await balance(still) == held
    assert customer.taken == []


async def test_without_an_address_nobody_is_called(still: Any, customer: Customer) -> None:
    await send(still)
    await send(still, CallbackUrl="not a url")
    await send(still, CallbackUrl=customer.url, Sandbox="1")

    await advance(still, "1h")

    assert await callbacks(still) == []
    assert customer.taken == []


async def test_both_channels_of_a_message_call_back(still: Any, customer: Customer) -> None:
    """Zalo does not reach the phone: its address is told, and then that of the SMS, with one SMSID."""
    await still.control("PATCH", "/accounts/esms", {"without_zalo": ["0901 888 484"]})
    zalo = {
        "TempID": "205644",
        "Params": ["686868"],
        "OAID": "4097311281936189049",
        "CallbackUrl": customer.url + "/zalo",
        "RequestId": "z",
    }
    sms = {"Content": "Ma 686868", "SmsType": "2", "Brandname": "Sandbox", "CallbackUrl": customer.url + "/sms"}
    body = {**KEYS, "Phone": "0901888484", "Channels": ["zalo", "sms"], "Data": [zalo, sms]}
    before = await balance(still)
    answer = await still.send("POST", MULTI, json=body)
    assert answer.json["CodeResult"] == "100", answer.text

    await advance(still, "1s")
    while len(customer.taken) < 2:  # noqa: ASYNC110  (the first callback goes out in the background)
        await asyncio.sleep(0.01)

    told = {path: dict(query) for _, path, query in customer.taken}
    assert told["/report/zalo"]["SendFailed"] == "1"
    # As the published sample has it: braces as they are, everything else encoded.
    assert any("&error_info=%22{%5C%22error%5C%22%3A-114%2C%5C%22message%5C%22" in line for line in customer.lines)
    assert (told["/report/sms"]["SendSuccess"], told["/report/sms"]["TypeId"]) == ("1", "2")
    assert {each["SMSID"] for each in told.values()} == {answer.json["SMSID"]}
    assert await balance(still) == before - 850
    messages = (await still.control("GET", "/messages")).json["messages"]
    assert [(each["channel"], each["state"]) for each in messages] == [("zalo", "failed"), ("sms", "delivered")]


async def test_a_message_to_a_rented_number_is_read_there(still: Any) -> None:
    """The line is closed for messages of the customer's own, too."""
    await still.control("PATCH", "/accounts/thuesim", {"arrival": "manual"})
    rent = await still.get("/api/register-service/", serviceId="02.97", token="SANDBOX-TOKEN")
    number = rent.json["RequestLog"]["Phone"].strip()

    await send(still, Phone=number, Content="Ma dang nhap 424242")

    rental = rent.text.partition('"ID":')[2].partition(",")[0]
    code = await still.get("/api/", show="code", ID=rental, token="SANDBOX-TOKEN")
    assert code.json["Result"]["Code"] == "424242"
