"""The table of all endpoints of the control API."""

from __future__ import annotations

from otp_sandbox.web.control import (
    accounts,
    ca,
    callbacks,
    choices,
    clock,
    codes,
    events,
    faults,
    har,
    inbound,
    info,
    lanes,
    limits,
    lint,
    messages,
    metrics,
    providers,
    proxy_pac,
    rentals,
    requests,
    settings_schema,
    snapshots,
    specs,
)
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest, Json
from otp_sandbox.web.control.openapi import document
from otp_sandbox.web.page import files as page


async def _openapi(request: ControlRequest) -> Json:  # noqa: ARG001  (handlers take the request)
    return document(ENDPOINTS)


ENDPOINTS = [
    *info.ENDPOINTS,
    ControlEndpoint("GET", "/openapi.json", "This API as OpenAPI 3.1", _openapi, Json, lane=False),
    *providers.ENDPOINTS,
    *specs.ENDPOINTS,
    *proxy_pac.ENDPOINTS,
    *settings_schema.ENDPOINTS,
    *page.ENDPOINTS,
    *lanes.ENDPOINTS,
    *messages.ENDPOINTS,
    *inbound.ENDPOINTS,
    *codes.ENDPOINTS,
    *clock.ENDPOINTS,
    *accounts.ENDPOINTS,
    *rentals.ENDPOINTS,
    *callbacks.ENDPOINTS,
    *requests.ENDPOINTS,
    *har.ENDPOINTS,
    *choices.ENDPOINTS,
    *faults.ENDPOINTS,
    *limits.ENDPOINTS,
    *snapshots.ENDPOINTS,
    *lint.ENDPOINTS,
    *events.ENDPOINTS,
    *metrics.ENDPOINTS,
    *ca.ENDPOINTS,
]
