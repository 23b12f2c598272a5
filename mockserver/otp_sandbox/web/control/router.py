"""Finds the endpoint of a control request, reads what it asks, and answers."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson
from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from otp_sandbox.contract import Reply
from otp_sandbox.lanes.lane import DEFAULT, Lane
from otp_sandbox.web.control.endpoint import Control, ControlEndpoint, ControlRequest
from otp_sandbox.web.control.endpoints import ENDPOINTS
from otp_sandbox.web.guard import Guard
from otp_sandbox.web.problems import Problem

PREFIX = "/_sandbox/v1"
_LANE = re.compile(r"/lanes/([^/]+)(/.+)")
_LOG = logging.getLogger("otp_sandbox.control")


class ControlRouter:
    """Answers the control API."""

    def __init__(self, control: Control, guard: Guard, more: Sequence[ControlEndpoint] = ()) -> None:
        self._control = control
        self._guard = guard
        self._table = [(_pattern(each.path), each) for each in (*ENDPOINTS, *more)]
        self._waiting: set[asyncio.Task[Any]] = set()

    async def __call__(self, request: web.BaseRequest) -> Reply:
        """Answer one request."""
        try:
            self._guard.check(request)
            return await self._answer(request)
        except Problem as problem:
            return problem.reply()
        except (web.HTTPException, web.RequestPayloadError, ConnectionError):
            raise  # a body that is too large, too slow or broken: the server answers for all paths alike
        except Exception:  # noqa: BLE001  (no request may end in a traceback)
            _LOG.exception("a control request failed")
            return Problem(500, "the sandbox failed; its log says more").reply()

    def cut(self) -> None:
        """End the requests that are waiting for something."""
        for task in self._waiting:
            task.cancel()

    async def _answer(self, request: web.BaseRequest) -> Reply:
        endpoint, path, lane_id = self._find(request)
        lane = self._lane(endpoint, path, lane_id)
        asked = ControlRequest(
            control=self._control,
            request=request,
            path=path,
            query=_query(endpoint, request),
            body=await _body(endpoint, request),
            lane_or_none=lane,
        )
        task = asyncio.current_task()
        if task is not None:
            self._waiting.add(task)
        try:
            answer = await endpoint.handler(asked)
        finally:
            if task is not None:
                self._waiting.discard(task)
        if endpoint.answer is None:
            return Reply(b"", status=endpoint.status)
        return Reply(orjson.dumps(answer), status=endpoint.status)

    def _find(self, request: web.BaseRequest) -> tuple[ControlEndpoint, dict[str, str], str]:
        raw = request.rel_url.raw_path.removeprefix(PREFIX)
        lane_id = ""
        under_lane = _LANE.fullmatch(raw)
        candidates = [(raw, False)]
        if under_lane is not None:
            lane_id = unquote(under_lane[1])
            candidates.append((under_lane[2], True))
        allowed: set[str] = set()
        for path, in_lane in candidates:
            for pattern, endpoint in self._table:
                match = pattern.fullmatch(path)
                if match is None or (in_lane and not endpoint.lane):
                    continue
                if endpoint.method == request.method:
                    found = {name: unquote(value) for name, value in match.groupdict().items()}
                    return endpoint, found, lane_id if in_lane else ""
                allowed.add(endpoint.method)
        if allowed:
            allow = ", ".join(sorted(allowed))
            raise Problem(405, f"{request.method} is not allowed here; {allow} is", headers={"Allow": allow})
        raise Problem(404, f"the control API has no {raw or '/'}; {PREFIX}/openapi.json lists what it has")

    def _lane(self, endpoint: ControlEndpoint, path: Mapping[str, str], lane_id: str) -> Lane | None:
        name = path.get("lane", lane_id) or (DEFAULT if endpoint.lane else "")
        if not name:
            return None
        lane = self._control.registry.get(name)
        if lane is None:
            raise Problem(404, f"lane {name} does not exist")
        lane.used_at = self._control.real_now()
        return lane


def _pattern(path: str) -> re.Pattern[str]:
    """Turn a path template into a pattern; literal paths come before `{id}` because the table lists them first."""
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path)))


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _query(endpoint: ControlEndpoint, request: web.BaseRequest) -> Any:
    pairs = parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True, errors="replace")
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise Problem(422, f"{name} came more than once", [(name, "came more than once")])
    if endpoint.query is None:
        if pairs:
            raise Problem(422, "this endpoint takes no query", [(name, "is not known here") for name in names])
        return None
    return _validated(endpoint.query, dict(pairs), "query")


async def _body(endpoint: ControlEndpoint, request: web.BaseRequest) -> Any:
    if endpoint.body is None:
        return None
    text = await request.read()
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Problem(400, f"the body is not JSON: {error}") from error
    return _validated(endpoint.body, document, "body")


def _validated(kind: Any, values: Any, what: str) -> Any:
    try:
        return _adapter(kind).validate_python(values)
    except ValidationError as error:
        errors = [
            (".".join(map(str, each["loc"])) or what, each["msg"].removeprefix("Value error, "))
            for each in error.errors()
        ]
        raise Problem(422, f"the {what} is not right: " + "; ".join(f"{f}: {d}" for f, d in errors), errors) from error
