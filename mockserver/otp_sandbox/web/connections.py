"""Connections as this server wants them: a bound on their number, a time for each step, answers for broken requests."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

from aiohttp import web

from otp_sandbox.contract import Reply
from otp_sandbox.lanes.eager import Begun
from otp_sandbox.web.heads import first_line
from otp_sandbox.web.received import Received
from otp_sandbox.web.responses import response
from otp_sandbox.web.shortcut import take_shortcut

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
_LOG = logging.getLogger("otp_sandbox")

Refuse = Callable[[Received, int, str], Reply]


class Connection(web.RequestHandler):
    """A connection from a client."""

    __slots__ = ("_unread", "half_closed", "reader", "refuse")

    def __init__(self, *args: Any, refuse: Refuse, **more: Any) -> None:
        super().__init__(*args, **more)
        self.refuse = refuse
        self.half_closed = False
        """Whether the client has said that it sends no more, and waits for its answer."""
        self._unread: asyncio.TimerHandle | None = None

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

    def eof_received(self) -> bool | None:
        """Keep the connection while an answer is on its way to a client that sends no more."""
        self.half_closed = self._manager is not None and self._manager.is_answering(self)
        return self.half_closed or None

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Answer what the parser refused. What came is not repeated."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has been begun: no other one can be sent")
        framing = self.framing
        method, target = first_line(framing.head) if framing is not None else ("", "")
        what = type(exc).__name__ if exc is not None else "unknown"
        refused = response(self.refuse(Received(method, target, {}, self), status, f"the request cannot be parsed: {what}"))
        refused.force_close()
        return refused
