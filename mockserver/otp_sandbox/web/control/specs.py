"""The endpoints of the plain documents: OpenAPI of a provider for any tool, with this sandbox as its server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from otp_sandbox.contract import Reply
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest, Json
from otp_specs.plain import make_plain
from otp_specs.plain_text import WRITERS, write_json, write_yaml

PATH = "/_sandbox/specs/{provider}"


def list_specs(provider: str) -> list[str]:
    """Give the paths at which the documents of a provider stand."""
    return [f"{PATH.format(provider=provider)}.{ending}" for ending in WRITERS]


async def _json(request: ControlRequest) -> Reply:
    return Reply(await _write(request, write_json), "application/json")


async def _yaml(request: ControlRequest) -> Reply:
    return Reply(await _write(request, write_yaml), "application/yaml")


async def _write(request: ControlRequest, write: Callable[[dict[str, Any]], bytes]) -> bytes:
    """Write in a thread: it takes some hundredths of a second, and ten times that where PyYAML comes without C."""
    document = request.control.provider(request.path["provider"]).spec.document
    server = {"url": request.base_url, "description": "This sandbox."}
    return await asyncio.to_thread(lambda: write(make_plain(document) | {"servers": [server]}))


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
