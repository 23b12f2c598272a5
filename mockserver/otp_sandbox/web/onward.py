"""Passes requests for foreign hosts on, whole addresses as a proxy gets them, to hosts that it may call."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import aiohttp
from aiohttp import web
from yarl import URL

from otp_sandbox.web.foreign import Foreign, Looped, Resolver, Target
from otp_sandbox.web.problems import Problem

TIMEOUT: Final = aiohttp.ClientTimeout(total=None, connect=10, sock_read=60)
AT_ONCE: Final = 20
"""Requests that are on their way at a time; others wait for their turn."""
PIECE: Final = 64 * 1024
VIA: Final = "1.1 otp-sandbox"
_ONE_CONNECTION: Final = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te"),
        *("trailer", "transfer-encoding", "upgrade", "content-length", "host", "expect"),
    }
)
"""Headers that belong to a connection."""


class Onward:
    """Passes requests on."""

    def __init__(self, foreign: Foreign) -> None:
        self._foreign = foreign
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._session: aiohttp.ClientSession | None = None

    async def send(self, request: web.BaseRequest, target: Target) -> web.StreamResponse:
        """Pass a request on, and its answer back as it comes.

        Raises:
            Problem: there is no answer.
        """
        if any(VIA in each for each in request.headers.getall("Via", ())):
            raise Problem(508, "the request comes from this proxy: it leads back to itself")
        body = await request.read()
        url = URL(request.raw_path.partition("#")[0], encoded=True)
        async with self._turns:
            try:
                await self._foreign.addresses(target)  # aiohttp does not ask its resolver about addresses
                async with self._client().request(
                    request.method,
                    url,
                    headers=[*_kept(request.headers), ("Via", VIA)],
                    data=body or None,
                    allow_redirects=False,
                ) as answer:
                    return await _passed_back(request, answer)
            except Looped as error:
                raise Problem(508, str(error)) from error
            except TimeoutError as error:
                raise Problem(504, f"{target} does not answer in time") from error
            except (aiohttp.ClientError, OSError, ValueError) as error:
                if isinstance(error.__cause__, Looped):
                    raise Problem(508, str(error.__cause__)) from error
                raise Problem(502, f"{target} does not answer: {str(error) or type(error).__name__}") from error

    async def close(self) -> None:
        """Cut the connections."""
        if self._session is not None:
            await self._session.close()

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=Resolver(self._foreign), use_dns_cache=False),
                timeout=TIMEOUT,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
                auto_decompress=False,
                trust_env=False,
            )
        return self._session


async def _passed_back(request: web.BaseRequest, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    sent = web.StreamResponse(status=answer.status, reason=answer.reason)
    sent.headers.extend(_kept(answer.headers))
    sent.content_length = answer.content_length
    await sent.prepare(request)
    try:
        async for piece in answer.content.iter_chunked(PIECE):
            await sent.write(piece)
    except (aiohttp.ClientError, TimeoutError):  # the headers are out: only the connection can tell
        if request.transport is not None:
            request.transport.close()
        return sent
    await sent.write_eof()
    return sent


def _kept(headers: Any) -> list[tuple[str, str]]:
    """Give the headers that go on; those that `Connection` names belong to the connection, too."""
    own = _ONE_CONNECTION | {
        each.strip().lower() for line in headers.getall("Connection", ()) for each in line.split(",")
    }
    return [(name, each) for name, each in headers.items() if name.lower() not in own]
