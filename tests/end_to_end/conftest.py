"""What the tests over real sockets share: raw requests, the journal, and a log that must stay quiet."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from equipment.pausing import PausingStore
from equipment.stores import StrictSqliteStore, file_coding
from equipment.strict import StrictStore
from otp_sandbox.app import Sandbox
from otp_sandbox.domain.store import Store


@dataclass(slots=True)
class RawAnswer:
    """An answer as it came over the socket."""

    status: int
    head: str
    body: bytes


class Wire:
    """Sends bytes that no HTTP client would send, one connection a request."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host, self.port = str(parts.hostname), int(parts.port or 80)

    async def send(self, data: bytes) -> bytes:
        """Send bytes and read until the server closes the connection."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(data)
            await writer.drain()
            return await asyncio.wait_for(reader.read(), 10)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def request(
        self, line: bytes, headers: Sequence[bytes] = (), body: bytes | None = None, host: bytes = b"127.0.0.1"
    ) -> RawAnswer:
        """Send a request line with Host, `Connection: close` and the right length; give the parts of the answer."""
        head = [line + b" HTTP/1.1", b"Host: " + host, b"Connection: close", *headers]
        if body is not None:
            head.append(b"Content-Length: " + str(len(body)).encode())
        return parsed(await self.send(b"\r\n".join(head) + b"\r\n\r\n" + (body or b"")))


def parsed(data: bytes) -> RawAnswer:
    """Split an answer; interim ones (100 Continue) are skipped."""
    head, _, body = data.partition(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    return parsed(body) if status < 200 else RawAnswer(status, head.decode("latin-1"), body)


def _in_file(folder: Path) -> Store:
    return StrictSqliteStore(folder / "lanes.sqlite", file_coding(), sync=timedelta(0))


@pytest.fixture(
    params=[lambda _: StrictStore(), lambda _: PausingStore(), _in_file], ids=["at once", "with pauses", "in a file"]
)
async def over_any_store(
    request: pytest.FixtureRequest, start: Callable[..., Awaitable[Sandbox]], tmp_path: Path
) -> Sandbox:
    """A sandbox over a store that answers at once, one that has to wait, and one whose answers wait for a file."""
    return await start(store=request.param(tmp_path))


@pytest.fixture
def wire(sandbox: Sandbox) -> Wire:
    """Raw sockets to the sandbox."""
    return Wire(sandbox.server.url)


@pytest.fixture
async def journal(client: Any) -> Callable[[], Awaitable[list[dict[str, Any]]]]:
    """Reads the requests that the default lane noted."""

    async def read() -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = (await client.control("GET", "/requests")).json["requests"]
        return entries

    return read


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Holds a test to leaving no traceback and no error in the log."""
    # As `serve` does: what is no HTTP is answered with a bare 400, and its traceback helps nobody.
    caplog.set_level(logging.CRITICAL, "aiohttp.server")
    yield
    loud = [each for each in caplog.get_records("call") if each.exc_info or each.levelname in ("ERROR", "CRITICAL")]
    assert loud == []
