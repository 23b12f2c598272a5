"""The endpoints of the plain documents: OpenAPI of a provider for any tool, with this sandbox as its server."""

from __future__ import annotations

import asyncio
from typing import Any

from otp_sandbox.contract import Reply
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest, Json
from otp_specs.plain import make_plain
from otp_specs.plain_text import WRITERS, write_json, write_yaml

PATH = "/_sandbox/specs/{provider}"


def list_specs(provider: str) -> list[str]:
    """Give the paths at which the documents of a provider stand."""
    return [f"{PATH.format(provider=provider)}.{ending}" for ending in WRITERS]


def _document(request: ControlRequest) -> dict[str, Any]:
    plain = make_plain(request.control.provider(request.path["provider"]).spec.document)
    return plain | {"servers": [{"url": request.base_url, "description": "This sandbox."}]}


async def _json(request: ControlRequest) -> Reply:
    return Reply(write_json(_document(request)), "application/json")


async def _yaml(request: ControlRequest) -> Reply:
    document = _document(request)
    return Reply(await asyncio.to_thread(write_yaml, document), "application/yaml")  # writing takes long


ENDPOINTS = [
    ControlEndpoint(
        "GET",
        f"{PATH}.json",
        "A provider as OpenAPI 3.1 for any tool, as JSON",
        _json,
        Json,
        lane=False,
        problems=(404,),
        root="",
    ),
    ControlEndpoint(
        "GET",
        f"{PATH}.yaml",
        "A provider as OpenAPI 3.1 for any tool, as YAML",
        _yaml,
        Json,
        lane=False,
        content_type="application/yaml",
        problems=(404,),
        root="",
    ),
]
