"""Builds the shapes that `schemas` declares from the values of lanes and domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from otp_sandbox.contract import Provider
from otp_sandbox.domain.callbacks import Callback
from otp_sandbox.domain.challenges import Challenge
from otp_sandbox.domain.inbox import Received
from otp_sandbox.domain.limits import Limit
from otp_sandbox.domain.messages import Message
from otp_sandbox.domain.rentals import Rental
from otp_sandbox.domain.segments import segments
from otp_sandbox.domain.store import Event
from otp_sandbox.lanes import durations
from otp_sandbox.lanes.lane import Lane, LaneRecord
from otp_sandbox.play.journal import Entry
from otp_sandbox.play.redaction import Redactor
from otp_sandbox.web.control.fault_shapes import FiredFaultShape
from otp_sandbox.web.control.provider_shapes import (
    BehaviourShape,
    CountsShape,
    EvidenceShape,
    OperationShape,
    OutcomeShape,
    ProviderShape,
)
from otp_sandbox.web.control.schemas import (
    CallbackShape,
    ClockShape,
    CodeShape,
    FiredShape,
    InboundShape,
    LaneShape,
    LimitShape,
    MessageShape,
    RentalShape,
    RequestShape,
    SentShape,
)
from otp_sandbox.web.control.specs import list_specs
from otp_specs import Behaviour, Operation, Outcome


def message_view(lane: Lane, message: Message) -> MessageShape:
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
        "queued_until": message.queued_until,
        "request_id": message.request_id,
        "timeline": [{"state": state, "at": at} for state, at in message.timeline],
    }


def inbound_view(lane: Lane, received: Received) -> InboundShape:
    """Show a message that came in."""
    return {
        "id": received.id,
        "lane": lane.id,
        "provider": received.provider,
        "from": received.sender,
        "to": received.line,
        "text": received.text,
        "received_at": received.received_at,
        "fetched_at": received.fetched_at,
    }


def code_view(challenge: Challenge, now: datetime) -> CodeShape:
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


def clock_view(lane: Lane, next_due: datetime | None) -> ClockShape:
    """Show a lane's clock."""
    return {
        "now": lane.now(),
        "mode": lane.clock.mode,
        "offset": durations.spell(lane.clock.offset),
        "next_due": next_due,
    }


def fired_view(fired: Iterable[Event]) -> list[FiredShape]:
    """Show what fell due."""
    return [{"at": event.at, "kind": event.kind, "id": event.id} for event in fired]  # type: ignore[typeddict-item]  # kinds are these


def lane_view(lane: Lane | LaneRecord, base_url: str) -> LaneShape:
    """Show a lane. Here, and only here, the secrets stand that the sandbox made."""
    return {
        "id": lane.id,
        "credentials": {name: dict(each) for name, each in lane.origin.credentials.items()},
        "base_url": base_url,
        "seed": lane.origin.seed,
        "choices": dict(lane.choices),
        "ttl": durations.spell(lane.origin.ttl),
    }


def rental_view(rental: Rental) -> RentalShape:
    """Show a rented number."""
    return {
        "id": rental.id,
        "provider": rental.provider,
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


def callback_view(callback: Callback, redactor: Redactor) -> CallbackShape:
    """Show a callback with every attempt. Its address may hold a user and a token of the customer's own."""
    url = redactor.text(callback.url)
    headers, _ = redactor.fields(callback.headers, documented=())
    sent: SentShape = {"method": callback.method, "url": url, "headers": headers, "body": redactor.known(callback.body)}
    return {
        "id": callback.id,
        "provider": callback.provider,
        "event": callback.event,
        "url": url,
        "state": callback.state,
        "attempts": [
            {
                "at": attempt.at,
                "status": attempt.status,
                "error": redactor.text(attempt.error) if attempt.error is not None else None,
                "duration_ms": attempt.duration_ms,
                "request": sent,
                "response": redactor.known(attempt.response) if attempt.response is not None else None,
                "doubtful": attempt.doubtful,
            }
            for attempt in callback.attempts
        ],
    }


def request_view(lane: Lane, entry: Entry) -> RequestShape:
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
        "success": entry.success,
        "code": entry.code,
        "status": entry.status,
        "response": entry.response.decode("utf-8", "replace"),
        "duration_ms": round(entry.duration_ms, 3),
        "warnings": list(entry.warnings),
        "magic": entry.magic,
        "fault": entry.fault or None,
    }


def fired_fault_view(entry: Entry) -> FiredFaultShape:
    """Show the fault that fired at a request."""
    return {
        "name": entry.fault,
        "at": entry.at,
        "request_id": entry.id,
        "provider": entry.provider,
        "operation": entry.operation,
        "told": entry.fault_told,
    }


def limit_view(limit: Limit) -> LimitShape:
    """Show how much of a limit is used."""
    return {
        "provider": limit.provider,
        "name": limit.name,
        "key": limit.key,
        "used": limit.used,
        "limit": limit.limit,
        "frees_at": limit.frees_at,
    }


def provider_view(provider: Provider) -> ProviderShape:
    """Show a provider with the names of its operations, and what the labels of its sources stand for."""
    return {
        "name": provider.name,
        "title": provider.title,
        "hosts": list(provider.hosts),
        "operations": list(dict.fromkeys(operation.name for operation in provider.spec.operations)),
        "sources": [
            {"label": each.label, "kind": each.kind, "title": each.title, "date": each.date, "where": each.where}
            for each in provider.spec.sources.values()
        ],
        "evidence": evidence_view(provider),
        "specs": list_specs(provider.name),
    }


def evidence_view(provider: Provider) -> EvidenceShape:
    """Count what is said of a provider by how sure it is."""
    counts = provider.spec.count_evidence()
    return {
        "behaviours": _counts(counts["behaviours"]),
        "codes": _counts(counts["codes"]),
        "texts": _counts(counts["texts"]),
    }


def _counts(counts: Mapping[str, int]) -> CountsShape:
    return {
        "documented": counts["documented"],
        "observed": counts["observed"],
        "assumed": counts["assumed"],
        "contradicted": counts["contradicted"],
    }


def operation_view(operation: Operation) -> OperationShape:
    """Show an operation with its fields and the outcomes that it may answer."""
    return {
        "name": operation.name,
        "id": operation.id,
        "method": operation.method,
        "path": operation.path,
        "role": operation.role,
        "summary": operation.summary,
        "fields": [{"name": each.name, "places": sorted(each.places)} for each in operation.fields.values()],
        "outcomes": [answer.outcome for answer in operation.answers],
    }


def outcome_view(provider: Provider, row: Outcome) -> OutcomeShape:
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
        "evidence": row.evidence.code,
        "text_evidence": row.evidence.text,
        "source": row.source,
        "operations": list(answering),
    }


def behaviour_view(behaviour: Behaviour) -> BehaviourShape:
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
