"""Takes the callbacks of the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class _Receiver(asyncio.Protocol):
    """Answers every request the same, and closes.

    Args:
        open_ones: the connections that are open.
    """

    def __init__(self, open_ones: set[asyncio.Transport]) -> None:
        self._open = open_ones
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  (a TCP server has no other)
        self._transport = transport
        self._open.add(transport)

    def data_received(self, data: bytes) -> None:
        del data  # its beginning is enough to answer
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(ANSWER)
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc  # it will call again
        if self._transport is not None:
            self._open.discard(self._transport)


@asynccontextmanager
async def receiver() -> AsyncIterator[str]:
    """Listen on a free port until the block ends; give the address."""
    open_ones: set[asyncio.Transport] = set()
    server = await asyncio.get_running_loop().create_server(lambda: _Receiver(open_ones), "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/callback"
        for transport in list(open_ones):
            transport.abort()
        await asyncio.sleep(0)  # they are closed in the next round of the loop
