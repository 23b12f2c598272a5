"""What a client put on the wire: a relay in front of the sandbox notes it, and changes nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

_heads: Final = re.compile(rb"(GET|POST) ([^\r\n]*) (HTTP/1\.[01])\r\n((?:[^\r\n]+\r\n)*)\r\n")


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came; names of headers are in small letters, a chunked body has its chunks."""

    method: bytes
    target: bytes
    version: bytes
    headers: Mapping[bytes, bytes]
    body: bytes

    @property
    def path(self) -> bytes:
        """The target before its query."""
        return self.target.partition(b"?")[0]

    def says(self, header: bytes, value: bytes) -> bool:
        """Whether a header holds a value, in any case."""
        return value.lower() in self.headers.get(header, b"").lower()

    def holds(self, *texts: bytes) -> bool:
        """Whether target or body hold one of these."""
        return any(text in self.target or text in self.body for text in texts)

    def matches(self, pattern: bytes) -> bool:
        """Whether the pattern is found in the body."""
        return re.search(pattern, self.body) is not None


def requests_in(sent: bytes) -> Iterator[Request]:
    """Find the requests in what clients sent one after the other."""
    heads = list(_heads.finditer(sent))
    ends = [each.start() for each in heads[1:]] + [len(sent)]
    for head, end in zip(heads, ends, strict=True):
        lines = (line.partition(b":") for line in head[4].splitlines())
        headers = {name.strip().lower(): value.strip() for name, _, value in lines}
        yield Request(head[1], head[2], head[3], headers, sent[head.end() : end])


class Relay:
    """Hands everything on, and keeps what clients sent."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._sent = bytearray()
        self._open: set[asyncio.Task[Any]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.url = ""

    @property
    def requests(self) -> list[Request]:
        """What was sent so far."""
        return list(requests_in(bytes(self._sent)))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hand on one connection."""
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        there, back = await asyncio.open_connection(*self._to)
        self._writers |= {back, writer}
        await asyncio.gather(self._hand_on(reader, back, note=True), self._hand_on(there, writer, note=False))
        self._writers -= {back, writer}
        back.close()
        writer.close()

    async def close(self) -> None:
        """End the connections that clients have left open."""
        for each in self._writers:
            each.close()
        await asyncio.gather(*self._open)

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, note: bool) -> None:
        with suppress(OSError):
            while piece := await reader.read(65536):
                if note:
                    self._sent += piece
                writer.write(piece)
                await writer.drain()
            writer.write_eof()


@asynccontextmanager
async def relay_to(host: str, port: int) -> AsyncIterator[Relay]:
    """Run a relay on a free port."""
    relay = Relay(host, port)
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    relay.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield relay
    finally:
        server.close()
        await relay.close()
