"""The HTTP server: provider paths and control API side by side, and graceful shutdown within a second."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from aiohttp import web

from otp_sandbox.contract import Reply
from otp_sandbox.lanes.eager import Begun
from otp_sandbox.web.listeners import BACKLOG, Listener
from otp_sandbox.web.problems import Problem
from otp_sandbox.web.received import Received, ReceivedWhole
from otp_sandbox.web.responses import Answer, Stream, response, send_stream
from otp_sandbox.web.shortcut import take_shortcut

GRACE = 0.8
"""Seconds that requests in flight may take when the server stops."""
BODY_TIME = 30.0
"""Seconds that a request may take to send its body."""
_LOG = logging.getLogger("otp_sandbox")


_OWN = frozenset({"/_sandbox", "/healthz", "/readyz"})


class Server:
    """Listens and hands requests over.

    Args:
        provider: answers everything that is not the sandbox's own.
        control: answers the sandbox's own paths. What it has not answered when the server stops is cut: it waits.
        body_most: the largest body that is read, in bytes.
        body_time: seconds that a body may take to come.
    """

    def __init__(
        self,
        provider: Callable[[Received], Coroutine[Any, Any, Reply]],
        control: Callable[[web.BaseRequest], Awaitable[Answer]],
        *,
        body_most: int,
        body_time: float = BODY_TIME,
    ) -> None:
        self._provider = provider
        self._control = control
        self._body_most = body_most
        self._body_time = body_time
        self._runner: web.ServerRunner | None = None
        self._server: _HttpServer | None = None
        self._controlling: set[asyncio.Task[Any]] = set()
        self._streaming: dict[Any, asyncio.Task[Any]] = {}
        self.ready = False
        self.urls: list[str] = []

    async def start(self, listeners: Sequence[Listener]) -> None:
        """Answer on every listener. Their sockets are closed with the server."""
        self._server = server = _HttpServer(self._handle, self._streaming, self._begin, request_factory=self._request)
        self._runner = web.ServerRunner(server, shutdown_timeout=GRACE)
        await self._runner.setup()
        for each in listeners:
            await web.SockSite(self._runner, each.socket, ssl_context=each.tls, backlog=BACKLOG).start()
        self.urls = [each.url for each in listeners]
        self.ready = True

    @property
    def url(self) -> str:
        """Where the server answers: its first listener."""
        return self.urls[0]

    async def stop(self) -> None:
        """Stop listening, cut what the control API has not answered, let the rest finish."""
        self.ready = False
        for task in self._controlling:
            task.cancel()
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
        path = request.raw_path.partition("?")[0]
        try:
            if path.startswith("/_sandbox/") or path in _OWN:
                return await self._own(request, path)
            begun = self._server.begun(request.protocol) if self._server is not None else None
            return response(await begun if begun is not None else await self._provider(ReceivedWhole(request)))
        except web.HTTPException as error:  # a body that is too large or too slow
            return _refused(error.status, error.text or error.reason)
        except web.RequestPayloadError as error:
            return _refused(400, f"the body cannot be read: {error}")
        except (asyncio.CancelledError, ConnectionError):
            raise
        except Exception:  # noqa: BLE001  (no request may end in a traceback)
            _LOG.exception("a request failed")
            return response(await _failed())

    def _begin(self, request: Received) -> Begun[Reply] | None:
        """Begin to answer a provider's request that needs nothing more from the connection."""
        path = request.path
        if path.startswith("/_sandbox/") or path in _OWN:
            return None
        try:
            return Begun(self._provider(request))
        except Exception:  # noqa: BLE001  (no request may end in a traceback)
            _LOG.exception("a request failed")
            return Begun(_failed())

    async def _own(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        if path in ("/healthz", "/readyz"):
            return response(self._health(request.method, path))
        task: Any = asyncio.current_task()
        self._controlling.add(task)
        try:
            answer = await self._control(request)
            if not isinstance(answer, Stream):
                return response(answer)
            self._streaming[request.protocol] = task
            return await send_stream(request, answer)
        finally:
            self._controlling.discard(task)
            self._streaming.pop(request.protocol, None)

    def _health(self, method: str, path: str) -> Reply:
        if method not in ("GET", "HEAD"):
            return Problem(405, f"{method} is not allowed here; GET is", headers={"Allow": "GET"}).reply()
        if path == "/healthz":
            return Reply(b'{"status":"alive"}')
        return Reply(b'{"status":"ready"}') if self.ready else Problem(503, "stopping").reply()


class _HttpServer(web.Server):
    """aiohttp's server. When a client is gone, its stream is cancelled; no other request is, as it may be deciding."""

    def __init__(
        self,
        handler: Any,
        streaming: dict[Any, asyncio.Task[Any]],
        begin: Callable[[Received], Begun[Reply] | None],
        **more: Any,
    ) -> None:
        super().__init__(handler, **more)
        self._streaming = streaming
        self._begin = begin
        self._begun: dict[Any, asyncio.Task[Reply]] = {}

    def __call__(self) -> Any:
        """Make the protocol of a connection."""
        protocol = super().__call__()
        take_shortcut(protocol, self._begin, self._hand_over)
        return protocol

    def begun(self, protocol: Any) -> asyncio.Task[Reply] | None:
        """Give the answer that was begun for a request which aiohttp has now."""
        return self._begun.pop(protocol, None)

    def _hand_over(self, protocol: Any, begun: Begun[Reply]) -> None:
        self._begun[protocol] = asyncio.get_running_loop().create_task(_go_on(begun))

    def connection_lost(self, handler: Any, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        self._begun.pop(handler, None)  # it goes on to its end: it may be deciding
        task = self._streaming.get(handler)
        if task is not None:
            task.cancel()


async def _failed() -> Reply:
    return Problem(500, "the sandbox failed; its log says more").reply()


async def _go_on(begun: Begun[Reply]) -> Reply:
    return await begun


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
