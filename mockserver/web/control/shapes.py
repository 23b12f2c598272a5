"""What the control API answers: the fixed shapes, and how domain values become them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar

from typing_extensions import TypedDict

from mockserver.contract import Provider
from mockserver.domain.callbacks import Callback
from mockserver.domain.challenges import Challenge
from mockserver.domain.messages import Message
from mockserver.domain.rentals import Rental
from mockserver.domain.segments import segments
from mockserver.domain.store import Event, Placed
from mockserver.lanes import durations
from mockserver.lanes.journal import Entry
from mockserver.lanes.lane import Lane
from specs import Behaviour, Outcome

T = TypeVar("T")


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
    state: Literal["queued", "sent", "delivered", "failed", "rejected"]
    created_at: datetime
    request_id: str
    timeline: list[TimelineShape]


class MessagesShape(TypedDict):
    messages: list[MessageShape]
    cursor: str


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


class PinShape(TypedDict):
    code: str
    times: int


class PhoneCodesShape(TypedDict):
    codes: list[CodeShape]
    pin: PinShape | None
    cursor: str


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


class RentalShape(TypedDict):
    id: str
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
    code: str | int | None
    status: int
    response: str
    duration_ms: float
    warnings: list[str]
    magic: bool


class ExplainedShape(RequestShape):
    explanation: list[str]


class RequestsShape(TypedDict):
    requests: list[RequestShape]
    cursor: str


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


class OutcomeShape(TypedDict):
    name: str
    code: str | int
    message: str | None
    condition: str
    evidence: str
    source: str
    operations: list[str]


class OutcomesShape(TypedDict):
    outcomes: list[OutcomeShape]
    cursor: str


class BehaviourShape(TypedDict, total=False):
    id: str
    text: str
    evidence: str
    source: str
    options: dict[str, str]
    default: str


class BehavioursShape(TypedDict):
    behaviours: list[BehaviourShape]
    cursor: str


def cursor(placed: Sequence[Placed[Any]], after: int | None) -> str:
    """Give the place of the last entry that is shown, else where the asker was."""
    return str(placed[-1].place if placed else after or 0)


def message_shape(lane: Lane, message: Message) -> MessageShape:
    """Show a message."""
    on_air = segments(message.text)
    return {
        "id": message.id,
        "lane": lane.id,
        "provider": message.provider,
        "operation": message.operation,
        "to": message.to,
        "sender": message.sender,
        "channel": message.channel,
        "text": message.text,
        "code": message.code,
        "encoding": on_air.encoding,
        "segments": on_air.count,
        "price": message.price,
        "state": message.state,
        "created_at": message.created_at,
        "request_id": message.request_id,
        "timeline": [{"state": state, "at": at} for state, at in message.timeline],
    }


def code_shape(challenge: Challenge, now: datetime) -> CodeShape:
    """Show a challenge as it stands now."""
    return {
        "id": challenge.id,
        "provider": challenge.provider,
        "to": challenge.to,
        "code": challenge.code,
        "state": challenge.state(now),
        "issued_at": challenge.issued_at,
        "expires_at": challenge.expires_at,
        "used_at": challenge.used_at,
    }


def clock_shape(lane: Lane, next_due: datetime | None) -> ClockShape:
    """Show a lane's clock."""
    return {
        "now": lane.now(),
        "mode": lane.clock.mode,
        "offset": durations.spell(lane.clock.offset),
        "next_due": next_due,
    }


def fired_shape(fired: Iterable[Event]) -> list[FiredShape]:
    """Show what fell due."""
    return [{"at": event.at, "kind": event.kind, "id": event.id} for event in fired]  # type: ignore[typeddict-item]  # kinds are these


def lane_shape(lane: Lane, base_url: str) -> LaneShape:
    """Show a lane. Here, and only here, the secrets stand that the sandbox made."""
    return {
        "id": lane.id,
        "credentials": {name: dict(each) for name, each in lane.beginning.credentials.items()},
        "base_url": base_url,
        "seed": lane.beginning.seed,
        "choices": dict(lane.choices),
        "ttl": durations.spell(lane.beginning.ttl),
    }


def rental_shape(rental: Rental) -> RentalShape:
    """Show a rented number."""
    return {
        "id": rental.id,
        "phone": rental.phone,
        "service": rental.service,
        "carrier": rental.carrier,
        "price": rental.price,
        "state": rental.state,
        "expires_at": rental.expires_at,
        "sms": rental.sms,
        "code": rental.code,
        "is_call": rental.is_call,
    }


def callback_shape(callback: Callback) -> CallbackShape:
    """Show a callback with every attempt."""
    sent: SentShape = {
        "method": callback.method,
        "url": callback.url,
        "headers": dict(callback.headers),
        "body": callback.body,
    }
    return {
        "id": callback.id,
        "provider": callback.provider,
        "event": callback.event,
        "url": callback.url,
        "state": callback.state,
        "attempts": [
            {
                "at": attempt.at,
                "status": attempt.status,
                "error": attempt.error,
                "duration_ms": attempt.duration_ms,
                "request": sent,
                "response": attempt.response,
            }
            for attempt in callback.attempts
        ],
    }


def request_shape(lane: Lane, entry: Entry) -> RequestShape:
    """Show a journal entry."""
    return {
        "id": entry.id,
        "at": entry.at,
        "lane": lane.id,
        "provider": entry.provider,
        "operation": entry.operation,
        "method": entry.method,
        "path": entry.path,
        "fields": dict(entry.fields),
        "outcome": entry.outcome,
        "code": entry.code,
        "status": entry.status,
        "response": entry.response.decode("utf-8", "replace"),
        "duration_ms": round(entry.duration_ms, 3),
        "warnings": list(entry.warnings),
        "magic": entry.magic,
    }


def outcome_shape(provider: Provider, row: Outcome) -> OutcomeShape:
    """Show a row of a provider's table with the operations that may answer it."""
    answering = {
        operation.name: None
        for operation in provider.spec.operations
        if any(answer.outcome == row.name for answer in operation.answers)
    }
    return {
        "name": row.name,
        "code": row.code,
        "message": row.message,
        "condition": row.condition,
        "evidence": row.evidence,
        "source": row.source,
        "operations": list(answering),
    }


def behaviour_shape(behaviour: Behaviour) -> BehaviourShape:
    """Show a statement about a provider."""
    shape: BehaviourShape = {
        "id": behaviour.id,
        "text": behaviour.text,
        "evidence": behaviour.evidence,
        "source": behaviour.source,
    }
    if behaviour.options is not None:
        shape["options"] = {option.id: option.text for option in behaviour.options.values()}
        shape["default"] = behaviour.default or ""
    return shape
