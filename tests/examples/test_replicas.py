"""The balancer of `examples/replicas`, for real: what it hands on, and that it never sends anything twice."""

from __future__ import annotations

import asyncio
import io
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from equipment import nginx
from equipment.one_sandbox import checked
from otp_sandbox.app import Sandbox
from otp_sandbox.settings import Settings
from otp_sandbox.web.connections import IDLE
from otp_sandbox.web.control.events import HEARTBEAT

SEND = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
ESMS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
CODE = {**ESMS, "Phone": "0901888484", "Brandname": "Sandbox", "Type": "2", "message": "{OTP}"}
TRIES = 12


class Upstream:
    """A server that counts what reaches it."""

    def __init__(self, *, breaks: bool) -> None:
        self.got: list[str] = []
        self._breaks = breaks

    async def answer(self, request: web.Request) -> web.Response:
        """Count, and answer or hang up."""
        self.got.append(f"{request.method} {request.path_qs} {(await request.text())} {request.host}")
        if self._breaks and request.transport is not None:
            request.transport.abort()
        return web.Response(text="done")


@asynccontextmanager
async def serving(upstream: Upstream) -> AsyncIterator[int]:
    """Serve at a free port."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", upstream.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@pytest.fixture
def refusing() -> Iterator[int]:
    """A port where nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture
def balanced(sandbox: Sandbox, client: Any) -> Iterator[Any]:
    """A client of one sandbox that stands three times behind the balancer."""
    port = int(sandbox.server.url.rpartition(":")[2])
    with nginx.before([port] * 3) as url:
        yield type(client)(url, client.session)


async def test_calls_and_answers_pass_unchanged(balanced: Any, client: Any) -> None:
    """Headers as the provider has them, too."""
    sent = await balanced.get(SEND, **CODE)
    through = await balanced.get("/MainService.svc/json/GetBalance/SANDBOX-API-KEY/SANDBOX-SECRET-KEY")
    direct = await client.get("/MainService.svc/json/GetBalance/SANDBOX-API-KEY/SANDBOX-SECRET-KEY")
    nowhere = await balanced.send("GET", "/MainService.svc/nowhere")

    assert sent.json["CodeResult"] == "100"
    assert (through.status, through.text) == (direct.status, direct.text)
    changed = {"Date", "Connection", "Keep-Alive"}
    assert {n: v for n, v in through.headers.items() if n not in changed} == {
        n: v for n, v in direct.headers.items() if n not in changed
    }
    assert "Date" in through.headers
    assert (nowhere.status, "Endpoint not found." in nowhere.text) == (404, True)


async def test_a_wait_lasts_until_the_message_comes(balanced: Any, sandbox: Sandbox) -> None:
    """The balancer is patient for longer than the longest wait and the longest silence of a stream."""
    waiting = asyncio.ensure_future(balanced.control("GET", "/messages/wait?to=0901888484&timeout=30s"))
    await balanced.get(SEND, **CODE)
    waited = await waiting

    text = nginx.FILE.read_text("utf-8")
    (patience,) = re.findall(r"proxy_read_timeout (\d+)s;", text)
    (kept,) = re.findall(r"^ *keepalive_timeout (\d+)s;", text, re.MULTILINE)
    assert waited.json["matched"]
    assert int(patience) > max(60, HEARTBEAT)
    assert int(kept) < IDLE


async def test_events_come_one_by_one(balanced: Any) -> None:
    """What has been told arrives though the stream goes on."""
    async with balanced.session.get(balanced.url + "/_sandbox/v1/events?kinds=message") as stream:
        begun = await stream.content.readuntil(b"\n\n")
        await balanced.get(SEND, **CODE)
        told = await stream.content.readuntil(b"\n\n")

    assert begun.startswith(b"retry: ")
    assert b"event: message" in told


async def test_the_host_is_handed_on(balanced: Any) -> None:
    """A recording's address leads to the balancer, and the control API checks the name that the client has."""
    rented = await balanced.control("POST", "/rentals", {"provider": "thuesim", "service": "02.97"})
    await balanced.control("POST", f"/rentals/{rented.json['id']}/call", {"code": "059809"})
    asked = {"show": "history", "token": "SANDBOX-TOKEN"}
    read = await balanced.send("GET", "/api/", params=asked, headers={"Host": "otp.team:6877"})
    refused = await balanced.send("GET", "/_sandbox/v1/info", headers={"Host": "otp.example.com"})

    assert "http://otp.team:6877/" in read.text.replace("\\/", "/"), read.text
    assert refused.status == 421


async def test_what_is_long_or_large_reaches_the_sandbox(balanced: Any) -> None:
    """It is the sandbox that refuses, in the manner of its provider."""
    long = await balanced.get(SEND, **{**CODE, "message": "{OTP}" + "x" * 20_000})
    large = await balanced.send(
        "POST", "/MainService.svc/json/SendMultipleMessage_V4_post_json/", data=io.BytesIO(b"x" * 9 * 1024 * 1024)
    )

    assert long.status == 200
    assert "nginx" not in large.text
    assert large.headers["Server"] != "nginx"


async def test_a_broken_answer_of_a_provider_is_handed_on(balanced: Any) -> None:
    """A fault with the status of a gateway is no reason to ask again."""
    fault = {"name": "gateway", "action": {"http": {"status": 502, "body": "upstream"}}}
    made = await balanced.control("POST", "/faults", fault)
    answer = await balanced.get(SEND, **CODE)
    requests = await balanced.control("GET", "/requests")

    assert made.status == 201, made.text
    assert (answer.status, answer.text) == (502, "upstream")
    assert len(requests.json["requests"]) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_nothing_that_has_reached_a_replica_is_sent_again(client: Any, method: str) -> None:
    """A replica that ends in the middle may have sent the code: its client is told 502, whatever the method."""
    good, broken = Upstream(breaks=False), Upstream(breaks=True)
    async with serving(good) as one, serving(broken) as two:
        with nginx.before([one, two, one]) as url:
            balanced = type(client)(url, client.session)
            answers = [await balanced.send(method, f"/send?n={n}", data=b"a=1") for n in range(TRIES)]

    assert len(good.got) + len(broken.got) == TRIES
    assert [answer.status for answer in answers].count(502) == len(broken.got) >= 1
    assert len(set(good.got + broken.got)) == TRIES


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_replica_that_is_gone_is_not_noticed(client: Any, refusing: int, method: str) -> None:
    """Not one byte has reached it, so another one is asked, with the same body and host."""
    good = Upstream(breaks=False)
    async with serving(good) as one:
        with nginx.before([refusing, one, refusing]) as url:
            balanced = type(client)(url, client.session)
            answers = [await balanced.send(method, f"/send?n={n}", data=b"a=1") for n in range(TRIES)]

    assert [answer.status for answer in answers] == [200] * TRIES
    assert good.got == [f"{method} /send?n={n} a=1 {url.removeprefix('http://')}" for n in range(TRIES)]


async def test_without_any_replica_it_is_a_502(client: Any, refusing: int) -> None:
    with nginx.before([refusing] * 3) as url:
        answer = await type(client)(url, client.session).send("GET", "/")

    assert answer.status == 502


async def test_the_check_finds_one_sandbox_behind_several_addresses(balanced: Any, client: Any) -> None:
    done = await asyncio.to_thread(checked, balanced.url, client.url + "/")
    left = await client.control("GET", "/lanes")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "2 addresses, one sandbox: 8 codes were sent, read and used once\n"
    assert [each["id"] for each in left.json["lanes"]] == ["default"]


async def test_the_check_tells_sandboxes_that_share_nothing(
    client: Any, start: Callable[..., Awaitable[Sandbox]]
) -> None:
    other = await start(Settings())
    done = await asyncio.to_thread(checked, client.url, other.server.url)
    nobody = await asyncio.to_thread(checked, client.url, "http://127.0.0.1:1")

    assert (done.returncode, nobody.returncode) == (1, 1)
    assert done.stderr.startswith(f"{other.server.url} ")
    assert "http://127.0.0.1:1 does not answer" in nobody.stderr
    assert done.stderr.count("\n") == nobody.stderr.count("\n") == 1


def test_the_check_says_how_it_is_used() -> None:
    done = checked()

    assert done.returncode == 2
    assert "python check.py URL URL" in done.stderr
