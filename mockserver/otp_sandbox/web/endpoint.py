"""The way of a provider request: route, fields, lane, decision, answer, journal."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from time import perf_counter
from urllib.parse import unquote

from aiohttp import web

from otp_sandbox.contract import Call, Fields, Provider
from otp_sandbox.domain.store import Change, State, Store
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.lanes.registry import LaneConflict, NewLane, Registry
from otp_sandbox.lanes.schedule import Schedule
from otp_sandbox.play.journal import BODY_MOST, MASK, REQUESTS, Entry, masked
from otp_sandbox.web.fields import Read, read
from otp_sandbox.web.problems import nothing_here
from otp_sandbox.web.reading import merged, query_pairs
from otp_sandbox.web.responses import response
from otp_sandbox.web.routes import Resource, Route, Routes, select

Watch = Callable[[Lane, Entry], None]
ENTRY_OVERHEAD = 1024
"""Bytes that a journal entry takes besides what was sent and answered; an estimate for the memory budget."""


class Endpoint:
    """Answers everything outside the control API.

    Args:
        any_credentials: open a lane for each credential that nobody has, instead of refusing it.
        watch: is told of each journal entry, for the log.
    """

    def __init__(
        self,
        store: Store,
        registry: Registry,
        schedule: Schedule,
        routes: Routes,
        *,
        any_credentials: bool,
        watch: Watch,
    ) -> None:
        self._store = store
        self._registry = registry
        self._schedule = schedule
        self._routes = routes
        self._any_credentials = any_credentials
        self._watch = watch
        self._secrets = frozenset[str]().union(*(each.identity.secrets for each in routes.providers))
        self._magic_rows = {provider.name: rows_by_code(provider) for provider in routes.providers}

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        """Answer one request."""
        started = perf_counter()
        at = self._routes.find(request.rel_url.raw_path)
        place = at.place if at is not None else None
        routes = place.methods.get(request.method) if place is not None else None
        if at is None or place is None or routes is None:
            return await self._unmatched(request, place, started)
        reading = place.provider.reading
        sent = await read(request, at, routes, any_case=reading.any_case_fields)
        fields = sent.fields
        found = await self._lane(place.provider, fields, request.headers)
        lane = found or self._registry.default
        if reading.exact_fields_when is not None:
            choice, option = reading.exact_fields_when
            if lane.dialect(place.provider.name).option(choice) == option:
                sent = await read(request, at, routes, any_case=False)
                fields = sent.fields
        route = select(routes, fields)
        if route is None:
            return await self._unmatched(request, place, started)
        if found is None and route.operation.role == "audio":
            lane = await self._lane_of_recording(request, route, fields) or lane
        return await self._operate(request, route, lane, sent, started)

    async def _operate(
        self, request: web.BaseRequest, route: Route, lane: Lane, sent: Read, started: float
    ) -> web.Response:
        provider, operation, fields, warnings = route.provider, route.operation, sent.fields, sent.warnings
        due = await self._store.next_due(lane.id)
        lane.used_at = self._registry.real_now()
        now = lane.clock.now(lane.used_at)
        if due is not None and due <= now:
            await self._schedule.settle(lane)
        known = fields.keys() <= operation.fields.keys()
        if not known and operation.role != "audio":  # a recording is named by a parameter that no spec can know
            odd = [name for name in fields if name not in operation.fields]
            warnings += [f"{name} is no parameter of {operation.name}" for name in odd]
        call = _call(request, route, lane, fields, now, warnings, lane.next_request_id())
        call.unreadable = sent.unreadable
        magic = self._magic(route, fields)
        verdict: Verdict = await self._store.decide(
            lane.id, route.checklist.keys(route.handler, call), _judging(route, call, magic)
        )
        due = await self._store.next_due(lane.id)
        if due is not None:
            if due <= now:  # a message to a rented number arrives before the send is answered
                await self._schedule.settle(lane)
                due = await self._store.next_due(lane.id)
            self._schedule.arm(lane, due)
        # A magic value names a row of the table itself, whatever the choices and the causes of the operation are.
        row = provider.spec.outcomes[verdict.cause] if verdict.magic else call.dialect.row(operation, verdict.cause)
        reply = provider.render(call, row, verdict)
        entry = Entry(
            id=call.request_id,
            at=now,
            provider=provider.name,
            operation=operation.name,
            role=operation.role,
            method=request.method,
            path=_shown_path(route, request.rel_url.raw_path, fields),
            fields=masked(fields, self._secrets, route.secrets if known else None),
            outcome=row.name,
            cause=verdict.cause,
            reason=verdict.reason or row.condition,
            success=row.success,
            code=row.code,
            status=reply.status,
            response=reply.body[:BODY_MOST],
            duration_ms=(perf_counter() - started) * 1000,
            warnings=tuple(warnings),
            magic=verdict.magic,
            size=ENTRY_OVERHEAD + len(request.raw_path) + len(reply.body),
        )
        await self._note(lane, entry)
        return response(reply)

    def _magic(self, route: Route, fields: Mapping[str, str]) -> str | None:
        if route.magic_field is None:
            return None
        text = fields.get(route.magic_field)
        code = route.provider.magic.code_of(text) if text else None
        return self._magic_rows[route.provider.name].get(code) if code is not None else None

    async def _lane_of_recording(self, request: web.BaseRequest, route: Route, fields: Fields) -> Lane | None:
        """Find the lane of a recording: its link carries no credential, only a name that nobody guesses."""
        for lane in self._registry:
            call = _call(request, route, lane, fields, lane.now(), [], "")
            keys = route.checklist.keys(route.handler, call)
            verdict: Verdict = await self._store.decide(lane.id, keys, _judging(route, call))
            if call.dialect.row(route.operation, verdict.cause).success:
                return lane
        return None

    async def _lane(self, provider: Provider, fields: Fields, headers: Mapping[str, str]) -> Lane | None:
        lane = self._registry.locate(provider.name, provider.identity.candidates(fields, headers))
        if lane is None and self._any_credentials:
            adopted = provider.identity.adopt(fields, headers)
            if adopted is not None:
                try:
                    lane = await self._registry.create(NewLane(credentials={provider.name: adopted}))
                except LaneConflict:
                    lane = None
        return lane

    async def _unmatched(self, request: web.BaseRequest, place: Resource | None, started: float) -> web.Response:
        path = request.rel_url.raw_path
        provider = place.provider if place is not None else self._routes.owner(path)
        fields, _ = merged(query_pairs(request.rel_url.raw_query_string), {}, any_case=False, join=",")
        lane = self._lane_of_unmatched(provider, fields, request.headers)
        allowed = tuple(sorted(place.methods)) if place is not None else ()
        path = self._without_secrets(path[:BODY_MOST])
        if provider is not None:
            reply = provider.unmatched(request.method, str(request.url.with_query(None)), allowed)
        else:
            reply = nothing_here(self._routes.providers)
        nearest = self._routes.nearest(request.method, path)
        what = f"{request.method} is not allowed at {path}" if allowed else f"nothing is played at {path}"
        hint = f"; nearest: {', '.join(nearest)}" if nearest else ""
        entry = Entry(
            id=lane.next_request_id(),
            at=lane.now(),
            provider=provider.name if provider is not None else None,
            operation=None,
            role=None,
            method=request.method,
            path=path,
            fields=masked(fields, self._secrets),
            outcome=None,
            cause=None,
            reason=what,
            success=False,
            code=None,
            status=reply.status,
            response=self._without_secrets(reply.body.decode()).encode(),
            duration_ms=(perf_counter() - started) * 1000,
            warnings=(what + hint,),
            magic=False,
            size=ENTRY_OVERHEAD + len(request.raw_path) + len(reply.body),
        )
        await self._note(lane, entry)
        return response(reply)

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

    async def _note(self, lane: Lane, entry: Entry) -> None:
        await self._store.append(lane.id, REQUESTS, entry.id, entry)
        self._watch(lane, entry)


def _shown_path(route: Route, path: str, fields: Fields) -> str:
    """Give a path without the secrets that it holds, right or wrong."""
    own = route.operation.path
    if "{" not in own:
        return path
    for name in route.operation.fields:
        own = own.replace(f"{{{name}}}", MASK if name in route.secrets else fields.get(name, ""))
    return own


def _judging(route: Route, call: Call, magic: str | None = None) -> Callable[[State], Change[Verdict]]:
    return lambda state: route.checklist.decide(route.handler, call, state, magic)


def _call(  # noqa: PLR0917  (a request, and all that was found out about it)
    request: web.BaseRequest,
    route: Route,
    lane: Lane,
    fields: Fields,
    now: datetime,
    warnings: list[str],
    request_id: str,
) -> Call:
    values, invalid = route.checklist.read(fields)
    return Call(
        operation=route.operation,
        fields=fields,
        values=values,
        invalid=invalid,
        headers=request.headers,
        credentials=lane.origin.credentials[route.provider.name],
        seed=lane.origin.seed,
        now=now,
        dialect=lane.dialect(route.provider.name),
        request_id=request_id,
        source=request,
        warnings=warnings,
    )


def rows_by_code(provider: Provider) -> dict[str, str]:
    """Give the rows that magic values may ask for: the first of each code, none of HTTP's own and no success."""
    rows: dict[str, str] = {}
    succeeds = {str(row.code) for row in provider.spec.outcomes.values() if row.success}
    for row in provider.spec.outcomes.values():
        if str(row.code) not in succeeds and row.status == HTTPStatus.OK:
            rows.setdefault(str(row.code), row.name)
    return rows
