"""A request as aiohttp has it, whose body has to come in time, and which version of HTTP it is answered in."""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp.http import HttpVersion, HttpVersion11

BODY_TIME = 30.0
"""Seconds that a request may take to send its body."""
_OWN = frozenset({"/_sandbox", "/healthz", "/readyz", "/metrics", "/ca.crt", "/ca.der", "/ca.p12"})


def is_own(path: str) -> bool:
    """Whether a path is the sandbox's own, and no provider's."""
    return path.startswith("/_sandbox/") or path in _OWN


def is_old(request: web.BaseRequest) -> bool:
    """Whether a client speaks less than HTTP/1.1, and must be told what becomes of its connection."""
    return isinstance(request, TimedRequest) and request.sent_version < HttpVersion11


class TimedRequest(web.BaseRequest):
    """A request whose body has to come in time."""

    body_time = BODY_TIME

    @property
    def sent_version(self) -> HttpVersion:
        """That of the client."""
        return super().version

    @property
    def version(self) -> HttpVersion:
        """HTTP/1.1 at a provider, whose server says so to older clients too (RFC 9110, 6.2).

        The sandbox's own paths have the client's: a stream goes in chunks, which an older client cannot read.
        """
        sent = super().version
        return sent if sent >= HttpVersion11 or is_own(self.raw_path.partition("?")[0]) else HttpVersion11

    async def read(self) -> bytes:
        """Read the body.

        Raises:
            HTTPRequestTimeout: it did not come in time.
        """
        if self.content.is_eof():
            return await super().read()
        expects = self.headers.get("Expect", "").lower() == "100-continue" and not is_old(self)
        if expects and self.transport is not None:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        try:
            async with asyncio.timeout(self.body_time):
                return await super().read()
        except TimeoutError as error:
            raise web.HTTPRequestTimeout(text=f"the body did not come within {self.body_time:g} s") from error
