"""The control API as an OpenAPI 3.1 document, made from its table of endpoints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from otp_sandbox.version import VERSION
from otp_sandbox.web.control.endpoint import PREFIX, ControlEndpoint

_REFS = "#/components/schemas/{model}"
_PROBLEM_CONTENT: dict[str, Any] = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "What went wrong (RFC 9457); `errors` names the fields as dotted paths.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


def document(table: Sequence[ControlEndpoint]) -> dict[str, Any]:
    """Make the document. Paths under a lane stand twice: for the lane `default`, and with `/lanes/{lane}`."""
    schemas: dict[str, Any] = {"Problem": PROBLEM}
    paths: dict[str, Any] = {"/healthz": _health("healthz", "alive"), "/readyz": _health("readyz", "ready")}
    for endpoint in table:
        for path in endpoint.paths:
            operation = _operation(endpoint, path.removeprefix(PREFIX), schemas)
            paths.setdefault(path, {})[endpoint.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "otp-sandbox control API",
            "version": VERSION,
            "description": "Look at a sandbox and steer it. Version 1 only grows.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "Where one is set."}},
        },
        "security": [{}, {"token": []}],
    }


def _operation(endpoint: ControlEndpoint, path: str, schemas: dict[str, Any]) -> dict[str, Any]:
    words = re.findall(r"[a-z]+", path)
    operation: dict[str, Any] = {
        "operationId": "_".join([endpoint.method.lower(), *words]),
        "summary": endpoint.summary,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"\{(\w+)\}", path)
        ]
        + _query_parameters(endpoint, schemas)
        + [
            {"name": name, "in": "header", "required": False, "schema": {"type": "string"}} for name in endpoint.headers
        ],
        "responses": _responses(endpoint, schemas),
    }
    if endpoint.public:
        operation["security"] = []
    if endpoint.body is not None:
        schema = _schema(endpoint.body, "validation", schemas)
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return operation


def _responses(endpoint: ControlEndpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    responses: dict[str, Any] = {str(endpoint.status): {"description": endpoint.summary}}
    if endpoint.answer is not None:
        schema = _schema(endpoint.answer, "serialization", schemas)
        responses[str(endpoint.status)]["content"] = {endpoint.content_type: {"schema": schema}}
    common = (403, 421, 422) if endpoint.public else (401, 403, 421, 422)
    write = (415,) if endpoint.method in ("POST", "PUT", "PATCH") else ()
    body = (400, 408, 413) if endpoint.body else ()
    for status in sorted({*common, *write, *body, *endpoint.problems, *((404,) if endpoint.lane else ())}):
        responses[str(status)] = {
            "description": "A problem document.",
            "content": _PROBLEM_CONTENT,
        }
    return responses


def _health(name: str, state: str) -> dict[str, Any]:
    """Describe one of the two paths that stand outside, for whoever looks after processes."""
    schema = {
        "type": "object",
        "required": ["status"],
        "properties": {"status": {"const": state}},
    }
    responses: dict[str, Any] = {
        "200": {"description": "Yes.", "content": {"application/json": {"schema": schema}}},
    }
    if state == "ready":
        responses["503"] = {"description": "Not now.", "content": _PROBLEM_CONTENT}
    return {"get": {"operationId": name, "summary": f"Whether it is {state}", "security": [], "responses": responses}}


def _query_parameters(endpoint: ControlEndpoint, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    if endpoint.query is None:
        return []
    schema = TypeAdapter(endpoint.query).json_schema(ref_template=_REFS)
    schemas.update(schema.get("$defs", {}))
    return [
        {"name": name, "in": "query", "required": name in schema.get("required", []), "schema": each}
        for name, each in schema["properties"].items()
    ]


def _schema(kind: Any, mode: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = TypeAdapter(kind).json_schema(ref_template=_REFS, mode=mode)
    schemas.update(schema.pop("$defs", {}))
    title = schema.get("title")
    if title and schema.get("type") == "object" and "properties" in schema:
        schemas[title] = schema
        return {"$ref": f"#/components/schemas/{title}"}
    return schema
