"""Makes aiohttp's responses of answers, the same way for providers and control API."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TypeAlias

from aiohttp import web

from otp_sandbox.contract import Reply

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
    headers = {"Content-Type": reply.content_type} if reply.body else {}
    if reply.headers:
        headers.update(reply.headers)
    return web.Response(body=reply.body, status=reply.status, headers=headers)


async def send_stream(request: web.BaseRequest, stream: Stream) -> web.StreamResponse:
    """Send a stream, chunked; HEAD gets its headers alone. One that fails ends without its last chunk."""
    sent = web.StreamResponse(status=stream.status, headers={**stream.headers, "Content-Type": stream.content_type})
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
