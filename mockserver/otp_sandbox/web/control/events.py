"""What happens in a lane as server-sent events, from a cursor on: each entry of its logs as the lists show it.

A stream keeps nothing of what it tells: it asks the store what was written after a number, tells it, and waits until
there is more. So a client that reads slowly is told less often, and one that comes again goes on where it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, Final

import orjson
from pydantic import AfterValidator, Field

from otp_sandbox.domain.callbacks import CALLBACKS
from otp_sandbox.domain.challenges import CODES
from otp_sandbox.domain.clock_log import CLOCK_LOG
from otp_sandbox.domain.messages import MESSAGES
from otp_sandbox.domain.rentals import RENTALS
from otp_sandbox.domain.store import News, Table
from otp_sandbox.domain.store_errors import LaneGone, StoreTrouble
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.play.journal import REQUESTS
from otp_sandbox.web.control.endpoint import Control, ControlEndpoint, ControlRequest
from otp_sandbox.web.control.reading import Cursor, Model, Text, read_cursor
from otp_sandbox.web.control.views import (
    callback_view,
    clock_view,
    code_view,
    fired_fault_view,
    message_view,
    rental_view,
    request_view,
)
from otp_sandbox.web.problems import Problem, wrong
from otp_sandbox.web.responses import Stream

KINDS: Final[Mapping[str, Table[Any]]] = {
    "message": MESSAGES,
    "code": CODES,
    "request": REQUESTS,
    "callback": CALLBACKS,
    "rental": RENTALS,
    "clock": CLOCK_LOG,
    "fault": REQUESTS,
}
_KINDS_OF: Final = {
    table.name: tuple(kind for kind, each in KINDS.items() if each is table) for table in KINDS.values()
}
HEARTBEAT: Final = 15.0
"""Seconds after which a stream that has nothing to tell says so."""
AT_ONCE: Final = 100
"""Entries of one look."""
PIECE: Final = 64 * 1024
"""Bytes of one piece. With one event more, and as much in the connection, this is what a client is waited for with."""
AGAIN: Final = 1_000
"""Milliseconds after which a browser comes again."""
LAST_ID: Final = "Last-Event-ID"


def _kinds(text: str) -> str:
    for kind in text.split(","):
        if kind not in KINDS:
            raise ValueError(f"has {kind!r}, which is none of {', '.join(KINDS)}")
    return text


Kinds = Annotated[Text, AfterValidator(_kinds), Field(description="Kinds of events, with commas between.")]


class EventsQuery(Model):
    """From where on, and which kinds of events."""

    after: Cursor | None = None
    kinds: Kinds = ",".join(KINDS)


async def _events(request: ControlRequest) -> Stream:
    query: EventsQuery = request.query
    control, lane = request.control, request.lane
    after = query.after
    given = request.http.headers.get(LAST_ID)
    if given:  # a browser that comes again knows better than its address
        try:
            after = read_cursor(given)
        except ValueError as error:
            raise wrong(LAST_ID, str(error)) from error
    if control.streams.open >= control.streams.most:
        raise Problem(503, f"there are {control.streams.most} streams already; close some")
    newest = (await control.store.news(lane.key, (), 0, 0)).until
    pieces = _pieces(control, lane, query.kinds.split(","), newest if after is None else after, newest)
    return Stream(pieces, "text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


async def _pieces(
    control: Control, lane: Lane, kinds: Iterable[str], after: int, newest: int
) -> AsyncGenerator[bytes, None]:
    store, streams = control.store, control.streams
    telling = _Telling(control, lane, frozenset(kinds))
    life, seen, more, looked = lane.key, after, after != newest, False
    with streams.opened():
        yield b"retry: %d\nid: %d\n\n" % (AGAIN, seen)
        while control.registry.get(lane.id) is lane:
            if lane.key != life:  # it was reset: everything in its new life is new
                life, seen, more, looked = lane.key, 0, True, False
                telling.told_gone.clear()
            try:
                if not more and not await store.wait(life, telling.tables, seen, HEARTBEAT, news=True):
                    if lane.key == life:
                        lane.used_at = control.real_now()  # who looks on uses it
                        yield b":\nid: %d\n\n" % seen
                    continue
                await streams.turn()
                with streams.look():
                    news = await store.news(life, telling.tables, seen, AT_ONCE)
                    if looked and news.more and telling.is_gap(news):  # it cannot follow: the lists are quicker
                        piece, until = telling.gap(seen, telling.kinds), (await store.news(life, (), 0, 0)).until
                        news = news._replace(until=until, more=False)
                    else:
                        next_due = await store.next_due(life) if telling.asks_due(news) else None
                        piece, until = telling.piece(news, seen, next_due)
            except LaneGone:
                await asyncio.sleep(0)
                with suppress(StoreTrouble):
                    await control.registry.bring_up_to_date()  # the loop finds out whether there is a next life
                continue
            except StoreTrouble:  # nothing is lost: it is told from where it was when the store is back
                yield b":\n\n"
                await asyncio.sleep(AGAIN / 1_000)
                continue
            looked, seen, more = True, until, until < news.until or news.more
            if piece:
                yield piece


class _Telling:
    """Writes events of some kinds."""

    def __init__(self, control: Control, lane: Lane, kinds: frozenset[str]) -> None:
        self._lane = lane
        self.kinds = tuple(kind for kind in KINDS if kind in kinds)
        self._redactor = control.redactor
        self.tables = tuple({KINDS[kind].name: KINDS[kind] for kind in self.kinds}.values())
        self.told_gone: dict[str, int] = {}

    def asks_due(self, news: News) -> bool:
        """Whether it is to be told when the next event falls due."""
        return any(each.table is CLOCK_LOG for each in news.written)

    def piece(self, news: News, after: int, next_due: datetime | None) -> tuple[bytes, int]:
        """Write one piece of what there is, and say up to which number it goes."""
        now = self._lane.now()
        piece = bytearray()
        if self.is_gap(news):
            gone = {name for name, until in news.gone.items() if until > self.told_gone.get(name, -1)}
            self.told_gone |= news.gone
            piece += self.gap(after, [kind for kind in self.kinds if KINDS[kind].name in gone])
        for each in news.written:
            for kind in _KINDS_OF[each.table.name]:
                if kind in self.kinds and (kind != "fault" or each.entry.fault):
                    shown = orjson.dumps(self._show(kind, each.entry, now, next_due))
                    piece += b"event: %b\nid: %d\ndata: %b\n\n" % (kind.encode(), each.number, shown)
            if len(piece) >= PIECE:
                return bytes(piece), each.number
        return bytes(piece), news.until

    def is_gap(self, news: News) -> bool:
        """Whether more is gone than was said."""
        return any(until > self.told_gone.get(name, -1) for name, until in news.gone.items())

    def gap(self, after: int, kinds: Iterable[str]) -> bytes:
        """Say that entries of some kinds are gone."""
        return b"event: gap\nid: %d\ndata: %b\n\n" % (after, orjson.dumps({"kinds": list(kinds)}))

    def _show(self, kind: str, entry: Any, now: datetime, next_due: datetime | None) -> object:
        shown: object
        if kind == "message":
            shown = message_view(self._lane, entry)
        elif kind == "request":
            shown = request_view(self._lane, entry)
        elif kind == "code":
            shown = code_view(entry, now)
        elif kind == "rental":
            shown = rental_view(entry)
        elif kind == "callback":
            shown = callback_view(entry, self._redactor)
        elif kind == "fault":
            shown = fired_fault_view(entry)
        else:
            shown = clock_view(self._lane, next_due)
        return shown


ENDPOINTS = [
    ControlEndpoint(
        "GET",
        "/events",
        "What happens, as server-sent events",
        _events,
        str,
        query=EventsQuery,
        headers=(LAST_ID,),
        content_type="text/event-stream",
        problems=(503,),
    ),
]
