"""Connections: lenient targets, broken requests, half-closed clients, those that do not read, too many, and a stop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from equipment.pausing import PausingStore
from otp_sandbox.app import Sandbox
from otp_sandbox.contract import Reply
from otp_sandbox.web import connections
from otp_sandbox.web.listeners import listen
from otp_sandbox.web.received import Received
from otp_sandbox.web.responses import Stream
from otp_sandbox.web.server import Server

SEND = "/rest/SendSimple?Token=SANDBOX-TOKEN&SendDateTime=&LineNumber=Public&Mobiles=9121234567&SMSMessageText="
HELLO = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n"
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def connect(url: str) -> Streams:
    host, port = url.partition("//")[2].split(":")
    return await asyncio.open_connection(host, int(port))


async def answer_to(url: str, data: bytes) -> bytes:
    """Send bytes on a connection of their own, and give all that comes back."""
    reader, writer = await connect(url)
    writer.write(data)
    got = await reader.read()
    writer.close()
    return got


def closing(target: bytes) -> bytes:
    return b"GET " + target + b" HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("text", ["سلام دنیا", "xin chào bạn", "two  blanks", "'quoted' \"twice\" <b>"])
@pytest.mark.parametrize("pieces", [1, 3])
async def test_raw_text_in_a_target_is_read_as_if_it_were_encoded(client: Any, text: str, pieces: int) -> None:
    """PHP, Java and .NET clients send such bytes, and the servers of the providers take them."""
    data = closing(SEND.encode() + text.encode())
    reader, writer = await connect(client.url)
    for start in range(pieces):
        writer.write(data[start * len(data) // pieces : (start + 1) * len(data) // pieces])
        await writer.drain()

    got = await reader.read()

    writer.close()
    assert b'"Status":"Success"' in got
    assert (await client.control("GET", "/messages/latest")).json["text"] == text
    (entry,) = (await client.control("GET", "/requests")).json["requests"]
    assert entry["fields"]["SMSMessageText"] == text


BROKEN = {
    "a control character in the target": b"GET /rest/\x01SendSimple HTTP/1.1\r\nHost: h\r\n\r\n",
    "a line feed in the target": b"GET /rest/Send\nSimple HTTP/1.1\r\nHost: h\r\n\r\n",
    "DEL in the target": b"GET /rest/\x7fSendSimple HTTP/1.1\r\nHost: h\r\n\r\n",
    "NUL in the target": b"GET /rest/\x00SendSimple HTTP/1.1\r\nHost: h\r\n\r\n",
    "a long line": b"GET /rest/SendSimple?a=" + b"a" * 30_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
    "a long header": b"GET /rest/SendSimple HTTP/1.1\r\nX: " + b"a" * 30_000 + b"\r\n\r\n",
    "many headers": b"GET /rest/SendSimple HTTP/1.1\r\n" + b"X: a\r\n" * 500 + b"\r\n",
    "an endless head": b"GET /rest/SendSimple HTTP/1.1\r\nX: " + b"a" * 70_000,
    "no header": b"GET /rest/SendSimple HTTP/1.1\r\nnothing\r\n\r\n",
    "two lengths": b"POST /rest/SendSimple HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
}


@pytest.mark.parametrize("name", BROKEN)
async def test_what_the_parser_refuses_is_noted(start: Any, client: Any, name: str) -> None:
    """One entry and one line; the answer is that of the provider's server."""
    seen: list[Any] = []
    sandbox: Sandbox = await start(watch=lambda _, entry: seen.append(entry))
    client.url = sandbox.server.url

    got = await answer_to(client.url, BROKEN[name])

    assert got.startswith((b"HTTP/1.0 400 ", b"HTTP/1.1 400 "))
    assert b"Server: Microsoft-IIS/10.0" in got
    assert b'{"Message":"The request is invalid."}' in got
    (entry,) = (await client.control("GET", "/requests/unmatched")).json["requests"]
    assert (entry["provider"], entry["status"]) == ("amoot", 400)
    assert entry["path"].startswith("/rest/")
    assert len(seen) == 1


@pytest.mark.parametrize("data", [b"\x16\x03\x01\x02\x00\x01", b"no http at all\r\n\r\n", b"get / HTTP/1.1\r\n\r\n"])
async def test_what_is_no_http_is_noted_as_such(client: Any, data: bytes) -> None:
    """As where a client speaks TLS to a plain port."""
    got = await answer_to(client.url, data)

    assert b" 400 " in got.partition(b"\r\n")[0]
    (entry,) = (await client.control("GET", "/requests/unmatched")).json["requests"]
    assert (entry["method"], entry["path"], entry["provider"]) == ("?", "", None)


async def test_requests_before_a_broken_one_are_answered(client: Any) -> None:
    """On one connection, in one piece, in their order."""
    got = await answer_to(client.url, b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n" + BROKEN["no header"])

    assert got.startswith(b"HTTP/1.1 200 OK")
    assert b'{"status":"alive"}' in got
    assert b" 400 Bad Request" in got


HOSTS = [b"a:b", b"\xff\xfe", b"a b", b"", b"[::1", b"u:p@h", b"<b>"]


@pytest.mark.parametrize("host", HOSTS)
async def test_an_odd_host_breaks_nothing(client: Any, host: bytes) -> None:
    """Not even where its text is used: in the address of a recording, or in what is not found."""
    head = b"\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n"

    unplayed = await answer_to(client.url, b"GET /rest/Nothing HTTP/1.1" + head)
    control = await answer_to(client.url, b"GET /_sandbox/v1/lanes HTTP/1.1" + head)
    rent = b"GET /api/register-service/?token=SANDBOX-TOKEN&serviceId=02.97 HTTP/1.1"
    await answer_to(client.url, rent + head)
    [rental] = (await client.control("GET", "/rentals")).json["rentals"]
    called = await client.control("POST", f"/rentals/{rental['id']}/call", {"code": "059809"})
    heard = await client.get("/api/", show="code", token="SANDBOX-TOKEN", ID=rental["id"])

    assert called.status == 200
    assert (heard.status, "http://" in heard.text.replace("\\/", "/")) == (200, True)
    assert unplayed.startswith(b"HTTP/1.1 404 ")
    assert control.split(b" ")[1] in (b"200", b"421", b"400")
    shown = await client.control("GET", "/requests")
    assert shown.status == 200


async def test_the_host_of_a_whole_address_counts_before_the_header(client: Any) -> None:
    """RFC 9112, 3.2.2."""
    head = b"GET http://first.test:1/rest/Nothing HTTP/1.1\r\nHost: second.test\r\nConnection: close\r\n\r\n"

    got = await answer_to(client.url, head)

    assert b"http://first.test:1/rest/Nothing" in got


class Slow:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.size = 10

    async def __call__(self, request: Received) -> Reply:
        if request.path == "/slow":
            self.begun.set()
            await asyncio.sleep(0)
            await self.go_on.wait()
        return Reply(b"x" * self.size)


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
async def serve(slow: Slow) -> AsyncIterator[Callable[..., Awaitable[Server]]]:
    running: list[Server] = []

    async def control(_: Any) -> Reply:
        return Reply(b"{}")

    async def begin(**more: Any) -> Server:
        server = Server(slow, control, body_most=1000, **more)
        await server.start([listen("127.0.0.1", 0)])
        running.append(server)
        return server

    yield begin
    slow.go_on.set()
    for server in running:
        await server.stop()


Serve = Callable[..., Awaitable[Server]]


async def test_a_client_that_sends_no_more_gets_its_answer(serve: Serve, slow: Slow) -> None:
    """`nc` closes its half of the connection behind its request; then the server closes the other one."""
    reader, writer = await connect((await serve()).url)
    writer.write(b"GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
    await slow.begun.wait()
    writer.write_eof()
    await asyncio.sleep(0)

    slow.go_on.set()
    got = await reader.read()

    writer.close()
    assert got.endswith(b"x" * 10)


@pytest.mark.parametrize("body", ["", "five!"])
@pytest.mark.parametrize("requests", [1, 3])
async def test_a_client_that_sends_no_more_from_the_beginning_gets_its_answers(
    serve: Serve, body: str, requests: int
) -> None:
    """`printf … | nc -N` sends all, and its end, before the server looks."""
    host, port = (await serve()).url.partition("//")[2].split(":")
    head = f"GET /hello HTTP/1.1\r\nHost: h\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection((host, int(port))) as plain:
        plain.sendall((head + body).encode() * requests)
        plain.shutdown(socket.SHUT_WR)
        reader, writer = await asyncio.open_connection(sock=plain)

        got = await reader.read()

        writer.close()
    assert got.count(b"x" * 10) == requests


async def test_a_client_that_closes_without_a_request_is_let_go(serve: Serve) -> None:
    reader, writer = await connect((await serve()).url)
    writer.write(HELLO[:10].encode())
    writer.write_eof()

    assert await reader.read() == b""
    writer.close()


async def test_a_client_that_does_not_read_is_given_up(
    serve: Serve, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answers would fill the memory."""
    monkeypatch.setattr(connections, "UNREAD", 0)
    slow.size = 8_000_000
    reader, writer = await connect((await serve()).url)
    reader._transport.pause_reading()  # type: ignore[attr-defined]  # a stream reads by itself

    async def ask_on() -> None:
        while True:
            writer.write(HELLO.encode())
            await writer.drain()
            await asyncio.sleep(0)

    with pytest.raises(ConnectionError):
        await ask_on()


async def test_an_idle_connection_is_closed(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one on which half a request came."""
    monkeypatch.setattr(connections, "IDLE", 0.01)
    url = (await serve()).url
    silent, half = await connect(url), await connect(url)
    half[1].write(HELLO[:20].encode())

    assert [await reader.read() for reader, _ in (silent, half)] == [b"", b""]
    for _, writer in (silent, half):
        writer.close()


async def test_a_stream_is_not_idle(slow: Slow) -> None:
    """Another one goes for one too many, though the stream is older."""

    async def pieces() -> AsyncGenerator[bytes, None]:
        yield b"begun"
        await slow.go_on.wait()
        yield b"ended"

    async def control(_: Any) -> Stream:
        return Stream(pieces(), "text/plain")

    server = Server(slow, control, body_most=1000, connections_most=2)
    await server.start([listen("127.0.0.1", 0)])
    stream = await connect(server.url)
    stream[1].write(b"GET /_sandbox/v1/stream HTTP/1.1\r\nHost: h\r\n\r\n")
    await stream[0].readuntil(b"begun")
    idle = await connect(server.url)

    newest = await connect(server.url)

    assert await idle[0].read() == b""
    slow.go_on.set()
    await stream[0].readuntil(b"ended")
    for _, writer in (stream, idle, newest):
        writer.close()
    await server.stop()


async def test_the_one_idle_longest_goes_for_one_too_many(serve: Serve, slow: Slow) -> None:
    """The one that waits for an answer stays."""
    url = (await serve(connections_most=2)).url
    waiting, idle = await connect(url), await connect(url)
    waiting[1].write(b"GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
    await slow.begun.wait()

    newest = await connect(url)

    assert await idle[0].read() == b""
    slow.go_on.set()
    newest[1].write(HELLO.encode())
    for reader, writer in (waiting, newest):
        assert (await reader.readuntil(b"x" * 10)).startswith(b"HTTP/1.1 200 OK")
        writer.close()
    idle[1].close()


@pytest.mark.parametrize("body", [b"", b"abcde"])
async def test_a_request_that_is_on_its_way_at_a_stop_is_answered(serve: Serve, body: bytes) -> None:
    """If the rest of it comes within the grace."""
    server = await serve()
    reader, writer = await connect(server.url)
    data = b"POST /hello HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    writer.write(data[:-3])
    await answer_to(server.url, closing(b"/hello"))  # by now the server has what was sent before

    stopping = asyncio.create_task(server.stop())
    await asyncio.sleep(0)
    writer.write(data[-3:])
    got = await reader.read()

    await stopping
    writer.close()
    assert got.startswith(b"HTTP/1.1 200 OK")


PLAYED = {
    "amoot": ("/rest/SendOTP", b'{"Message":"%s"}'),
    "esms": ("/MainService.svc/json/SendMultipleMessage_V4_post_json/", b"<h2>%s</h2>"),
    "thuesim": ("/api/register-service/", b"<h1>%s</h1>"),
}
TITLES = {
    408: {"esms": b"Request Timeout", "amoot": b"The request is invalid."},
    500: {
        "esms": b"Internal Server Error",
        "amoot": b"An error has occurred.",
        "thuesim": b"500 Internal Server Error",
    },
}


@pytest.mark.parametrize("provider", ["amoot", "esms"])  # thuesim takes no bodies
async def test_a_body_that_is_too_slow_is_answered_and_noted(start: Any, client: Any, provider: str) -> None:
    """408, in the words of the provider's server."""
    sandbox: Sandbox = await start()
    client.url = sandbox.server.url
    sandbox.server._body_time = 0
    path, body = PLAYED[provider]

    reader, writer = await connect(client.url)
    kind = "application/x-www-form-urlencoded" if provider == "amoot" else "application/json"
    writer.write(f"POST {path} HTTP/1.1\r\nHost: h\r\nContent-Type: {kind}\r\nContent-Length: 9\r\n\r\n12".encode())
    got = await reader.readuntil(body % TITLES[408][provider])

    writer.close()
    assert got.startswith(b"HTTP/1.1 408 ")
    (entry,) = (await client.control("GET", "/requests/unmatched")).json["requests"]
    assert (entry["provider"], entry["status"], entry["path"]) == (provider, 408, path)


@pytest.mark.parametrize("way", ["shortcut", "whole"])
@pytest.mark.parametrize("provider", PLAYED)
async def test_a_failure_here_is_answered_and_noted(
    start: Any, client: Any, monkeypatch: pytest.MonkeyPatch, provider: str, way: str
) -> None:
    """500, in the words of the provider's server, without what went wrong."""

    async def fail(*_: Any) -> Any:
        raise RuntimeError("a secret detail")

    sandbox: Sandbox = await start()
    client.url = sandbox.server.url
    monkeypatch.setattr("otp_sandbox.play.player.Player.play", fail)
    path, body = PLAYED[provider]
    method = b"POST" if provider == "esms" else b"GET"
    head = b"\r\nHost: h\r\nContent-Length: 0\r\n" + (b"Connection: close\r\n" if way == "whole" else b"")
    reader, writer = await connect(client.url)
    writer.write(method + b" " + path.encode() + b" HTTP/1.1" + head + b"\r\n")

    got = await reader.readuntil(body % TITLES[500][provider])

    writer.close()
    assert got.startswith(b"HTTP/1.1 500 ")
    assert b"a secret detail" not in got
    (entry,) = (await client.control("GET", "/requests/unmatched")).json["requests"]
    assert (entry["provider"], entry["status"]) == (provider, 500)


async def test_nobody_is_let_in_while_it_stops(serve: Serve, slow: Slow) -> None:
    """What is on its way is answered; a client that is new goes to another server at once."""
    server = await serve()
    reader, writer = await connect(server.url)
    writer.write(b"GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
    await slow.begun.wait()

    stopping = asyncio.create_task(server.stop())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    with pytest.raises(ConnectionError):
        await connect(server.url)
    slow.go_on.set()

    assert (await reader.readuntil(b"x" * 10)).startswith(b"HTTP/1.1 200 OK")
    await stopping
    writer.close()


async def test_what_the_parser_refuses_is_noted_by_a_store_that_waits(start: Any, client: Any) -> None:
    """The answer is the same: it does not wait for the note."""
    sandbox: Sandbox = await start(store=PausingStore())
    client.url = sandbox.server.url

    got = await answer_to(client.url, BROKEN["no header"])

    assert b'{"Message":"The request is invalid."}' in got
    (entry,) = (await client.control("GET", "/requests/unmatched")).json["requests"]
    assert (entry["provider"], entry["status"]) == ("amoot", 400)
