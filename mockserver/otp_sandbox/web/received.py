"""A request as it came over the wire: what the endpoint, and the rules of a provider, look at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from aiohttp.http import HttpVersion11
from multidict import CIMultiDict

_is_host = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]*)?").fullmatch


def is_packed(headers: Mapping[str, str]) -> bool:
    """Whether a body comes with a Content-Encoding. Nobody unpacks it: that may take long, and much memory."""
    return headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity")


class Received:
    """A request without a body.

    Args:
        method: as it was sent.
        target: as it was sent; it begins with a slash.
        headers: names in any case.
        connection: has `ssl_context`, `peername` and `sockname`; asked only when a rule needs them.
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
        """The Host header; where there is none, or what is no host, the address that was called."""
        host = self.headers.get("Host", "")
        return host if _is_host(host) else self._called

    @property
    def _called(self) -> str:
        name = self.connection.sockname
        if not isinstance(name, list | tuple):
            return "localhost"
        return f"[{name[0]}]:{name[1]}" if ":" in name[0] else f"{name[0]}:{name[1]}"

    @property
    def remote(self) -> str | None:
        """The caller's address."""
        name = self.connection.peername
        return str(name[0]) if isinstance(name, list | tuple) else None if name is None else str(name)

    @property
    def has_body(self) -> bool:
        """Whether there is a body to read."""
        return False

    @property
    def takes_interim(self) -> bool:
        """Whether its client knows interim answers: there were none before HTTP/1.1."""
        return True

    async def body(self) -> bytes:
        """Read the body."""
        return b""


class ReceivedWhole(Received):
    """A request as aiohttp has it, with its body."""

    __slots__ = ("_http", "_scheme")

    def __init__(self, http: web.BaseRequest) -> None:
        target = http.raw_path
        super().__init__(http.method, target, http.headers, http.protocol)
        self._scheme = ""
        if target[:1] != "/" or "#" in target:  # a whole address, or a fragment, which nobody sends
            self.path, self.query = http.rel_url.raw_path, http.rel_url.raw_query_string
        if target[:1] != "/":
            # The host of a whole address counts before the header (RFC 9112, 3.2.2), and so does its scheme: old
            # clients ask a proxy for an address with https so.
            scheme, _, rest = target.partition("://")
            self._scheme = scheme.lower() if scheme.lower() in ("http", "https") else ""
            authority = rest.partition("/")[0].rpartition("@")[2]
            if _is_host(authority):
                self.headers = CIMultiDict(http.headers)
                self.headers["Host"] = authority
        self._http = http

    @property
    def scheme(self) -> str:
        """`http` or `https`."""
        return self._scheme or super().scheme

    @property
    def has_body(self) -> bool:
        """Whether there is a body to read."""
        return self._http.can_read_body

    @property
    def takes_interim(self) -> bool:
        """Whether its client knows interim answers."""
        return self._http.version >= HttpVersion11

    async def body(self) -> bytes:
        """Read the body.

        Raises:
            HTTPException: it is too large, or too slow.
            RequestPayloadError: it is broken, or packed.
        """
        if is_packed(self.headers):
            raise web.RequestPayloadError("a body with a Content-Encoding is not read here")
        return await self._http.read()
