"""How requests leave: a transport sends one, and transports can be put around each other."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

import aiohttp
import orjson
from yarl import URL

from otp_conformance.stops import NoAnswer
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
        return _values(self.text)


class Transport(Protocol):
    """Sends requests."""

    async def send(self, request: Request) -> Reply:
        """Send a request.

        Raises:
            NoAnswer: nobody answers.
            CouldNotRun: nothing may be sent any more.
            NotApplicable: this request may not be sent.
        """
        ...


class HttpTransport:
    """Sends over HTTP, as it is. Connections are made when they are first needed.

    Args:
        ca: a file with the certificates that are trusted; without one, those that the system trusts.
    """

    def __init__(self, ca: str = "") -> None:
        self._ca = ca
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The connections."""
        if self._session is None:
            trusted = ssl.create_default_context(cafile=self._ca) if self._ca else True
            connector = aiohttp.TCPConnector(limit=100, ssl=trusted)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    async def close(self) -> None:
        """Cut the connections."""
        if self._session is not None:
            await self._session.close()

    async def look(self, url: str) -> None:
        """See whether somebody answers at an address, whatever it is.

        Raises:
            NoAnswer: nobody does.
        """
        await self._ask("GET", url)

    async def fetch(self, method: str, url: str, **more: Any) -> tuple[int, Any]:
        """Make a request, and give the status and the values of the body; None, if it is no JSON.

        Raises:
            NoAnswer: nobody answers.
        """
        reply = await self._ask(method, url, **more)
        return reply[0], _values(reply[2])

    async def send(self, request: Request) -> Reply:
        """Send a request, and read the whole answer."""
        status, headers, text = await self._ask(
            request.method,
            request.url,
            headers=dict(request.headers),
            data=request.body.encode() if request.body else None,
            skip_auto_headers=() if request.body else ("Content-Type",),
        )
        return Reply(request, status, headers, text)

    async def _ask(self, method: str, url: str, **more: Any) -> tuple[int, Mapping[str, str], str]:
        try:
            async with self.session.request(method, URL(url, encoded=True), allow_redirects=False, **more) as answer:
                return answer.status, answer.headers, (await answer.read()).decode("utf-8", "replace")
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise no_answer(url, error) from error


class PacedTransport:
    """Keeps the rate of all requests, and a time between two that cost money.

    Args:
        inner: what sends.
        rate: requests a second at most; 0 knows no limit.
        interval: gives the seconds since the last costly request that one has to wait for.
        is_free: says of a reply that it cost nothing after all, so that the next request need not wait for it.
    """

    def __init__(
        self,
        inner: Transport,
        rate: int,
        interval: Callable[[Request], float],
        is_free: Callable[[Reply], bool] = lambda _: False,
    ) -> None:
        self._inner = inner
        self._rate = rate
        self._interval = interval
        self._is_free = is_free
        self._last = 0.0
        self._before = 0.0
        self.slot = 0.0

    async def send(self, request: Request) -> Reply:
        """Wait until a request may be sent, and send it."""
        if self._rate:
            slot = max(time.monotonic(), self.slot)
            self.slot = slot + 1 / self._rate
            await asyncio.sleep(slot - time.monotonic())
        await asyncio.sleep(self.begin(request))
        reply = await self._inner.send(request)
        self.end(reply)
        return reply

    def begin(self, request: Request) -> float:
        """Note that a request will be sent, and give the seconds that it has to wait for the one before."""
        interval = self._interval(request) if request.costs else 0.0
        if not interval:
            return 0.0
        now = time.monotonic()
        self._before, self._last = self._last, max(now, self._last + interval)
        return self._last - now

    def end(self, reply: Reply) -> None:
        """Count from the answer: when the request came there is not known. One that cost nothing is forgotten."""
        if reply.request.costs and self._interval(reply.request):
            self._last = self._before if self._is_free(reply) else time.monotonic()


def _values(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def no_answer(url: str, error: Exception) -> NoAnswer:
    """Say that nobody answers at an address."""
    parts = urlsplit(url)
    return NoAnswer(f"{parts.scheme}://{parts.netloc} does not answer: {str(error) or type(error).__name__}")
