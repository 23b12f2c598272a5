"""A small HTTP client that can also do what a good client never does: stop in the middle."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 60
CUT = (ConnectionError, asyncio.IncompleteReadError)


@dataclass(slots=True)
class Wire:
    """One connection that is kept alive and opened again when it was closed.

    Args:
        port: where the server listens.
        callback_url: where it may call back.
    """

    port: int
    callback_url: str = ""
    requests: int = field(default=0, init=False)
    _reader: asyncio.StreamReader | None = field(default=None, init=False)
    _writer: asyncio.StreamWriter | None = field(default=None, init=False)

    async def ask(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> tuple[int, bytes]:
        """Ask and give status and body of the answer. A connection that was closed meanwhile is tried anew, once."""
        self.requests += 1
        sent = spelled(method, path, body, kind)
        async with asyncio.timeout(PATIENCE):
            try:
                return await self._exchange(sent)
            except CUT:
                self.close()
                return await self._exchange(sent)

    async def control(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Ask the control API; give status and JSON."""
        sent = b"" if body is None else json.dumps(body).encode()
        status, content = await self.ask(method, f"/_sandbox/v1{path}", sent)
        return status, json.loads(content) if content else None

    async def only_send(self, content: bytes, pause: float = 0) -> None:
        """Send bytes over a connection of their own, and go away without reading."""
        self.requests += 1
        _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(content)
            await writer.drain()
            await asyncio.sleep(pause)
        except ConnectionError:
            pass  # the server was faster, as it may be
        finally:
            writer.transport.abort()

    def close(self) -> None:
        """Go away."""
        if self._writer is not None:
            self._writer.transport.abort()
        self._reader = self._writer = None

    async def _exchange(self, sent: bytes) -> tuple[int, bytes]:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._writer.write(sent)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status = int(head.split(" ", 2)[1])
        headers = _headers(head)
        body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection", "").lower() == "close":
            self.close()
        return status, body


def spelled(method: str, path: str, body: bytes = b"", kind: str = "application/json") -> bytes:
    """Spell a request."""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if body or method in {"POST", "PUT", "PATCH"}:
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def _headers(head: str) -> Mapping[str, str]:
    pairs = (line.partition(":") for line in head.split("\r\n")[1:] if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
