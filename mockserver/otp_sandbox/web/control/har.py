"""The journal as HAR 1.2, for the tools of others. It is made of what the journal keeps: fields, and no headers."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncGenerator, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlencode

import orjson

from otp_sandbox.contract import Provider
from otp_sandbox.play.journal import BODY_MOST, REQUESTS, Entry
from otp_sandbox.version import VERSION
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest
from otp_sandbox.web.control.file_schemas import HarShape
from otp_sandbox.web.responses import Stream

AT_ONCE: Final = 200
"""Entries that are written in one go; others get their turn then."""
_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"
_PHRASES: Final = {each.value: each.phrase for each in HTTPStatus}
_BEGINNINGS: Final = ((b"{", _JSON), (b"[", _JSON), (b"<?xml", "application/xml"), (b"<", "text/html"))


async def _har(request: ControlRequest) -> Stream:
    placed = await request.control.store.entries(request.lane.key, REQUESTS)
    name = f'attachment; filename="{request.lane.id}.har"'
    return Stream(
        _pieces([each.entry for each in placed], request), "application/json", headers={"Content-Disposition": name}
    )


async def _pieces(entries: list[Entry], request: ControlRequest) -> AsyncGenerator[bytes]:
    head = {
        "version": "1.2",
        "creator": {"name": "otp-sandbox", "version": VERSION},
        "comment": "Times are those of the lane's clock. Requests are made of their fields; secrets are masked.",
    }
    yield b'{"log":%b,"entries":[' % orjson.dumps(head)[:-1]
    for start in range(0, len(entries), AT_ONCE):
        some = [orjson.dumps(_entry(each, request)) for each in entries[start : start + AT_ONCE]]
        yield (b"," if start else b"") + b",".join(some)
        await asyncio.sleep(0)
    yield b"]}}"


def _entry(entry: Entry, request: ControlRequest) -> dict[str, Any]:
    provider = request.control.providers.get(entry.provider or "")
    time = round(entry.duration_ms, 3)
    shown: dict[str, Any] = {
        "startedDateTime": entry.at,
        "time": time,
        "request": _request(entry, provider, request),
        "response": _response(entry),
        "cache": {},
        "timings": {"send": 0, "wait": time, "receive": 0},
        "comment": f"{entry.outcome}: {entry.reason}" if entry.outcome else entry.reason,
        "_id": entry.id,
        "_provider": entry.provider,
        "_operation": entry.operation,
        "_outcome": entry.outcome,
    }
    return shown


def _request(entry: Entry, provider: Provider | None, request: ControlRequest) -> dict[str, Any]:
    host = request.control.redactor.known(entry.host)
    origin = f"{entry.scheme}://{host}" if host else request.base_url
    fields = {name: value for name, value in entry.fields.items() if name not in _in_path(entry, provider)}
    query = {} if entry.body_type else fields
    shown: dict[str, Any] = {
        "method": entry.method,
        "url": f"{origin}{quote(entry.path, safe='/%*')}" + (f"?{urlencode(query, safe='*')}" if query else ""),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs({"Host": host} if host else {}),
        "queryString": _pairs(query),
        "headersSize": -1,
        "bodySize": -1 if entry.body_type else 0,
    }
    if entry.body_type:
        shown["headers"] += _pairs({"Content-Type": entry.body_type})
        shown["postData"] = _body(entry.body_type, fields)
    return shown


def _body(kind: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """Give a body by its fields: `text` of JSON and forms, `params` of everything."""
    text = orjson.dumps(fields).decode() if kind == _JSON else urlencode(fields, safe="*") if kind == _FORM else ""
    return {"mimeType": kind, "params": _pairs(fields), "text": text}


def _in_path(entry: Entry, provider: Provider | None) -> Iterable[str]:
    if provider is None or entry.operation is None:
        return ()
    return [
        name
        for operation in provider.spec.operations
        if operation.name == entry.operation and operation.method == entry.method
        for name, each in operation.fields.items()
        if "path" in each.places
    ]


def _response(entry: Entry) -> dict[str, Any]:
    body = entry.response
    content: dict[str, Any] = {"size": len(body), "mimeType": _media_type(body)}
    try:
        content["text"] = body.decode()
    except UnicodeDecodeError:
        content |= {"text": b64encode(body).decode(), "encoding": "base64", "mimeType": "application/octet-stream"}
    if len(body) >= BODY_MOST:
        content["comment"] = "cut: the journal keeps no more"
    return {
        "status": entry.status,
        "statusText": _PHRASES.get(entry.status, ""),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs({"Content-Type": content["mimeType"]} if body else {}),
        "content": content,
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": len(body),
    }


def _media_type(body: bytes) -> str:
    return next((kind for beginning, kind in _BEGINNINGS if body.startswith(beginning)), "text/plain")


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


ENDPOINTS = [ControlEndpoint("GET", "/requests.har", "The journal as HAR 1.2, secrets masked", _har, HarShape)]
