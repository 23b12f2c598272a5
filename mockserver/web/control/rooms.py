"""Everything that the control API offers: the rooms, and the endpoints in them."""

from __future__ import annotations

from mockserver.web.control import (
    accounts,
    callbacks,
    clock,
    codes,
    inbound,
    info,
    lanes,
    messages,
    providers,
    rentals,
    requests,
    switches,
)
from mockserver.web.control.openapi import document
from mockserver.web.control.table import Asked, ControlEndpoint, Json


async def _openapi(asked: Asked) -> Json:  # noqa: ARG001  (every handler is asked)
    return document(ENDPOINTS)


ENDPOINTS = [
    *info.ENDPOINTS,
    ControlEndpoint("GET", "/openapi.json", "This API as OpenAPI 3.1", _openapi, Json, lane=False),
    *providers.ENDPOINTS,
    *lanes.ENDPOINTS,
    *messages.ENDPOINTS,
    *inbound.ENDPOINTS,
    *codes.ENDPOINTS,
    *clock.ENDPOINTS,
    *accounts.ENDPOINTS,
    *rentals.ENDPOINTS,
    *callbacks.ENDPOINTS,
    *requests.ENDPOINTS,
    *switches.ENDPOINTS,
]
