"""The endpoints of messages: list them, wait for them, force a delivery state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from otp_sandbox.domain.messages import MESSAGES, Message, force_report
from otp_sandbox.domain.store import Placed
from otp_sandbox.domain.store_errors import LaneGone
from otp_sandbox.play.journal import REQUESTS, Entry
from otp_sandbox.web.control.endpoint import Control, ControlEndpoint, ControlRequest, find_provider
from otp_sandbox.web.control.paging import USUAL, cursor, page
from otp_sandbox.web.control.reading import Count, Cursor, Duration, Model, Page, ShortDuration, Text, later
from otp_sandbox.web.control.schemas import MessageShape, MessagesShape, NearMissShape, WaitShape
from otp_sandbox.web.control.views import message_view
from otp_sandbox.web.problems import Problem, wrong

LONGEST_WAIT = 60.0


class Filters(Model):
    """Which messages are meant."""

    to: Text | None = None
    provider: Text | None = None


class ListQuery(Filters, Page):
    """Which messages, and which part of their list."""


class LatestQuery(Filters):
    """Which message; `after` makes it newer than a place."""

    after: Cursor | None = None


class WaitQuery(Filters):
    """What is expected within real time."""

    after: Cursor | None = None
    count: Count = 1
    timeout: Duration = Field(default="5s", validate_default=True)


class WaitBody(Filters):
    """What is expected within the lane's time."""

    after: Cursor | None = None
    count: Annotated[Count, Field(strict=True)] = 1
    within: ShortDuration = Field(default="5s", validate_default=True)


class StatusBody(Model):
    """The delivery state to force."""

    state: Literal["sending", "sent", "delivered", "failed", "rejected", "deleted"]


def _matching(control: Control, filters: Filters, *, queued: bool | None = False) -> Callable[[Message], bool]:
    """Say whether a message is meant; `queued` True means those that wait, False the others, None both."""
    if filters.provider is not None:
        find_provider(control.providers, "provider", filters.provider)
    phones = control.recipient("to", filters.to) if filters.to is not None else None

    def matches(message: Message) -> bool:
        return (
            (queued is None or queued == (message.state == "queued"))
            and (phones is None or message.to in phones or message.addressee in phones)
            and (filters.provider is None or message.provider == filters.provider)
        )

    return matches


async def _queued(request: ControlRequest, filters: Filters) -> list[Message]:
    """Give the messages that are meant and are not sent yet, the next one first."""
    placed = await request.control.store.entries(
        request.lane.key, MESSAGES, where=_matching(request.control, filters, queued=True)
    )
    return sorted((each.entry for each in placed), key=_until)


def _until(message: Message) -> datetime:
    return message.queued_until or message.created_at


def _tell_queued(queued: Sequence[Message]) -> str:
    """Say how many messages wait, and when the next one is sent."""
    most = f"{len(queued)} queued, the first" if len(queued) > 1 else "1 queued"
    return f"{most} until {_until(queued[0]).isoformat()}"


async def _list(request: ControlRequest) -> MessagesShape:
    query: ListQuery = request.query
    found, cursor, more = await page(request, MESSAGES, _matching(request.control, query, queued=None))
    return {"messages": [message_view(request.lane, each) for each in found], "cursor": cursor, "more": more}


async def _clear(request: ControlRequest) -> None:
    await request.control.store.clear(request.lane.key, [MESSAGES.name])


async def _one(request: ControlRequest) -> MessageShape:
    query: LatestQuery = request.query
    if request.path["id"] == "latest":
        placed = await request.control.store.entries(
            request.lane.key, MESSAGES, after=query.after, where=_matching(request.control, query)
        )
        if placed:
            return message_view(request.lane, placed[-1].entry)
        queued = await _queued(request, query)
        raise Problem(404, "no message yet" + (f"; {_tell_queued(queued)}" if queued else ""))
    return message_view(request.lane, await _message(request))


async def _message(request: ControlRequest) -> Message:
    message = await request.control.store.get(request.lane.key, MESSAGES, request.path["id"])
    if message is None:
        raise Problem(404, f"message {request.path['id']} does not exist in lane {request.lane.id}")
    return message


class _Looking:
    """Finds the messages that match as they come. Many may look at once: what was looked at is not looked at again."""

    def __init__(self, request: ControlRequest, filters: WaitQuery | WaitBody) -> None:
        self._store, self._lane = request.control.store, request.lane
        self._life = request.lane.key
        self._matches = _matching(request.control, filters)
        self._found: dict[str, Placed[Message]] = {}
        self.seen = filters.after or 0

    async def look(self) -> list[Placed[Message]]:
        """Give all that were found."""
        key = self._lane.key
        if key != self._life:  # the lane was reset: what was found is gone
            self._found.clear()
            self._life = key
        newest = await self._store.place(key)
        for placed in await self._store.entries(key, MESSAGES, after=self.seen, where=self._matches):
            self._found.pop(placed.entry.id, None)  # it has moved
            self._found[placed.entry.id] = placed
        self.seen = max(self.seen, newest)
        return list(self._found.values())


async def _wait(request: ControlRequest) -> WaitShape:
    query: WaitQuery = request.query
    if query.timeout.total_seconds() > LONGEST_WAIT:
        raise wrong("timeout", "is longer than 60s")
    looking, lane, loop = _Looking(request, query), request.lane, asyncio.get_running_loop()
    deadline = loop.time() + query.timeout.total_seconds()
    while True:
        life, gone = lane.key, True
        with suppress(LaneGone):  # the store lets go of those who wait there
            found = await looking.look()
            if _decided(query.count, found) or loop.time() >= deadline:
                return await _answer(request, query, query.count, found)
            gone = False
            await request.control.store.wait(life, (MESSAGES,), looking.seen, deadline - loop.time())
        await request.control.registry.bring_up_to_date()
        if request.control.registry.get(lane.id) is not lane or (gone and lane.key == life):
            raise Problem(404, f"lane {lane.id} was deleted")


async def _advance_and_wait(request: ControlRequest) -> WaitShape:
    body: WaitBody = request.body
    looking, lane = _Looking(request, body), request.lane

    async def decided() -> bool:
        return _decided(body.count, await looking.look())

    await request.control.schedule.settle(lane)
    until = later("within", lane.now(), body.within)
    more = not await decided()
    while more and request.is_wanted():  # one advance fires so many events, and no more
        more = (await request.control.schedule.advance(lane, until, decided, wanted=request.is_wanted)).more
    return await _answer(request, body, body.count, await looking.look())


def _decided(count: int, placed: list[Placed[Message]]) -> bool:
    return len(placed) >= max(count, 1)


async def _answer(
    request: ControlRequest, filters: WaitQuery | WaitBody, count: int, placed: list[Placed[Message]]
) -> WaitShape:
    matched = len(placed) >= count if count else not placed
    placed = placed[: max(count, USUAL)]  # the cursor leads to the rest
    misses: list[NearMissShape] = []
    if not matched:
        misses = await _refused(request, filters)
        if count:  # where none is expected, one that is to come is no miss
            misses += await _not_yet_sent(request, filters)
    return {
        "matched": matched,
        "cursor": cursor(placed, filters.after or 0),
        "messages": [message_view(request.lane, each.entry) for each in placed],
        "near_misses": misses,
    }


async def _not_yet_sent(request: ControlRequest, filters: WaitQuery | WaitBody) -> list[NearMissShape]:
    """Tell which requests have made messages that are still queued, whenever they came: a cursor finds them later."""
    of_request: dict[str, list[Message]] = {}
    for message in await _queued(request, filters):
        of_request.setdefault(message.request_id, []).append(message)
    return [
        {
            "request_id": request_id,
            "at": queued[0].created_at,
            "provider": queued[0].provider,
            "operation": queued[0].operation,
            "to": ",".join(dict.fromkeys(each.to for each in queued)),
            "outcome": "queued",
            "code": "",
            "reason": _tell_queued(queued),
        }
        for request_id, queued in of_request.items()
    ]


async def _refused(request: ControlRequest, filters: WaitQuery | WaitBody) -> list[NearMissShape]:
    """Tell which sends were refused."""
    control = request.control
    phones = control.recipient("to", filters.to) if filters.to is not None else None

    def recipient(entry: Entry) -> str:
        meant = control.providers[entry.provider or ""].phones.recipients(entry.fields)
        return next((each for each in meant if phones is not None and each in phones), ",".join(meant))

    def missed(entry: Entry) -> bool:
        return (
            entry.role == "send"
            and not entry.success
            and (filters.provider is None or entry.provider == filters.provider)
            and (phones is None or recipient(entry) in phones)
        )

    placed = await control.store.entries(request.lane.key, REQUESTS, after=filters.after or 0, where=missed)
    placed = placed[-USUAL:]
    return [
        {
            "request_id": entry.id,
            "at": entry.at,
            "provider": entry.provider or "",
            "operation": entry.operation or "",
            "to": recipient(entry),
            "outcome": entry.outcome or "fault",
            "code": entry.code if entry.code is not None else "",
            "reason": entry.reason,
        }
        for _, entry in placed
    ]


async def _force(request: ControlRequest) -> MessageShape:
    body: StatusBody = request.body
    lane = request.lane
    message = await _message(request)
    if not await request.control.schedule.happen(lane, force_report(message, body.state, lane.now())):
        raise Problem(409, "a queued message has no delivery state yet")
    return message_view(lane, await _message(request))


ENDPOINTS = [
    ControlEndpoint("GET", "/messages", "List messages, newest last", _list, MessagesShape, query=ListQuery),
    ControlEndpoint("DELETE", "/messages", "Forget all messages", _clear, status=204),
    ControlEndpoint(
        "GET", "/messages/wait", "Wait for messages in real time", _wait, WaitShape, query=WaitQuery, problems=(422,)
    ),
    ControlEndpoint(
        "POST",
        "/messages/wait",
        "Wait for messages in the lane's time: its clock is advanced up to the one that fulfils it",
        _advance_and_wait,
        WaitShape,
        body=WaitBody,
        long=True,
    ),
    ControlEndpoint(
        "GET", "/messages/{id}", "Get a message, or the latest", _one, MessageShape, query=LatestQuery, problems=(404,)
    ),
    ControlEndpoint(
        "POST",
        "/messages/{id}/status",
        "Force a delivery state",
        _force,
        MessageShape,
        body=StatusBody,
        problems=(404, 409),
    ),
]
