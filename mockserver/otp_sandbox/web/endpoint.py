"""The way of a provider request: read it, find its lane, play it, keep it, answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Coroutine, Mapping, Sequence
from time import perf_counter
from typing import Any

from otp_sandbox.contract import LOOKS_REAL, SECRET_IN_QUERY, Dialect, Provider, Reply
from otp_sandbox.domain.store_errors import LaneGone, StoreTrouble
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.lanes.registry import CREDENTIAL_MOST, LaneConflict, NewLane, Registry
from otp_sandbox.play.journal import Journal
from otp_sandbox.play.player import Played, Player
from otp_sandbox.play.redaction import Redactor, looks_like_a_key
from otp_sandbox.play.request import Request
from otp_sandbox.play.route import Route
from otp_sandbox.web.fields import Sent, read_body, read_query
from otp_sandbox.web.problems import Problem, nothing_here
from otp_sandbox.web.reading import merged, query_pairs
from otp_sandbox.web.received import Received
from otp_sandbox.web.root import answer_root, is_root
from otp_sandbox.web.routes import Match, Resource, Routes, select

_LOG = logging.getLogger("otp_sandbox")
TURNS_MOST = 100
"""How often a request finds its lane again when it was deleted or reset meanwhile."""
LOOKED_AT_ONCE = 50
"""Lanes that are asked in one go whether a recording is theirs; others get their turn then."""


class Endpoint:
    """Answers everything outside the control API.

    Args:
        registry: finds the lane of a request.
        routes: find the operation of a request.
        player: plays calls.
        journal: keeps them.
        redactor: takes out of a path what must not be kept.
        any_credentials: open a lane for each credential that nobody has, instead of refusing it.
    """

    def __init__(
        self,
        registry: Registry,
        routes: Routes,
        player: Player,
        journal: Journal,
        redactor: Redactor,
        *,
        any_credentials: bool,
    ) -> None:
        self._registry = registry
        self._routes = routes
        self._player = player
        self._journal = journal
        self._redactor = redactor
        self._any_credentials = any_credentials
        self._shared = registry.shared
        self._told_of_keys = False
        self._faults: Any = None

    async def __call__(self, http: Received) -> Reply:  # noqa: C901  (the way of every request: parts would be calls)
        """Answer one request."""
        started = perf_counter()
        match = self._routes.find(http.path, http)
        routes = match.resource.methods.get(http.method) if match is not None else None
        if match is None or routes is None:
            return await self._answer_unmatched(http, match, started)
        provider = match.resource.provider
        sent = read_query(http, match)
        if http.has_body:
            await read_body(http, sent, routes)
        came = SECRET_IN_QUERY if http.method != "GET" and _names_any(sent.query, provider.identity.secrets) else 0
        turns = 0
        while True:
            if self._shared:
                await self._registry.bring_up_to_date()
            lane = self._registry.locate(provider.name, provider.identity.candidates(sent.fields, http.headers))
            if lane is None:
                came |= self._look_at_keys(provider, sent.fields, http.headers)
                lane = await self._adopt(provider, sent.fields, http.headers)
            sent = _read_as_chosen(provider, (lane or self._registry.default).dialect(provider.name), sent)
            route = select(routes, sent.fields, http)
            if route is None:
                return await self._answer_unmatched(http, match, started)
            request = _request(http, route, sent, came)
            try:
                if lane is None:
                    lane = await self._marked_lane(route, request) or self._registry.default
                played = await self._player.play(lane, route, request)
                if played.fault is not None:
                    return await self._under_fault(lane, route, request, played, http=http, started=started)
            except LaneGone:  # deleted or reset since it was found
                turns = _turned(turns)
                continue
            try:  # noqa: SIM105  (on the way of every request `suppress` costs more than it saves)
                await self._journal.note(lane, route, request, played, started)
            except LaneGone:  # then there is no journal any more either
                pass
            return played.reply

    async def _under_fault(
        self, lane: Lane, route: Route, request: Request, played: Played, *, http: Received, started: float
    ) -> Reply:
        if self._faults is None:
            from otp_sandbox.web.faults import Faults  # noqa: PLC0415  (most servers never need it)

            self._faults = Faults(self._player, self._journal)
        reply: Reply = await self._faults.answer(lane, route, request, played, http=http, started=started)
        return reply

    def _look_at_keys(self, provider: Provider, fields: Mapping[str, str], headers: Mapping[str, str]) -> int:
        """Say once that a key which nobody knows, and which looks real, does not belong here. Gives a flag of it."""
        if not any(map(looks_like_a_key, provider.identity.candidates(fields, headers))):
            return 0
        if not self._told_of_keys:
            self._told_of_keys = True
            _LOG.warning(
                "a credential that looks real came for %s: keep real ones out of tests, they prove nothing here",
                provider.title,
            )
        return LOOKS_REAL

    async def _adopt(self, provider: Provider, fields: Mapping[str, str], headers: Mapping[str, str]) -> Lane | None:
        """Open a lane for a credential that nobody has, if that is wanted."""
        if not self._any_credentials:
            return None
        adopted = provider.identity.adopt(fields, headers)
        if adopted is None or not all(each.isprintable() and len(each) <= CREDENTIAL_MOST for each in adopted.values()):
            return None
        try:
            return await self._registry.create(NewLane(credentials={provider.name: adopted}))
        except LaneConflict:  # another request was faster, or there is no room
            return self._registry.locate(provider.name, provider.identity.candidates(fields, headers))

    async def _marked_lane(self, route: Route, request: Request) -> Lane | None:
        """Find the lane of a request that carries no credential, only a mark of its lane."""
        identity = route.provider.identity
        mark = identity.mark_in(request.fields) if identity.mark_in is not None else None
        if mark is None:
            return None
        lanes = self._registry.marked(route.provider.name, mark)
        for number, lane in enumerate(lanes):
            if number % LOOKED_AT_ONCE == LOOKED_AT_ONCE - 1:
                await asyncio.sleep(0)  # lanes that were made with one seed may be many
            if len(lanes) == 1 or await self._player.succeeds(lane, route, request):
                return lane
        return None

    async def _answer_unmatched(self, http: Received, match: Match | None, started: float) -> Reply:
        if is_root(http):  # nobody's client calls that
            return answer_root(http)
        resource: Resource | None = match.resource if match is not None else None
        provider = resource.provider if resource is not None else self._routes.owner(http.path)
        fields, _ = merged(query_pairs(http.query), {}, any_case=False, join=",")
        allowed = tuple(sorted(resource.methods)) if resource is not None else ()
        path = self._redactor.path(http.path, self._routes.secret_segments(http.path))
        reply, shown = (self._refusal(http, provider, each, allowed) for each in (http.path, path))
        what = f"{http.method} is not allowed at {path}" if allowed else f"nothing is played at {path}"
        if not allowed:
            what += f"; {self._routes.not_played(http.path) or 'the documents do not list it'}"
        hints = self._routes.nearest(http.method, path, fields)
        request = Request(http.method, path, fields, http.headers, http, size=http.size)
        await self._note_unmatched(provider, request, shown, what, hints=hints, started=started)
        return reply

    def refuse(self, http: Received, status: int, detail: str) -> tuple[Reply, Coroutine[Any, Any, None]]:
        """Answer a request that cannot be played at all: broken, too large, too slow, or failed here.

        Returns: the answer, and what notes it.
        """
        match = self._routes.find(http.path, http)
        provider = match.resource.provider if match is not None else self._routes.owner(http.path)
        reply = provider.wire.refused(status) if provider is not None else Problem(status, detail).reply()
        return reply, self._note_refused(provider, http, reply, detail)

    def note(self, http: Received, reply: Reply, detail: str) -> Coroutine[Any, Any, None]:
        """Keep what came to nothing before it was a request; its host says whose it was."""
        host = http.headers.get("Host", "")
        told = f"{self._redactor.host(host)}: {detail}" if host else detail
        return self._note_refused(self._routes.of_host(host), http, reply, told)

    def _note_refused(
        self, provider: Provider | None, http: Received, reply: Reply, detail: str
    ) -> Coroutine[Any, Any, None]:
        started = perf_counter()
        fields, _ = merged(query_pairs(http.query), {}, any_case=False, join=",")
        path = self._redactor.path(http.path, self._routes.secret_segments(http.path))
        request = Request(http.method, path, fields, http.headers, http, size=http.size)
        return self._note_unmatched(provider, request, reply, detail, hints=(), started=started)

    async def _note_unmatched(
        self,
        provider: Provider | None,
        request: Request,
        shown: Reply,
        what: str,
        *,
        hints: Sequence[str],
        started: float,
    ) -> None:
        turns = 0
        while True:
            if self._shared:
                await self._registry.bring_up_to_date()
            lane = self._lane_of_unmatched(provider, request.fields, request.headers)
            try:
                await self._journal.note_unmatched(lane, provider, request, shown, what, hints=hints, started=started)
            except LaneGone:  # deleted or reset since it was found
                turns = _turned(turns)
                continue
            return

    def _refusal(self, http: Received, provider: Provider | None, path: str, allowed: tuple[str, ...]) -> Reply:
        """Say in the provider's words that nothing is at a path, or not for this method."""
        if provider is None:
            return nothing_here(self._routes.providers)
        return provider.wire.unmatched(http.method, f"{http.scheme}://{http.host}{path}", allowed)

    def _lane_of_unmatched(
        self, provider: Provider | None, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Lane:
        for each in (provider,) if provider is not None else self._routes.providers:
            folded, _ = merged(
                fields.items(),
                {name.lower(): name for name in each.identity.fields},
                any_case=each.reading.any_case_fields,
                join=None,
            )
            lane = self._registry.locate(each.name, each.identity.candidates(folded, headers))
            if lane is not None:
                lane.used_at = self._registry.real_now()
                return lane
        return self._registry.default


def _turned(turns: int) -> int:
    """Count how often a request has found a lane that is gone.

    Raises:
        StoreTrouble: it is not only that others were faster.
    """
    if turns == TURNS_MOST:
        trouble = "the store has lost what was in a lane: reset the lane, or delete it"
        _LOG.error(trouble)
        raise StoreTrouble(trouble)
    return turns + 1


def _read_as_chosen(provider: Provider, dialect: Dialect, sent: Sent) -> Sent:
    """Read the fields once more where the choices of a lane say so."""
    reading = provider.reading
    exact = reading.exact_fields is not None and reading.exact_fields(dialect)
    percent_u = "%u" in sent.query and reading.percent_u is not None and reading.percent_u(dialect)
    if not (exact or percent_u):
        return sent
    return sent.read_anew(any_case=reading.any_case_fields and not exact, percent_u=percent_u)


def _names_any(query: str, names: Collection[str]) -> bool:
    """Whether a query has one of some fields, which are in small letters."""
    return any(name.lower() in names for name, _ in query_pairs(query))


def _request(http: Received, route: Route, sent: Sent, came: int) -> Request:
    fields, warnings, operation = sent.fields, sent.all_warnings, route.operation
    unnamed: tuple[str, ...] = ()
    if not fields.keys() <= route.names:
        unnamed = tuple(name for name in fields if name not in route.names)
        if not route.handler.takes_unnamed_fields:
            warnings = [*warnings, *(f"{name} is no parameter of {operation.name}" for name in unnamed)]
    return Request(
        http.method,
        http.path,
        fields,
        http.headers,
        http,
        tuple(warnings) if warnings else (),
        sent.unreadable,
        http.size + sent.body_size,
        bool(unnamed),
        came,
    )
