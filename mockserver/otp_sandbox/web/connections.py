"""Connections as this server wants them: a bound on their number, a time for each step, answers for broken requests."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from aiohttp import web

from otp_sandbox.contract import Reply
from otp_sandbox.lanes.eager import Begun
from otp_sandbox.web.heads import first_line
from otp_sandbox.web.received import Received
from otp_sandbox.web.responses import response
from otp_sandbox.web.shortcut import framing_of, take_shortcut, waits

T = TypeVar("T")

MOST: Final = 4096
"""Connections at a time. For one more, the one that is idle longest is closed."""
IDLE: Final = 75.0
"""Seconds until a connection is closed on which no whole request comes."""
UNREAD: Final = 30.0
"""Seconds until a connection is closed whose client does not read its answers."""
LINGER: Final = 2.0
"""Seconds that the rest of a body is read, and thrown away, after its request was refused."""
LINE_MOST: Final = 3 * 8190
"""Bytes of a request line or a header; raw UTF-8 in a target becomes three times as long."""
Refusal = tuple[Reply, Coroutine[Any, Any, None]]
"""The answer to a request that cannot be read, and what notes it: a parser does not wait for that."""
Refuse = Callable[[Received, int, str], Refusal]
Note = Callable[[Received, Reply, str], Coroutine[Any, Any, None]]
"""Keeps what came to nothing: what came, what was answered, and why."""
_NO_TLS: Final = (
    "this port speaks plain HTTP, and a TLS hello came: say http:// for it, "
    "or start with --tls-port and say https:// for that port"
)
_INTERIM: Final = b"HTTP/1.1 102 Processing\r\n\r\n"
_LOOK: Final = 0.01
"""Seconds between two looks at what is still to come."""


class Connection(web.RequestHandler):
    """A connection from a client."""

    __slots__ = ("_is_gone", "_is_watched", "_server", "_unread", "half_closed")
    proxy: Any = None
    """Who answers what names its host in its target, where the client takes us for its proxy."""

    def __init__(self, server: Connections, **more: Any) -> None:
        super().__init__(server, **more)
        self._server = server
        self.half_closed = False
        """Whether the client has said that it sends no more, and waits for its answer."""
        self._unread: asyncio.TimerHandle | None = None
        self._is_watched = False
        self._is_gone = False

    def pause_writing(self) -> None:
        """The client reads more slowly than it is answered: it gets some time."""
        super().pause_writing()
        self._unread = asyncio.get_running_loop().call_later(UNREAD, self._give_up)

    def resume_writing(self) -> None:
        """The client has read on."""
        super().resume_writing()
        self._stop_timer()

    def connection_lost(self, exc: BaseException | None) -> None:
        """The connection is over."""
        self._stop_timer()
        super().connection_lost(exc)

    def _stop_timer(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _give_up(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    def eof_received(self) -> bool | None:  # type: ignore[override]  # asyncio's protocol has it so
        """Keep the connection while an answer is on its way to a client that sends no more."""
        # TLS cannot be half closed.
        self.half_closed = self.ssl_context is None and self._server.is_answering(self)
        if self.half_closed and self._is_watched:
            self._ask()
        return self.half_closed or None

    def watch(self) -> None:
        """Have `is_gone` tell, while a request is answered, whether anybody waits for the answer.

        Who has left looks like one who sends no more. An interim answer tells them apart: it comes back from the
        machine of the former.
        """
        self._is_watched = True
        if self.half_closed:
            self._ask()

    def _ask(self) -> None:
        if self.transport is not None:
            self.transport.write(_INTERIM)

    @property
    def is_gone(self) -> bool:
        """Whether the client has left, as far as is known by now."""
        if self.transport is None:
            return True
        if self.half_closed and not self._is_gone:
            its = self.transport.get_extra_info("socket")
            # Asked once, the socket forgets it.
            self._is_gone = its is not None and its.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0
        return self._is_gone

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002  (it repeats what came)
    ) -> web.StreamResponse:
        """Answer what the parser refused. What came is not repeated."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has been begun: no other one can be sent")
        framing = framing_of(self)
        method, target = first_line(framing.head) if framing is not None else ("", "")
        what = type(exc).__name__ if exc is not None else "timeout"
        received = Received(method, target, {}, self)
        from otp_sandbox.interception.hello import begins_tls  # noqa: PLC0415  (most connections need it never)

        detail = _NO_TLS if begins_tls(framing.head if framing else b"") else f"the request cannot be read: {what}"
        refused = response(self._server.refuse(received, status, detail))
        refused.force_close()
        return refused

    @property
    def is_busy(self) -> bool:
        """Whether a request is on its way: part of it has come, or its answer is being made."""
        framing = framing_of(self)
        return self._server.is_answering(self) or (framing is not None and not framing.between and not framing.lost)


C = TypeVar("C", bound=Connection)


class Connections(web.Server):
    """All connections. When a client is gone, its stream is cancelled; no other request is, as it may be deciding.

    Args:
        handler: answers a request.
        begin: begins to answer a request that needs nothing more from its connection.
        refuse: answers what the parser refused.
        make: makes a request of what aiohttp has read.
        most: connections at a time.
    """

    def __init__(
        self,
        handler: Any,
        begin: Callable[[Received], Begun[Reply] | None],
        refuse: Refuse,
        make: Callable[..., web.BaseRequest],
        *,
        most: int = MOST,
    ) -> None:
        super().__init__(
            self._handle,
            access_log=None,
            keepalive_timeout=IDLE,
            lingering_time=LINGER,
            max_line_size=LINE_MOST,
            max_field_size=LINE_MOST,
            # A packed body may be a thousand times as large as what came, and is unpacked in one go.
            auto_decompress=False,
            request_factory=self._make_request,
        )
        self._answer = handler
        self._make = make
        self._begin = begin
        self._refuse = refuse
        self._most = most
        self._answering: set[Any] = set()
        self._streaming: dict[Any, asyncio.Task[Any]] = {}
        self._begun: dict[Any, asyncio.Task[Reply]] = {}
        self._noting: set[asyncio.Task[Any]] = set()

    def __call__(self) -> Connection:
        """Make the protocol of a connection."""
        return self.make(Connection)

    def make(self, kind: type[C]) -> C:
        """Make the protocol of a connection of a kind."""
        connection = kind(self, loop=asyncio.get_running_loop(), **self._kwargs)
        take_shortcut(connection, self._begin, self._hand_over)
        return connection

    def _make_request(self, message: Any, payload: Any, connection: Any, *more: Any) -> web.BaseRequest:
        self._answering.add(connection)  # here, as the task that answers may begin after the client's end was read
        return self._make(message, payload, connection, *more)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            answer: web.StreamResponse = await self._answer(request)
        finally:
            self._answering.discard(request.protocol)
        return answer

    def begun(self, connection: Any) -> asyncio.Task[Reply] | None:
        """Give the answer that was begun for a request which aiohttp has now."""
        return self._begun.pop(connection, None)

    def _hand_over(self, connection: Any, begun: Begun[Reply]) -> None:
        self._begun[connection] = asyncio.get_running_loop().create_task(_go_on(begun))

    def streams(self, connection: Any, task: asyncio.Task[Any]) -> None:
        """Cancel a task when its client is gone."""
        self._streaming[connection] = task
        task.add_done_callback(lambda _: self._streaming.pop(connection, None))

    def is_answering(self, connection: Any) -> bool:
        """Whether an answer is on its way. A stream has no end: who sends no more does not wait for it."""
        if connection in self._streaming:
            return False
        return connection in self._answering or connection in self._begun or waits(connection)

    def _is_used(self, connection: Any) -> bool:
        return self.is_answering(connection) or connection in self._streaming

    def refuse(self, request: Received, status: int, detail: str) -> Reply:
        """Answer what the parser refused, and let it be noted."""
        reply, note = self._refuse(request, status, detail)
        begun = Begun(note)
        if not begun.done:
            task = asyncio.get_running_loop().create_task(_go_on(begun))
            self._noting.add(task)
            task.add_done_callback(self._noting.discard)
        return reply

    def connection_made(self, handler: Any, transport: Any) -> None:
        """Take a connection in; where there are too many, the one that is idle longest goes for it."""
        super().connection_made(handler, transport)
        if len(self._connections) <= self._most:
            return
        idle = next((each for each in self._connections if not self._is_used(each)), None)
        if idle is not None:
            idle.force_close()

    def connection_lost(self, handler: Any, exc: BaseException | None = None) -> None:
        """A client is gone."""
        super().connection_lost(handler, exc)
        self._answering.discard(handler)
        self._begun.pop(handler, None)  # it goes on to its end: it may be deciding
        task = self._streaming.get(handler)
        if task is not None:
            task.cancel()

    async def finish(self, grace: float) -> None:
        """Wait until the requests that have begun to come are there and answered, some seconds at most."""
        end = asyncio.get_running_loop().time() + grace
        await asyncio.sleep(0)  # what lies in the sockets is read
        while self._is_busy() and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110  (once in a server's life)
            await asyncio.sleep(_LOOK)

    def _is_busy(self) -> bool:
        return any(isinstance(each, Connection) and each.is_busy for each in self._connections)


async def _go_on(begun: Begun[T]) -> T:
    return await begun
