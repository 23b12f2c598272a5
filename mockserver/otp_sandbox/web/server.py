"""The server itself: one port, provider paths and control API side by side, and a stop that keeps its word."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from otp_sandbox.contract import Reply
from otp_sandbox.web.problems import Problem
from otp_sandbox.web.responses import response

Answerer = Callable[[web.BaseRequest], Awaitable[Reply]]
GRACE = 0.8
"""Seconds that requests in flight may take when the server stops."""
BODY_TIME = 30.0
"""Seconds that a request may take to send its body."""
_LOG = logging.getLogger("otp_sandbox")


_OWN = frozenset({"/_sandbox", "/healthz", "/readyz"})


class PortTaken(Exception):
    """Somebody else listens there."""


class Server:
    """Listens and hands requests over.

    Args:
        provider: answers everything that is not the sandbox's own.
        control: answers the sandbox's own paths.
        body_most: the largest body that is read, in bytes.
        before_stop: ends the requests that only wait.
        body_time: seconds that a body may take to come.
    """

    def __init__(
        self,
        provider: Answerer,
        control: Callable[[web.BaseRequest], Awaitable[Reply]],
        *,
        body_most: int,
        before_stop: Callable[[], None],
        body_time: float = BODY_TIME,
    ) -> None:
        self._provider = provider
        self._control = control
        self._before_stop = before_stop
        self._body_most = body_most
        self._body_time = body_time
        self._runner: web.ServerRunner | None = None
        self.ready = False
        self.urls: list[str] = []

    async def start(self, host: str, port: int) -> None:
        """Listen; without a host on loopback, IPv4 and, where present, IPv6.

        Raises:
            PortTaken: another program listens there.
        """
        sockets = _sockets(host, port)
        server = web.Server(self._handle, request_factory=self._request)
        self._runner = web.ServerRunner(server, shutdown_timeout=GRACE)
        await self._runner.setup()
        for each in sockets:
            await web.SockSite(self._runner, each, backlog=1024).start()
        bound = sockets[0].getsockname()
        name = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        self.urls = [f"http://{name}:{bound[1]}"]
        self.ready = True

    @property
    def url(self) -> str:
        """Where the server answers."""
        return self.urls[0]

    async def stop(self) -> None:
        """Stop listening, cut what only waits, let the rest finish."""
        self.ready = False
        self._before_stop()
        if self._runner is not None:
            await self._runner.cleanup()

    def _request(self, message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
        request = _Request(
            message,
            payload,
            protocol,
            writer,
            task,
            asyncio.get_running_loop(),
            client_max_size=self._body_most,
        )
        request.body_time = self._body_time
        return request

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.rel_url.raw_path
        try:
            if path.startswith("/_sandbox/") or path in _OWN:
                return response(await self._own(request, path))
            return response(await self._provider(request))
        except web.HTTPException as error:  # a body that is too large or too slow
            return _refused(error.status, error.text or error.reason)
        except web.RequestPayloadError as error:
            return _refused(400, f"the body cannot be read: {error}")
        except (asyncio.CancelledError, ConnectionError):
            raise
        except Exception:  # noqa: BLE001  (no request may end in a traceback)
            _LOG.exception("a request failed")
            return response(Problem(500, "the sandbox failed; its log says more").reply())

    async def _own(self, request: web.BaseRequest, path: str) -> Reply:
        if path in ("/healthz", "/readyz") and request.method not in ("GET", "HEAD"):
            return Problem(405, f"{request.method} is not allowed here; GET is", headers={"Allow": "GET"}).reply()
        if path == "/healthz":
            return Reply(b'{"status":"alive"}')
        if path == "/readyz":
            return Reply(b'{"status":"ready"}') if self.ready else Problem(503, "stopping").reply()
        return await self._control(request)


class _Request(web.BaseRequest):
    """A request whose body has to come in time."""

    body_time = BODY_TIME

    async def read(self) -> bytes:
        """Read the body.

        Raises:
            HTTPRequestTimeout: it did not come in time.
        """
        if self.content.is_eof():
            return await super().read()
        if self.headers.get("Expect", "").lower() == "100-continue" and self.transport is not None:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        try:
            async with asyncio.timeout(self.body_time):
                return await super().read()
        except TimeoutError as error:
            raise web.HTTPRequestTimeout(text=f"the body did not come within {self.body_time:g} s") from error


def _refused(status: int, detail: str) -> web.Response:
    """Refuse a body. What is left of it is not read: the connection cannot be used again."""
    refused = response(Problem(status, detail).reply())
    refused.force_close()
    return refused


def _sockets(host: str, port: int) -> list[socket.socket]:
    if host:
        return [_socket(host, port)]
    first = _socket("127.0.0.1", port)
    try:
        return [first, _socket("::1", first.getsockname()[1])]
    except (PortTaken, OSError):
        return [first]  # no IPv6 here, or another program has the port there


def _socket(host: str, port: int) -> socket.socket:
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise PortTaken(f"cannot listen on {host!r}: {error.strerror}") from error
    made = socket.socket(family, kind, proto)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
        # SO_REUSEADDR lets two sockets bind; listening is what fails when the port is taken.
        made.listen(1024)
        made.setblocking(False)
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(f"port {port} is taken on {host}; choose another with --port") from error
        raise PortTaken(f"cannot listen on {host} port {port}: {error.strerror}") from error
    return made
