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
from otp_sandbox.domain.store_errors import StoreTrouble

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
    return web.Response(body=reply.body, status=reply.status, headers=headers_of(reply))


def encode_reply(reply: Reply) -> bytes:
    """Write an answer as it goes over a connection of HTTP/1.1 that stays open, as aiohttp writes it."""
    body, kind = reply.body, reply.content_type
    if reply.status == _OK and body and not reply.headers:
        made = (kind, reply.server)
        head = _HEADS.get(made)
        if head is None:
            head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nServer: {reply.server}\r\nContent-Length: ".encode()
            _HEADS[made] = head
        return b"%b%d%b%b" % (head, len(body), _date(), body)
    headers = headers_of(reply)
    if reply.status not in _WITHOUT_BODY:
        headers["Content-Length"] = str(len(body))
    lines = "".join(f"\r\n{name}: {value}" for name, value in headers.items())
    return f"HTTP/1.1 {reply.status} {_PHRASES.get(reply.status, '')}{lines}".encode() + _date() + body


def headers_of(reply: Reply) -> dict[str, str]:
    """Give the headers of an answer, without its length and the date."""
    headers = {"Content-Type": reply.content_type} if reply.body else {}
    headers["Server"] = reply.server
    headers.update(reply.headers)
    return headers


_OK: Final = 200
_PHRASES: Final = {each.value: each.phrase for each in HTTPStatus}
"""A fault may ask for a status that has no name."""
_WITHOUT_BODY: Final = (204, 304)
_HEADS: Final[dict[tuple[str, str], bytes]] = {}


class _Date:
    """The header that every answer ends with; it changes once a second."""

    __slots__ = ("_second", "_text")

    def __init__(self) -> None:
        self._second = -1
        self._text = b""

    def __call__(self) -> bytes:
        second = int(time())
        if second != self._second:
            self._second = second
            self._text = f"\r\nDate: {formatdate(second, usegmt=True)}\r\n\r\n".encode()
        return self._text


_date: Final = _Date()


async def send_stream(request: web.BaseRequest, stream: Stream) -> web.StreamResponse:
    """Send a stream, chunked; HEAD gets its headers alone. One that fails ends without its last chunk."""
    sent = web.StreamResponse(
        status=stream.status, headers={**stream.headers, "Content-Type": stream.content_type, "Server": OWN}
    )
    async with aclosing(stream.pieces) as pieces:
        try:
            await sent.prepare(request)
            if request.method != "HEAD":
                async for piece in pieces:
                    await sent.write(piece)
            await sent.write_eof()
        except Exception as error:  # noqa: BLE001  (the headers are out: only the connection can tell that this is not all)
            if not isinstance(error, ConnectionError | StoreTrouble):  # the client is gone; the store has told it
                _LOG.exception("a stream failed")
            if request.transport is not None:
                request.transport.close()
    return sent
