"""Everything that the control API offers: the rooms, and the endpoints in them."""

from __future__ import annotations

from otp_sandbox.web.control import (
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
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest, Json
from otp_sandbox.web.control.openapi import document


async def _openapi(asked: ControlRequest) -> Json:  # noqa: ARG001  (every handler is asked)
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
