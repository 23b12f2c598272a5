"""The HTTP server: provider paths and control API side by side, and graceful shutdown within a second."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any

from aiohttp import web

from otp_sandbox.contract import Reply
from otp_sandbox.domain.store_errors import StoreTrouble
from otp_sandbox.lanes.eager import Begun
from otp_sandbox.web.connections import MOST, Connections, Note, Refusal, Refuse
from otp_sandbox.web.listeners import BACKLOG, Contexts, Listener
from otp_sandbox.web.problems import Problem
from otp_sandbox.web.received import Received, ReceivedWhole
from otp_sandbox.web.responses import Answer, Stream, response, send_stream
from otp_sandbox.web.shortcut import waits
from otp_sandbox.web.timed_request import BODY_TIME, TimedRequest, is_old, is_own

GRACE = 0.8
"""Seconds that requests may take to arrive and to be answered when the server stops."""
LAST = 0.1
"""Seconds that aiohttp waits then: everything that had its time has had it."""
_NO_PROXY = "this port is no proxy: start with --proxy-port, and name that port in HTTPS_PROXY"
_LOG = logging.getLogger("otp_sandbox")


async def _note_nothing() -> None:
    pass


async def _keep_nothing(_: Received, __: Reply, ___: str) -> None:
    pass


def refuse_plainly(_: Received, status: int, detail: str) -> Refusal:
    """Answer a request that cannot be read with a problem document."""
    return Problem(status, detail).reply(), _note_nothing()


class Server:
    """Listens and hands requests over.

    Args:
        provider: answers everything that is not the sandbox's own.
        control: answers the sandbox's own paths. What it has not answered when the server stops is cut: it waits.
        refuse: answers what `provider` cannot be asked, with an HTTP status and the reason.
        note: keeps what came to nothing before it was a request: a handshake that failed.
        body_most: the largest body that is read, in bytes.
        body_time: seconds that a body may take to come.
        connections_most: connections at a time.
    """

    def __init__(
        self,
        provider: Callable[[Received], Coroutine[Any, Any, Reply]],
        control: Callable[[web.BaseRequest], Awaitable[Answer]],
        refuse: Refuse = refuse_plainly,
        note: Note = _keep_nothing,
        *,
        body_most: int,
        body_time: float = BODY_TIME,
        connections_most: int = MOST,
    ) -> None:
        self._provider = provider
        self._control = control
        self._refuse_provider = refuse
        self._note = note
        self._body_most = body_most
        self._body_time = body_time
        self._connections_most = connections_most
        self._runner: web.ServerRunner | None = None
        self._server: Connections | None = None
        self._controlling: set[asyncio.Task[Any]] = set()
        self._doors: list[Any] = []
        self.ready = False
        self.trouble: Callable[[], str | None] = lambda: None  # why it is not ready, though it runs
        self.urls: list[str] = []
        self.proxy_url: str | None = None
        """Where it is a proxy, if it is one."""

    async def start(
        self, listeners: Sequence[Listener], make_proxy: Callable[[Connections, Note], Any] | None = None
    ) -> None:
        """Answer on every listener, and be a proxy if that is wanted. Their sockets are closed with the server."""
        self._server = server = Connections(
            self._handle, self._begin, self._refuse, self._request, most=self._connections_most
        )
        self._runner = web.ServerRunner(server, shutdown_timeout=LAST)
        await self._runner.setup()
        for each in listeners:
            if each.tls is None:
                await web.SockSite(self._runner, each.socket, backlog=BACKLOG).start()
            else:
                self._open_door(each.socket, each.tls, server)
        self.urls = [each.url for each in listeners]
        if make_proxy is not None:
            proxy = make_proxy(server, self._note_safely)
            await proxy.open()
            self._doors.append(proxy)
            self.proxy_url = proxy.url
        self.ready = True

    def _open_door(self, listening: socket.socket, contexts: Contexts, server: Connections) -> None:
        from otp_sandbox.web.tls import Door  # noqa: PLC0415  (most servers have none)

        door = Door(listening, contexts, server, self._note_safely)
        door.open()
        self._doors.append(door)

    def _note_safely(self, received: Received, reply: Reply, what: str) -> Coroutine[Any, Any, None]:
        return _log_failure(self._note(received, reply, what))

    @property
    def url(self) -> str:
        """Where the server answers: its first listener."""
        return self.urls[0]

    @property
    def tls_url(self) -> str | None:
        """Where it answers over TLS, if it does."""
        return next((each for each in self.urls if each.startswith("https:")), None)

    async def stop(self) -> None:
        """Stop listening, cut what the control API has not answered, let the rest finish."""
        self.ready = False
        if self._runner is not None:
            for site in self._runner.sites:
                await site.stop()
        for door in self._doors:
            await door.close()
        for task in self._controlling:
            task.cancel()
        if self._server is not None:
            await self._server.finish(GRACE)
        if self._runner is not None:
            await self._runner.cleanup()

    def _request(self, message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
        request = TimedRequest(
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
        connection: Any = request.protocol
        answer: web.StreamResponse
        try:
            elsewhere = await self._elsewhere(request, connection) if path[:1] != "/" else None
            if elsewhere is not None:
                answer = elsewhere
            elif is_own(path):
                answer = await self._own(request, path)
            else:
                begun = self._server.begun(connection) if self._server is not None else None
                reply = await begun if begun is not None else await self._provider(ReceivedWhole(request))
                answer = response(reply) if type(reply) is Reply else await self._bent(request, reply)
        except web.HTTPException as error:  # a body that is too large or too slow
            answer = await self._refused(request, error.status, error.text or error.reason)
        except web.RequestPayloadError as error:
            answer = await self._refused(request, 400, f"the body cannot be read: {error}")
        except (asyncio.CancelledError, ConnectionError):
            raise
        except Exception as error:  # noqa: BLE001  (no request may end in a traceback)
            answer = response(await self._failed(ReceivedWhole(request), error))
        if connection.half_closed and not waits(connection):
            answer.force_close()
        if is_old(request):
            kept = request.keep_alive and answer.keep_alive is not False
            answer.headers.setdefault("Connection", "keep-alive" if kept else "close")
        return answer

    async def _elsewhere(self, request: web.BaseRequest, connection: Any) -> web.StreamResponse | None:
        """Answer what a client asks its proxy; None if it is answered like any other request."""
        if connection.proxy is not None:
            answer: web.StreamResponse | None = await connection.proxy.answer(request)
            return answer
        return await self._refused(request, 405, _NO_PROXY) if request.method == "CONNECT" else None

    async def _bent(self, request: web.BaseRequest, reply: Any) -> web.StreamResponse:
        from otp_sandbox.web.faults import send_bent  # noqa: PLC0415  (most servers never send one)

        return await send_bent(request, reply)

    async def _refused(self, request: web.BaseRequest, status: int, detail: str) -> web.Response:
        """Refuse a body. What is left of it is not read: the connection cannot be used again."""
        reply, note = self._refuse(ReceivedWhole(request), status, detail)
        await note
        refused = response(reply)
        refused.force_close()
        return refused

    async def _failed(self, request: Received, error: Exception) -> Reply:
        told = isinstance(error, StoreTrouble)  # by the store
        if not told:
            _LOG.error("a request failed", exc_info=error)
        reply, note = self._refuse(request, 500, str(error) if told else "the sandbox failed; its log says more")
        await note
        return reply

    def _begin(self, request: Received) -> Begun[Reply] | None:
        """Begin to answer a provider's request that needs nothing more from the connection."""
        if is_own(request.path):
            return None
        try:
            return Begun(self._provider(request))
        except Exception as error:  # noqa: BLE001  (no request may end in a traceback)
            return Begun(self._failed(request, error))

    def _refuse(self, request: Received, status: int, detail: str) -> Refusal:
        """Answer what cannot be played: in the words of whoever is asked."""
        refuse = refuse_plainly if is_own(request.path) else self._refuse_provider
        try:
            reply, note = refuse(request, status, detail)
        except Exception:  # noqa: BLE001  (no request may end in a traceback)
            _LOG.exception("a refusal failed")
            reply, note = refuse_plainly(request, status, detail)
        return reply, _log_failure(note)

    async def _own(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        if path in ("/healthz", "/readyz"):
            return response(self._health(request.method, path))
        task: Any = asyncio.current_task()
        self._controlling.add(task)
        try:
            answer = await self._control(request)
            if not isinstance(answer, Stream):
                return response(answer)
            if self._server is not None:
                self._server.streams(request.protocol, task)
            return await send_stream(request, answer)
        finally:
            self._controlling.discard(task)

    def _health(self, method: str, path: str) -> Reply:
        if method not in ("GET", "HEAD"):
            return Problem(405, f"{method} is not allowed here; GET is", headers={"Allow": "GET"}).reply()
        if path == "/healthz":
            return Reply(b'{"status":"alive"}')
        trouble = self.trouble() if self.ready else "stopping"
        return Reply(b'{"status":"ready"}') if trouble is None else Problem(503, trouble).reply()


async def _log_failure(note: Coroutine[Any, Any, None]) -> None:
    try:
        with suppress(StoreTrouble):
            await note
    except Exception:  # noqa: BLE001  (no request may end in a traceback)
        _LOG.exception("a refusal could not be noted")
