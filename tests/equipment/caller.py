"""A client for many small calls: one connection that stays open, and no more than the server's own answers need."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import orjson


class Told(NamedTuple):
    """An answer: the status, and the body as JSON values; None if it is empty."""

    status: int
    json: Any


class Caller:
    """Makes one call after another over one connection.

    Args:
        url: where the sandbox is.
    """

    def __init__(self, url: str) -> None:
        """Connect with the first call."""
        parts = urlsplit(url)
        self._host, self._port = parts.hostname, parts.port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, **fields: object) -> Any:
        """Call a provider; gives the values of its answer."""
        return (await self.send("GET", f"{path}?{urlencode(fields)}")).json

    async def send(self, method: str, target: str, body: Any = None) -> Told:
        """Send a request to any path; a body is sent as JSON."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        data = b"" if body is None else orjson.dumps(body)
        about = f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n" if data else ""
        writer.write(f"{method} {target} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n{about}\r\n".encode() + data)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        _, _, length = head.partition("content-length:")
        found = await reader.readexactly(int(length.partition("\r\n")[0] or 0))
        return Told(int(head.split(" ", 2)[1]), orjson.loads(found) if found else None)

    async def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            writer = self._streams[1]
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
