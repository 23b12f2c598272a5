"""The way of a provider request: read it, find its lane, play it, keep it, answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from time import perf_counter
from urllib.parse import unquote

from otp_sandbox.contract import Provider, Reply
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import LaneGone
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.lanes.registry import CREDENTIAL_MOST, LaneConflict, NewLane, Registry
from otp_sandbox.play.journal import BODY_MOST, MASK, Journal
from otp_sandbox.play.player import Player
from otp_sandbox.play.request import Request
from otp_sandbox.play.route import Route
from otp_sandbox.web.fields import Sent, read_body, read_query
from otp_sandbox.web.problems import nothing_here
from otp_sandbox.web.reading import merged, query_pairs
from otp_sandbox.web.received import Received
from otp_sandbox.web.routes import Match, Resource, Routes, select


class Endpoint:
    """Answers everything outside the control API.

    Args:
        registry: finds the lane of a request.
        routes: find the operation of a request.
        player: plays calls.
        journal: keeps them.
        any_credentials: open a lane for each credential that nobody has, instead of refusing it.
    """

    def __init__(
        self, registry: Registry, routes: Routes, player: Player, journal: Journal, *, any_credentials: bool
    ) -> None:
        self._registry = registry
        self._routes = routes
        self._player = player
        self._journal = journal
        self._any_credentials = any_credentials

    async def __call__(self, http: Received) -> Reply:
        """Answer one request."""
        started = perf_counter()
        match = self._routes.find(http.path, http.headers)
        routes = match.resource.methods.get(http.method) if match is not None else None
        if match is None or routes is None:
            return await self._answer_unmatched(http, match, started)
        provider = match.resource.provider
        sent = read_query(http, match)
        if http.has_body:
            await read_body(http, sent, routes)
        exact = provider.reading.exact_fields
        while True:
            lane = self._registry.locate(provider.name, provider.identity.candidates(sent.fields, http.headers))
            if lane is None and self._any_credentials:
                lane = await self._adopt(provider, sent.fields, http.headers)
            if exact is not None and exact((lane or self._registry.default).dialect(provider.name)):
                sent = sent.with_exact_names()
            route = select(routes, sent.fields)
            if route is None:
                return await self._answer_unmatched(http, match, started)
            request = _request(http, route, sent)
            try:
                if lane is None:
                    lane = await self._marked_lane(route, request) or self._registry.default
                played = await self._player.play(lane, route, request)
            except LaneGone:  # deleted or reset since it was found
                continue
            with suppress(LaneGone):  # then there is no journal any more either
                await self._journal.note(lane, route, request, played, started)
            return played.reply

    async def _adopt(self, provider: Provider, fields: Mapping[str, str], headers: Mapping[str, str]) -> Lane | None:
        """Open a lane for a credential that nobody has."""
        adopted = provider.identity.adopt(fields, headers)
        if adopted is None or max(map(len, adopted.values())) > CREDENTIAL_MOST:
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
        for lane in lanes:
            if len(lanes) == 1 or await self._player.succeeds(lane, route, request):
                return lane
        return None

    async def _answer_unmatched(self, http: Received, match: Match | None, started: float) -> Reply:
        resource: Resource | None = match.resource if match is not None else None
        provider = resource.provider if resource is not None else self._routes.owner(http.path)
        fields, _ = merged(query_pairs(http.query), {}, any_case=False, join=",")
        allowed = tuple(sorted(resource.methods)) if resource is not None else ()
        path = self._without_secrets(http.path[:BODY_MOST])
        if provider is not None:
            reply = provider.wire.unmatched(http.method, f"{http.scheme}://{http.host}{http.path}", allowed)
        else:
            reply = nothing_here(self._routes.providers)
        what = f"{http.method} is not allowed at {path}" if allowed else f"nothing is played at {path}"
        hints = self._routes.nearest(http.method, path)
        request = Request(http.method, path, fields, http.headers, http, size=http.size)
        shown = replace(reply, body=self._without_secrets(reply.body.decode()).encode())
        while True:
            lane = self._lane_of_unmatched(provider, fields, http.headers)
            try:
                await self._journal.note_unmatched(lane, provider, request, shown, what, hints=hints, started=started)
            except LaneGone:  # deleted or reset since it was found
                continue
            return reply

    def _without_secrets(self, text: str) -> str:
        """Mask the path segments in a text that are a secret of any lane."""
        parts = re.split(r"([/'\"\s])", text)
        return "".join(MASK if self._registry.is_secret(unquote(part)) else part for part in parts)

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


def _request(http: Received, route: Route, sent: Sent) -> Request:
    fields, warnings, operation = sent.fields, sent.warnings, route.operation
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
    )
