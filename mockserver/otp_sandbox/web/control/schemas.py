"""The JSON shapes that the control API answers; `views` builds them, and the OpenAPI document describes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from typing_extensions import TypedDict


class TlsShape(TypedDict):
    url: str | None
    ca_file: str
    ca_sha256: str
    ca_expires_at: datetime
    hosts: list[str]


class InfoShape(TypedDict):
    name: str
    version: str
    seed: int
    providers: list[str]
    lanes: int
    urls: list[str]
    tls: TlsShape | None
    proxy: str | None
    settings: dict[str, Any]


class TimelineShape(TypedDict):
    state: str
    at: datetime


class MessageShape(TypedDict):
    id: str
    lane: str
    provider: str
    operation: str
    to: str
    sender: str
    channel: Literal["sms", "voice", "zalo", "viber"]
    text: str
    code: str | None
    encoding: Literal["gsm-7", "ucs-2"]
    segments: int
    price: int
    state: Literal["queued", "sending", "sent", "delivered", "failed", "rejected", "deleted"]
    created_at: datetime
    queued_until: datetime | None
    request_id: str
    timeline: list[TimelineShape]


class MessagesShape(TypedDict):
    messages: list[MessageShape]
    cursor: str
    more: bool


InboundShape = TypedDict(  # a member is called like a keyword
    "InboundShape",
    {
        "id": str,
        "lane": str,
        "provider": str,
        "from": str,
        "to": str,
        "text": str,
        "received_at": datetime,
        "fetched_at": datetime | None,
    },
)


class InboundsShape(TypedDict):
    inbound: list[InboundShape]
    cursor: str
    more: bool


class NearMissShape(TypedDict):
    request_id: str
    at: datetime
    provider: str
    operation: str
    to: str
    outcome: str
    code: str | int
    reason: str


class WaitShape(TypedDict):
    matched: bool
    cursor: str
    messages: list[MessageShape]
    near_misses: list[NearMissShape]


class CodeShape(TypedDict):
    id: str
    provider: str
    to: str
    code: str
    state: Literal["active", "used", "expired", "superseded"]
    issued_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


class CodesShape(TypedDict):
    codes: list[CodeShape]
    cursor: str
    more: bool


class PinShape(TypedDict):
    code: str
    times: int


class PhoneCodesShape(TypedDict):
    codes: list[CodeShape]
    pin: PinShape | None
    cursor: str
    more: bool


class ClockShape(TypedDict):
    now: datetime
    mode: Literal["real", "offset", "frozen"]
    offset: str
    next_due: datetime | None


class FiredShape(TypedDict):
    at: datetime
    kind: Literal["send", "delivery", "arrival", "expiry", "callback"]
    id: str


class AdvanceShape(TypedDict):
    now: datetime
    mode: Literal["real", "offset", "frozen"]
    offset: str
    fired: list[FiredShape]
    more: bool
    next_due: datetime | None


class LaneShape(TypedDict):
    id: str
    credentials: dict[str, dict[str, str]]
    base_url: str
    seed: int
    choices: dict[str, str]
    ttl: str


class LanesShape(TypedDict):
    lanes: list[LaneShape]
    cursor: str
    more: bool


class RentalShape(TypedDict):
    id: str
    provider: str
    phone: str
    service: str
    carrier: str
    price: int
    state: Literal["waiting", "done", "expired"]
    expires_at: datetime
    sms: str | None
    code: str | None
    is_call: bool


class RentalsShape(TypedDict):
    rentals: list[RentalShape]
    cursor: str
    more: bool


class SentShape(TypedDict):
    method: str
    url: str
    headers: dict[str, str]
    body: str


class AttemptShape(TypedDict):
    at: datetime
    status: int | None
    error: str | None
    duration_ms: float
    request: SentShape
    response: str | None
    doubtful: bool


class CallbackShape(TypedDict):
    id: str
    provider: str
    event: str
    url: str
    state: Literal["pending", "done", "failed"]
    attempts: list[AttemptShape]


class CallbacksShape(TypedDict):
    callbacks: list[CallbackShape]
    cursor: str
    more: bool


class RequestShape(TypedDict):
    id: str
    at: datetime
    lane: str
    provider: str | None
    operation: str | None
    method: str
    path: str
    fields: dict[str, str]
    outcome: str | None
    success: bool
    code: str | int | None
    status: int
    response: str
    duration_ms: float
    warnings: list[str]
    magic: bool
    fault: str | None


class RemedyShape(TypedDict):
    method: Literal["PATCH"]
    path: str
    body: dict[str, Any]


class ExplainedShape(RequestShape):
    remedy: RemedyShape | None
    explanation: list[str]


class RequestsShape(TypedDict):
    requests: list[RequestShape]
    cursor: str
    more: bool


class LimitShape(TypedDict):
    provider: str
    name: str
    key: str
    used: int
    limit: int
    frees_at: datetime | None


class LimitsShape(TypedDict):
    limits: list[LimitShape]
    cursor: str
    more: bool
