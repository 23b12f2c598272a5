"""Answers that are no JSON values: pages, files, and streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from otp_sandbox.contract import Reply
from otp_sandbox.settings import Settings
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest
from otp_sandbox.web.control.openapi import document
from otp_sandbox.web.problems import Problem
from otp_sandbox.web.responses import Stream

PREFIX = "/_sandbox/v1"


class Ticks:
    """Endpoints of a test, and what became of their streams."""

    def __init__(self) -> None:
        self.more = asyncio.Event()
        self.ended = asyncio.Event()
        self.pieces = 0

    async def _pieces(self, end: str) -> AsyncIterator[bytes]:
        try:
            for number in range(2):
                self.pieces += 1
                yield f"tick {number}\n".encode()
            if end == "never":
                await self.more.wait()
            if end == "failure":
                raise RuntimeError("secret detail")
        finally:
            self.ended.set()

    async def _stream(self, request: ControlRequest) -> Stream:
        if request.path["end"] == "refused":
            raise Problem(404, "no such end")
        return Stream(self._pieces(request.path["end"]), "text/event-stream", headers={"Cache-Control": "no-store"})

    async def _page(self, request: ControlRequest) -> Reply:
        return Reply(f"<h1>{request.lane.id}</h1>".encode(), "text/html; charset=utf-8")

    @property
    def endpoints(self) -> list[ControlEndpoint]:
        """A page and streams that end in several ways."""
        return [
            ControlEndpoint("GET", "/page", "A page", self._page, str, content_type="text/html"),
            ControlEndpoint(
                "GET", "/ticks/{end}", "Ticks", self._stream, str, content_type="text/event-stream", problems=(404,)
            ),
        ]


@pytest.fixture
async def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
async def ticking(start: Callable[..., Awaitable[Any]], client: Any, ticks: Ticks) -> Any:
    """A sandbox with the endpoints of this test, which the client speaks to."""
    sandbox = await start(Settings(), more_control=ticks.endpoints)
    client.url = sandbox.server.url
    return sandbox


async def _open(sandbox: Any, end: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Ask for a stream and read it up to its second piece."""
    host, port = sandbox.server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {PREFIX}/ticks/{end} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    await reader.readuntil(b"tick 1\n\r\n")
    return reader, writer


@pytest.mark.usefixtures("ticking")
@pytest.mark.parametrize(("prefix", "lane"), [("", "default"), ("/lanes/default", "default")])
async def test_a_page_goes_out_as_it_is(client: Any, prefix: str, lane: str) -> None:
    answer = await client.control("GET", f"{prefix}/page")

    assert answer.text == f"<h1>{lane}</h1>"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.usefixtures("ticking")
async def test_a_stream_goes_out_in_chunks(client: Any, ticks: Ticks) -> None:
    answer = await client.control("GET", "/ticks/soon")

    assert answer.text == "tick 0\ntick 1\n"
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert ticks.ended.is_set()


@pytest.mark.usefixtures("ticking")
@pytest.mark.parametrize("path", ["/page", "/ticks/never", "/info"])
async def test_what_can_be_got_has_a_head(client: Any, ticks: Ticks, path: str) -> None:
    """A stream does not begin for it."""
    answer = await client.control("HEAD", path)

    assert answer.status == 200
    assert answer.text == ""
    assert answer.headers["Content-Type"]
    assert ticks.pieces == 0


@pytest.mark.usefixtures("ticking")
async def test_a_stream_may_be_refused_before_it_begins(client: Any) -> None:
    answer = await client.control("GET", "/ticks/refused")

    assert answer.status == 404
    assert answer.json["detail"] == "no such end"


async def test_a_stream_ends_with_its_client(ticking: Any, ticks: Ticks) -> None:
    """At once, though nothing would have been sent for a long time."""
    _, writer = await _open(ticking, "never")

    writer.close()
    await writer.wait_closed()

    await asyncio.wait_for(ticks.ended.wait(), 10)


async def test_a_stream_is_cut_when_the_server_stops(ticking: Any, ticks: Ticks) -> None:
    """And its client can tell that it did not end by itself: the last chunk is missing."""
    reader, writer = await _open(ticking, "never")

    await ticking.server.stop()
    rest = await reader.read()

    assert ticks.ended.is_set()
    assert rest == b""
    writer.close()


async def test_a_stream_that_fails_is_no_whole_answer(
    ticking: Any, ticks: Ticks, caplog: pytest.LogCaptureFixture
) -> None:
    """The log tells why; the client sees the connection end without the last chunk."""
    reader, writer = await _open(ticking, "failure")

    rest = await reader.read()

    assert ticks.ended.is_set()
    assert rest == b""
    assert "secret detail" in caplog.text
    writer.close()


async def test_pages_and_streams_are_described_with_their_content_types(ticks: Ticks) -> None:
    paths = document(ticks.endpoints)["paths"]

    content = {path: each["get"]["responses"]["200"]["content"] for path, each in paths.items() if PREFIX in path}
    text = {"schema": {"type": "string"}}
    assert content == {
        f"{PREFIX}{lane}{path}": {kind: text}
        for lane in ("", "/lanes/{lane}")
        for path, kind in (("/page", "text/html"), ("/ticks/{end}", "text/event-stream"))
    }
