"""A request as it came over the wire: what the endpoint, and the rules of a provider, look at."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any

from aiohttp import web


class Received:
    """A request without a body.

    Args:
        method: as it was sent.
        target: as it was sent; it begins with a slash.
        headers: names in any case.
        connection: has `ssl_context` and `peername`; asked only when a rule needs them.
    """

    __slots__ = ("connection", "headers", "method", "path", "query", "size")

    def __init__(self, method: str, target: str, headers: Mapping[str, str], connection: Any) -> None:
        self.method = method
        self.path, _, self.query = target.partition("?")
        self.headers = headers
        self.connection = connection
        self.size = len(target)

    @property
    def scheme(self) -> str:
        """`http` or `https`."""
        return "https" if self.connection.ssl_context else "http"

    @property
    def host(self) -> str:
        """The Host header."""
        return self.headers.get("Host") or socket.getfqdn()

    @property
    def remote(self) -> str | None:
        """The caller's address."""
        name = self.connection.peername
        return str(name[0]) if isinstance(name, list | tuple) else None if name is None else str(name)

    @property
    def has_body(self) -> bool:
        """Whether there is a body to read."""
        return False

    async def body(self) -> bytes:
        """Read the body."""
        return b""


class ReceivedWhole(Received):
    """A request as aiohttp has it, with its body."""

    __slots__ = ("_http",)

    def __init__(self, http: web.BaseRequest) -> None:
        target = http.raw_path
        super().__init__(http.method, target, http.headers, http.protocol)
        if target[:1] != "/" or "#" in target:  # a whole address, or a fragment, which nobody sends
            self.path, self.query = http.rel_url.raw_path, http.rel_url.raw_query_string
        self._http = http

    @property
    def has_body(self) -> bool:
        """Whether there is a body to read."""
        return self._http.can_read_body

    async def body(self) -> bytes:
        """Read the body.

        Raises:
            HTTPException: it is too large, or too slow.
            RequestPayloadError: it is broken.
        """
        return await self._http.read()
