"""How requests leave: a transport sends one, and transports can be put around each other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

import aiohttp
import orjson
from yarl import URL

from otp_conformance.stops import CouldNotRun
from otp_specs import Operation

TIMEOUT = aiohttp.ClientTimeout(total=30)
COSTLY_ROLES = ("send", "rent")
"""Roles of operations whose success costs money."""
BOUNDED_ROLES = (*COSTLY_ROLES, "change")
"""Roles of what is bounded at a real provider: it costs money, or changes something that nobody takes back."""


@dataclass(frozen=True, slots=True)
class Request:
    """A call of an operation, as it goes out. `costs` says whether a success of it costs money."""

    provider: str
    operation: Operation
    method: str
    url: str
    headers: Mapping[str, str]
    body: str
    costs: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, with the request as it went out at last."""

    request: Request
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body as values, or None if it is not JSON."""
        try:
            return orjson.loads(self.text)
        except orjson.JSONDecodeError:
            return None


class Transport(Protocol):
    """Sends requests."""

    async def send(self, request: Request) -> Reply:
        """Send a request.

        Raises:
            CouldNotRun: nobody answers, or nothing may be sent any more.
            NotApplicable: this request may not be sent.
        """
        ...


class HttpTransport:
    """Sends over HTTP, as it is. Connections are made when they are first needed."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The connections."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=100)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    async def close(self) -> None:
        """Cut the connections."""
        if self._session is not None:
            await self._session.close()

    async def send(self, request: Request) -> Reply:
        """Send a request, and read the whole answer."""
        try:
            async with self.session.request(
                request.method,
                URL(request.url, encoded=True),
                headers=dict(request.headers),
                data=request.body.encode() if request.body else None,
                allow_redirects=False,
                skip_auto_headers=() if request.body else ("Content-Type",),
            ) as answer:
                text = (await answer.read()).decode("utf-8", "replace")
                return Reply(request, answer.status, answer.headers, text)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise no_answer(request.url, error) from error


class PacedTransport:
    """Keeps the rate of all requests, and a time between two that cost money.

    Args:
        inner: what sends.
        rate: requests a second at most; 0 knows no limit.
        interval: gives the seconds since the last costly request that one has to wait for.
    """

    def __init__(self, inner: Transport, rate: int, interval: Callable[[Request], float]) -> None:
        self._inner = inner
        self._rate = rate
        self._interval = interval
        self._last = 0.0
        self.slot = 0.0

    async def send(self, request: Request) -> Reply:
        """Wait until a request may be sent, and send it."""
        if self._rate:
            slot = max(time.monotonic(), self.slot)
            self.slot = slot + 1 / self._rate
            await asyncio.sleep(slot - time.monotonic())
        interval = self._interval(request) if request.costs else 0.0
        if interval:
            left = self._last + interval - time.monotonic()
            if left > 0:
                await asyncio.sleep(left)
            self._last = time.monotonic()
        return await self._inner.send(request)


def no_answer(url: str, error: Exception) -> CouldNotRun:
    """Say that nobody answers at an address."""
    parts = urlsplit(url)
    return CouldNotRun(f"{parts.scheme}://{parts.netloc} does not answer: {str(error) or type(error).__name__}")
