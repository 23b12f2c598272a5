"""Finds the endpoint of a control request, reads query and body as its types, and answers."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson
from aiohttp import HttpVersion11, web
from pydantic import TypeAdapter, ValidationError

from otp_sandbox.contract import Reply
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store_errors import LaneGone, StoreTrouble
from otp_sandbox.lanes.accounts import wrong_fields
from otp_sandbox.lanes.lane import DEFAULT, Lane
from otp_sandbox.lanes.snapshots import masked
from otp_sandbox.lanes.writes import note_write
from otp_sandbox.web.bodies import Unreadable, read_json
from otp_sandbox.web.connections import Connection
from otp_sandbox.web.control.endpoint import PREFIX, Control, ControlEndpoint, ControlRequest
from otp_sandbox.web.control.endpoints import ENDPOINTS
from otp_sandbox.web.guard import Guard
from otp_sandbox.web.problems import Problem
from otp_sandbox.web.responses import Answer, Stream
from otp_sandbox.web.root import INBOX, TO_THE_INBOX

_LOG = logging.getLogger("otp_sandbox.control")
_INBOX = INBOX.rstrip("/")


class ControlRouter:
    """Answers the control API."""

    def __init__(self, control: Control, guard: Guard, more: Sequence[ControlEndpoint] = ()) -> None:
        self._control = control
        self._guard = guard
        self._by_length: dict[int, list[tuple[list[str], ControlEndpoint]]] = defaultdict(list)
        for endpoint in (*ENDPOINTS, *more):
            for path in endpoint.paths:
                template = path.split("/")
                self._by_length[len(template)].append((template, endpoint))

    async def __call__(self, request: web.BaseRequest) -> Answer:
        """Answer one request."""
        answer = self._guard.preflight(request) or await self._guarded(request)
        shared = self._guard.shared(request)
        return replace(answer, headers={**answer.headers, **shared}) if shared else answer

    async def _guarded(self, request: web.BaseRequest) -> Answer:
        try:
            self._guard.check(request, public=self._is_public(request))
            return await self._answer(request)
        except Problem as problem:
            return problem.reply()
        except (web.HTTPException, web.RequestPayloadError, ConnectionError):
            raise  # a body that is too large, too slow or broken: the server answers for all paths alike
        except StoreTrouble as trouble:  # the store has said so in the log
            return Problem(503, str(trouble)).reply()
        except Exception:  # noqa: BLE001  (no request may end in a traceback)
            _LOG.exception("a control request failed")
            return Problem(500, "the sandbox failed; its log says more").reply()

    async def _answer(self, http: web.BaseRequest) -> Answer:
        if http.rel_url.raw_path == _INBOX and http.method in ("GET", "HEAD"):
            return TO_THE_INBOX
        endpoint, path = self._find(http)
        lane, query = await self._lane(endpoint, path), _query(endpoint, http)
        sent, body = await _body(endpoint, http)
        request = ControlRequest(control=self._control, http=http, path=path, lane_or_none=lane, query=query, body=body)
        if lane is not None and endpoint.settles:
            await self._control.schedule.catch_up(lane)
        life, at = (lane.key, lane.now()) if lane is not None else ("", None)
        try:
            if endpoint.long and isinstance(http.protocol, Connection) and http.version >= HttpVersion11:
                http.protocol.watch()  # before that version there were no interim answers
            answer = await endpoint.handler(request)
            if lane is not None and at is not None and endpoint.method != "GET" and lane.key == life:
                with suppress(LaneGone):  # deleted by it
                    await self._note(request, sent, lane, at)
        except LaneGone:
            name = path.get("lane", DEFAULT)
            raise Problem(404, f"lane {name} was deleted or reset meanwhile") from None
        if isinstance(answer, Reply | Stream):
            return answer
        return Reply(orjson.dumps(answer) if endpoint.answer is not None else b"", status=endpoint.status)

    async def _note(self, request: ControlRequest, sent: Any, lane: Lane, at: datetime) -> None:
        """Keep what was done to a lane, for whoever plays it again."""
        http, mask = request.http, self._control.redactor.value
        path = http.rel_url.raw_path.removeprefix(PREFIX)
        if "lane" in request.path:
            path = "/".join(["", *path.split("/")[3:]])
        await note_write(
            self._control.store,
            lane.key,
            at=at,
            then=lane.now(),
            method=http.method,
            path="" if path == "/" else self._control.redactor.known(path),
            body=orjson.dumps(masked(sent, mask)).decode() if sent is not None else "",
        )

    def _is_public(self, http: web.BaseRequest) -> bool:
        segments = http.rel_url.raw_path.split("/")
        return http.rel_url.raw_path == _INBOX or any(
            endpoint.public and _match(template, segments) is not None
            for template, endpoint in self._by_length.get(len(segments), ())
        )

    def _find(self, http: web.BaseRequest) -> tuple[ControlEndpoint, dict[str, str]]:
        path = http.rel_url.raw_path
        method = "GET" if http.method == "HEAD" else http.method
        segments = path.split("/")
        allowed: set[str] = set()
        for template, endpoint in self._by_length.get(len(segments), ()):
            parameters = _match(template, segments)
            if parameters is not None:
                if endpoint.method == method:
                    return endpoint, parameters
                allowed.add(endpoint.method)
        if allowed:
            allow = ", ".join(sorted(allowed))
            raise Problem(405, f"{http.method} is not allowed here; {allow} is", headers={"Allow": allow})
        named = path.removeprefix(PREFIX) or "/"
        raise Problem(404, f"the control API has no {named}; {PREFIX}/openapi.json lists what it has")

    async def _lane(self, endpoint: ControlEndpoint, path: dict[str, str]) -> Lane | None:
        name = path.get("lane") or (DEFAULT if endpoint.lane else "")
        if not name:
            return None
        await self._control.registry.bring_up_to_date()
        lane = self._control.registry.get(name)
        if lane is None:
            raise Problem(404, f"lane {name} does not exist")
        lane.used_at = self._control.real_now()
        return lane


def _match(template: list[str], segments: list[str]) -> dict[str, str] | None:
    """Give the parameters of a path; literal paths come before `{id}` because the table lists them first.

    Text may follow a parameter in its segment: `{provider}.json`.
    """
    parameters = {}
    for expected, segment in zip(template, segments, strict=True):
        name, brace, ending = expected.removeprefix("{").partition("}")
        if brace and segment != ending and segment.endswith(ending):
            parameters[name] = unquote(segment.removesuffix(ending))
        elif brace or expected != segment:
            return None
    return parameters


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _query(endpoint: ControlEndpoint, request: web.BaseRequest) -> Any:
    pairs = parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True, errors="replace")
    names = [name for name, _ in pairs]
    for name, count in Counter(names).items():
        if count > 1:
            raise Problem(422, f"{name} came more than once", [(name, "came more than once")])
    if endpoint.query is None:
        if pairs:
            raise Problem(422, "this endpoint takes no query", [(name, "is not known here") for name in names])
        return None
    return _validated(endpoint.query, dict(pairs), "query")


async def _body(endpoint: ControlEndpoint, request: web.BaseRequest) -> tuple[Any, Any]:
    """Read a body: the JSON that was sent, and what the endpoint takes it as."""
    if endpoint.body is None:
        return None, None
    if endpoint.body_most is not None:
        return None, await request.clone(client_max_size=endpoint.body_most).read()
    try:
        document = read_json(await request.read(), request.headers.get("Content-Type", ""))
    except Unreadable as error:
        raise Problem(400, str(error)) from error
    return document, _validated(endpoint.body, document, "body")


def _validated(kind: Any, values: Any, what: str) -> Any:
    try:
        return _adapter(kind).validate_python(values)
    except ValidationError as error:
        errors = [(field or what, detail) for field, detail in wrong_fields(error)]
        raise Problem(422, f"the {what} is not right: " + "; ".join(f"{f}: {d}" for f, d in errors), errors) from error
