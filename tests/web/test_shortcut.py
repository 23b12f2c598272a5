"""What is answered where it is parsed is answered as aiohttp would answer it; what has to wait goes aiohttp's way."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from otp_sandbox.contract import Reply
from otp_sandbox.web import connections
from otp_sandbox.web.listeners import listen
from otp_sandbox.web.received import Received, ReceivedWhole
from otp_sandbox.web.server import Server
from otp_sandbox.web.shortcut import take_shortcut

START = Callable[..., Awaitable[Server]]
REPLIES = {
    "/plain": Reply(b'{"a":1}'),
    "/page": Reply("<p>không</p>".encode(), "text/html; charset=UTF-8", 404),
    "/allow": Reply(b"{}", status=405, headers={"Allow": "GET, POST"}),
    "/empty": Reply(b"", status=204),
    "/odd": Reply(b"x" * 70_000, "audio/wav", 599 - 99),
}
REQUESTS = {
    **{path: f"GET {path} HTTP/1.1\r\nHost: h\r\n\r\n" for path in REPLIES},
    "query": "GET /plain?a=%20b&c HTTP/1.1\r\nHost: h\r\n\r\n",
    "no host": "GET /plain HTTP/1.1\r\n\r\n",
    "whole address": "GET http://rest.esms.vn/plain?x=1 HTTP/1.1\r\nHost: h\r\n\r\n",
    "fragment": "GET /plain#more HTTP/1.1\r\nHost: h\r\n\r\n",
    "head": "HEAD /plain HTTP/1.1\r\nHost: h\r\n\r\n",
    "closing": "GET /plain HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
    "old": "GET /plain HTTP/1.0\r\n\r\n",
    "body": "POST /plain HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}",
    "empty body": "POST /plain HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
    "delete": "DELETE /plain HTTP/1.1\r\nHost: h\r\n\r\n",
    "upgrade": "GET /plain HTTP/1.1\r\nHost: h\r\nConnection: close, Upgrade\r\nUpgrade: h2c\r\n\r\n",
    "fails": "GET /fails HTTP/1.1\r\nHost: h\r\n\r\n",
    "waits": "GET /waits HTTP/1.1\r\nHost: h\r\n\r\n",
    "waits and fails": "GET /waits-fails HTTP/1.1\r\nHost: h\r\n\r\n",
    "two": "GET /plain HTTP/1.1\r\nHost: h\r\n\r\n" + "GET /page HTTP/1.1\r\nHost: h\r\n\r\n",
    "slow first": "GET /waits HTTP/1.1\r\nHost: h\r\n\r\n" + "GET /page HTTP/1.1\r\nHost: h\r\n\r\n",
    "body between": "GET /plain HTTP/1.1\r\nHost: h\r\n\r\n"
    "POST /plain HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}"
    "GET /page HTTP/1.1\r\nHost: h\r\n\r\n",
}
LAST = "GET /plain?last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"


class Provider:
    """Answers by the path, and notes which way a request came."""

    def __init__(self) -> None:
        self.came: list[type[Received]] = []
        self.requests: list[Received] = []
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()
        self.times = 0
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def __call__(self, request: Received) -> Reply:
        self.came.append(type(request))
        self.requests.append(request)
        if request.path.startswith("/waits"):
            self.times += 1
            self.begun.set()
            await asyncio.sleep(0)
            await self.go_on.wait()
            self.ended.set()
        if request.path.endswith("fails"):
            raise RuntimeError("a secret detail")
        if request.has_body:
            return Reply(await request.body())
        return REPLIES.get(request.path, REPLIES["/plain"])


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
async def start(provider: Provider) -> AsyncIterator[START]:
    """Start servers, with the shortcut or without it."""
    running: list[Server] = []

    async def control(_: Any) -> Reply:
        return Reply(b"control")

    async def begin() -> Server:
        server = Server(provider, control, body_most=1000)
        await server.start([listen("127.0.0.1", 0)])
        running.append(server)
        return server

    yield begin
    for server in running:
        await server.stop()


async def answers(server: Server, text: str) -> bytes:
    """Send all at once on one connection, and give what comes back, but for the date."""
    host, port = server.url.partition("//")[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    await asyncio.sleep(0)
    writer.write(text.encode())
    got = await reader.read()
    writer.close()
    return re.sub(rb"\r\nDate: [^\r]+", b"", got)


@pytest.mark.parametrize("name", REQUESTS)
async def test_the_bytes_are_those_of_the_other_way(start: START, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Headers, their order and spelling included."""
    text = REQUESTS[name] + ("" if name in ("closing", "old", "upgrade") else LAST)
    short = await answers(await start(), text)
    monkeypatch.setattr(connections, "take_shortcut", lambda *_: False)

    assert short == await answers(await start(), text)
    assert short.startswith(b"HTTP/1.")


async def test_a_plain_request_takes_the_shortcut(start: START, provider: Provider) -> None:
    """And one that closes the connection, or has a body, does not."""
    await answers(await start(), REQUESTS["/plain"] + REQUESTS["body"] + LAST)

    assert provider.came == [Received, ReceivedWhole, ReceivedWhole]


async def test_what_waits_is_begun_once(start: START, provider: Provider) -> None:
    """Aiohttp goes on with what was begun; nothing is done twice."""
    got = await answers(await start(), REQUESTS["waits"] + LAST)

    assert provider.times == 1
    assert got.count(b'{"a":1}') == 2


async def test_what_was_begun_ends_without_its_client(start: START, provider: Provider) -> None:
    """It may be deciding: half a decision helps nobody."""
    provider.go_on.clear()
    server = await start()
    host, port = server.url.partition("//")[2].split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(REQUESTS["waits"].encode())
    await provider.begun.wait()
    writer.close()
    await writer.wait_closed()

    provider.go_on.set()
    await provider.ended.wait()

    assert provider.times == 1


@pytest.mark.parametrize("lacking", ["_parser", "_waiter", "_messages", "_paused", "_next_keepalive_close_time"])
def test_another_aiohttp_is_left_as_it_is(lacking: str) -> None:
    """Where one of the parts is not there, nothing is changed."""
    parser = SimpleNamespace(feed_data=lambda _: ([], False, b""))
    parts: dict[str, Any] = dict.fromkeys(
        ("_waiter", "_messages", "_paused", "_next_keepalive_close_time", "_loop", "keepalive_timeout")
    )
    parts["_parser"] = parser
    whole, part = SimpleNamespace(**parts), SimpleNamespace(**parts)
    delattr(part, lacking)

    taken = take_shortcut(whole, lambda _: None, lambda *_: None)
    refused = take_shortcut(part, lambda _: None, lambda *_: None)

    assert (taken, refused) == (True, False)
    assert whole._parser is not parser
    assert getattr(part, "_parser", parser) is parser


async def test_the_aiohttp_of_these_tests_is_made_as_expected(start: START, provider: Provider) -> None:
    """Else every request would go the longer way, and nobody would notice."""
    await answers(await start(), REQUESTS["/plain"] + LAST)

    assert provider.came[0] is Received


async def in_pieces(server: Server, pieces: list[str]) -> bytes:
    """Send one piece after another, each when the last one is with the server; then nothing more."""
    host, port = server.url.partition("//")[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    for piece in pieces:
        writer.write(piece.encode())
        await writer.drain()
        for _ in range(3):
            await asyncio.sleep(0)
    if not "".join(pieces).endswith(LAST):
        writer.write_eof()
    got = await reader.read()
    writer.close()
    return re.sub(rb"\r\nDate: [^\r]+", b"", got)


AGAIN = "GET /plain?{} HTTP/1.1\r\nHost: h\r\nX: 1\r\n\r\n"


async def test_headers_that_come_again_are_those_that_were_parsed(start: START, provider: Provider) -> None:
    """The target is another one each time; other headers are parsed anew."""
    other = AGAIN.replace("X: 1", "X: 2")

    got = await in_pieces(await start(), [AGAIN.format(1), AGAIN.format(2), other.format(3), other.format(4), LAST])

    assert got.count(b'{"a":1}') == 5
    assert [each.query for each in provider.requests] == ["1", "2", "3", "4", "last"]
    assert [each.headers.get("X") for each in provider.requests] == ["1", "1", "2", "2", None]


@pytest.mark.parametrize(
    "line",
    [
        "GET /plain?2 HTTP/1.1",
        "GET //plain?2 HTTP/1.1",
        "GET //plain/2 HTTP/1.1",
        "GET /plain?a b HTTP/1.1",
        "GET /plain?2#3 HTTP/1.1",
        "GET /plain?\t HTTP/1.1",
        "GET /plain?\x7f HTTP/1.1",
        "GET /plain?mã HTTP/1.1",
        "GET plain HTTP/1.1",
        "GET  HTTP/1.1",
        "get /plain HTTP/1.1",
        "GET /plain HTTP/1.0",
        "GET /plain HTTP/1.1 ",
        "GET /plain HTTP/11.1",
        *(
            pytest.param(f"GET /plain?{'x' * length} HTTP/1.1", id=f"{length} bytes")
            for length in (4077, 4078, 24_000, 25_000)
        ),
    ],
)
async def test_known_headers_behind_an_odd_line_mean_what_they_mean_behind_a_first(
    start: START, provider: Provider, line: str
) -> None:
    """They are known after a GET only: after a body the same bytes are read in whole."""
    odd = AGAIN.format(2).replace("GET /plain?2 HTTP/1.1", line)
    told, asked = [], []
    for first in (AGAIN.format(1), REQUESTS["body"]):
        provider.requests = []
        told.append((await in_pieces(await start(), [first, odd])).split(b"HTTP/1.1 ")[2:])
        asked.append([(each.path, each.query) for each in provider.requests[1:]])

    assert told[0] == told[1]
    assert asked[0] == asked[1]


@pytest.mark.parametrize("seed", range(40))
async def test_any_row_of_requests_is_answered_as_the_other_way(
    start: START, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """In pieces of any size: cut within a line, a header or a body, several in one."""
    random = Random(seed)
    refused = ("closing", "old", "upgrade", "waits and fails", "fails", "no host")
    plain = [name for name in REQUESTS if name not in refused]
    text = "".join(random.choice([AGAIN.format(seed), REQUESTS[random.choice(plain)]]) for _ in range(8)) + LAST
    cuts = sorted(random.sample(range(1, len(text)), random.randint(0, 12)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    short = await in_pieces(await start(), pieces)
    monkeypatch.setattr(connections, "take_shortcut", lambda *_: False)

    assert short == await in_pieces(await start(), pieces)
    assert short.count(b"HTTP/1.1 ") >= 9
