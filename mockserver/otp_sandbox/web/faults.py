"""Carries out what of a fault needs a connection or time: delays, and answers that are cut, slow or missing."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections.abc import Iterator
from time import monotonic
from typing import Final

from aiohttp import web

from otp_sandbox.contract import Reply
from otp_sandbox.domain.faults import Action
from otp_sandbox.domain.store_errors import LaneGone
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.play.faults import truncated
from otp_sandbox.play.journal import Journal
from otp_sandbox.play.player import Played, Player
from otp_sandbox.play.request import Request
from otp_sandbox.play.route import Route
from otp_sandbox.web.connections import Connection
from otp_sandbox.web.received import Received
from otp_sandbox.web.responses import encode_reply, headers_of

WAITING_MOST: Final = 1_000
"""Requests that are held up at a time. One more is answered at once, and the log says so."""
LOOK: Final = 0.25
"""Seconds between two looks whether a client that is held up is still there."""
DRIP_MOST: Final = 600.0
"""Seconds that an answer drips; then the connection is closed."""
_BEAT: Final = 10
"""Pieces of a dripping answer in a second."""
_AT_ONCE: Final = struct.pack("ii", 1, 0)
"""Linger no second: what closes a socket then is a reset."""
_IN_ITS_OWN_WAY: Final = frozenset({"reset", "truncate", "drip"})
_GONE: Final = Action("reset")
_LOG = logging.getLogger("otp_sandbox.faults")


class Bent(Reply):
    """An answer that does not go out as it should."""

    action: Action = _GONE


class Faults:
    """Answers calls in which a fault fired.

    Args:
        player: goes on with what was held up.
        journal: keeps the calls.
    """

    def __init__(self, player: Player, journal: Journal) -> None:
        self._player = player
        self._journal = journal
        self._waiting = 0

    async def answer(
        self, lane: Lane, route: Route, request: Request, played: Played, *, http: Received, started: float
    ) -> Reply:
        """Give the answer, when its time has come, and note the call.

        Raises:
            LaneGone: the lane was deleted or reset while the call was held up; nothing has happened.
        """
        fault = played.fault
        action = fault.action if fault is not None else _GONE
        here = True
        if action.kind == "delay" and not played.happened:
            here = await self._held_up(action, lane, http)
            if here:
                played = await self._player.play(lane, route, request, played)
        try:
            await self._journal.note(lane, route, request, played, started)
            if action.kind == "delay" and played.happened and fault is not None and fault.when == "after":
                here = await self._held_up(action, lane, http)
        except LaneGone:  # then there is no journal any more; what has happened is answered
            pass
        if here and action.kind not in _IN_ITS_OWN_WAY:
            return played.reply
        await asyncio.sleep(0)  # only aiohttp's own way leads to the connection
        reply = played.reply
        action = action if here else _GONE
        return Bent(reply.body, reply.content_type, reply.status, reply.headers, reply.server, action)

    async def _held_up(self, action: Action, lane: Lane, http: Received) -> bool:
        """Wait. Says whether the client is still there.

        Raises:
            LaneGone: the lane was deleted or reset meanwhile.
        """
        if self._waiting >= WAITING_MOST:
            _LOG.warning("%s requests are held up by faults: one more is answered at once", WAITING_MOST)
            return True
        self._waiting += 1
        try:
            await asyncio.sleep(0)  # from here on it is in a task
            return await self._waited(action, lane, http)
        finally:
            self._waiting -= 1

    async def _waited(self, action: Action, lane: Lane, http: Received) -> bool:
        life, client = lane.key, http.connection
        if isinstance(client, Connection) and http.takes_interim:
            client.watch()
        end, until = monotonic() + action.length.total_seconds(), lane.now() + action.length
        while True:
            lane.check_life(life)
            left = (until - lane.now()).total_seconds() if action.on_lane_clock else end - monotonic()
            if left <= 0:
                return True
            if isinstance(client, Connection) and client.is_gone:
                return False
            # A clock that stands is moved by somebody, who tells.
            await lane.changes(LOOK if action.on_lane_clock and not lane.clock.runs else min(left, LOOK))


async def send_bent(request: web.BaseRequest, reply: Bent) -> web.StreamResponse:
    """Send an answer as a fault wants it: not at all, in part, or slowly."""
    transport, kind = request.transport, reply.action.kind
    if kind == "drip":
        return await _drip(request, reply)
    sent = web.Response()  # it finds the connection closed
    sent.force_close()
    if transport is None:
        return sent
    if kind == "truncate":
        whole = encode_reply(reply)
        head = whole[: len(whole) - len(reply.body)]
        transport.write(head + (truncated(reply.body, reply.action.number) if request.method != "HEAD" else b""))
        transport.close()
    else:
        _break_off(transport)
    return sent


def _break_off(transport: asyncio.Transport) -> None:
    """Reset a connection: who reads from it gets an error, not an end."""
    own = transport.get_extra_info("socket")
    if own is not None and own.family in (socket.AF_INET, socket.AF_INET6):
        own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    transport.abort()


async def _drip(request: web.BaseRequest, reply: Bent) -> web.StreamResponse:
    sent = web.StreamResponse(status=reply.status, headers=headers_of(reply))
    sent.content_length = len(reply.body)
    await sent.prepare(request)
    end = monotonic() + DRIP_MOST
    for piece, pause in drops(reply.body if request.method != "HEAD" else b"", reply.action.number):
        await sent.write(piece)
        if monotonic() > end:
            raise ConnectionError("an answer has dripped long enough")
        await asyncio.sleep(pause)
    await sent.write_eof()
    return sent


def drops(body: bytes, rate: int) -> Iterator[tuple[bytes, float]]:
    """Cut a body into pieces, each with the seconds to wait after it; `rate` is in bytes a second."""
    size = max(rate // _BEAT, 1)
    for start in range(0, len(body), size):
        piece = body[start : start + size]
        yield piece, len(piece) / rate
