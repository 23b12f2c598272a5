"""Makes aiohttp's responses of answers, the same way for providers and control API."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from time import time
from typing import Final, TypeAlias

from aiohttp import web

from otp_sandbox.contract import Reply

OWN: Final = Reply(b"").server
_LOG = logging.getLogger("otp_sandbox")


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer that comes piece by piece; it is closed when its client is gone."""

    pieces: AsyncGenerator[bytes, None]
    content_type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Answer: TypeAlias = Reply | Stream


def response(reply: Reply) -> web.Response:
    """Make the response; an answer without a body has no content type of its own."""
    headers = {"Content-Type": reply.content_type, "Server": reply.server} if reply.body else {"Server": reply.server}
    if reply.headers:
        headers.update(reply.headers)
    return web.Response(body=reply.body, status=reply.status, headers=headers)


def encode_reply(reply: Reply) -> bytes:
    """Write an answer as it goes over a connection of HTTP/1.1 that stays open, as aiohttp writes it."""
    body, kind = reply.body, reply.content_type
    if reply.status == _OK and body and not reply.headers:
        head = _HEADS.get(kind)
        if head is None:
            head = _HEADS[kind] = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: ".encode()
        return b"%b%d%b%b" % (head, len(body), _tail(reply.server), body)
    headers = {"Content-Type": kind} if body else {}
    headers.update(reply.headers)
    if reply.status not in _WITHOUT_BODY:
        headers["Content-Length"] = str(len(body))
    lines = "".join(f"\r\n{name}: {value}" for name, value in headers.items())
    return f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}{lines}".encode() + _tail(reply.server) + body


_OK: Final = 200
_WITHOUT_BODY: Final = (204, 304)
_HEADS: Final[dict[str, bytes]] = {}


class _Tail:
    """The headers that every answer ends with; the date changes once a second."""

    __slots__ = ("_second", "_texts")

    def __init__(self) -> None:
        self._second = -1
        self._texts: dict[str, bytes] = {}

    def __call__(self, server: str) -> bytes:
        second = int(time())
        if second != self._second:
            self._second = second
            self._texts.clear()
        text = self._texts.get(server)
        if text is None:
            text = f"\r\nServer: {server}\r\nDate: {formatdate(second, usegmt=True)}\r\n\r\n".encode()
            self._texts[server] = text
        return text


_tail: Final = _Tail()


async def send_stream(request: web.BaseRequest, stream: Stream) -> web.StreamResponse:
    """Send a stream, chunked; HEAD gets its headers alone. One that fails ends without its last chunk."""
    sent = web.StreamResponse(status=stream.status, headers={**stream.headers, "Content-Type": stream.content_type, "Server": OWN})
    async with aclosing(stream.pieces) as pieces:
        try:
            await sent.prepare(request)
            if request.method != "HEAD":
                async for piece in pieces:
                    await sent.write(piece)
            await sent.write_eof()
        except Exception as error:  # noqa: BLE001  (the headers are out: only the connection can tell that this is not all)
            if not isinstance(error, ConnectionError):  # the client is gone
                _LOG.exception("a stream failed")
            if request.transport is not None:
                request.transport.close()
    return sent
