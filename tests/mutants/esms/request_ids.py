"""Mistakes that somebody could make at eSMS with the customer's own id of a request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Any, Final

from mutants.esms import made
from mutants.esms.sends import JSON_SEND, TRANSPORTS
from mutants.kit import Decided, Mistake, body, every, on, with_check, with_fields
from otp_sandbox.contract import Call
from otp_sandbox.domain import duplicates
from otp_sandbox.domain.store import State


def refusal_uses_id(call: Call, _: State, change: Decided) -> Decided:
    if call.text("RequestId"):
        duplicates.accept(change, "esms", call.text("RequestId"), call.now, "1")
    return change


def id_of(text: Callable[[Call], str]) -> Mistake:
    """Take another text for the RequestId."""
    return on(TRANSPORTS, call=lambda call: with_fields(call, RequestId=text(call)) if call.text("RequestId") else call)


def id_of_content(call: Call) -> Call:
    return with_fields(call, RequestId=call.text("RequestId") or call.text("Phone") + call.text("Content"))


def used_this_utc_day(call: Call, state: State) -> bool:
    request_id = call.text("RequestId")
    since = datetime.combine(call.now, time(), call.now.tzinfo)
    return bool(request_id) and duplicates.duplicate_of(state, "esms", request_id, since) is not None


def too_long(call: Call, _: State) -> bool:
    return len(call.text("RequestId")) > call.dialect.policy("request_id_length_max")


def state_in_refusal(otherwise: Callable[[dict[str, Any]], dict[str, Any]], *operations: str) -> Mistake:
    return body(
        lambda held: otherwise(held) if str(held.get("ErrorMessage")).startswith("Request exist") else held, *operations
    )


_OTHERS: Final = tuple(name for name in TRANSPORTS if name != JSON_SEND)

WRITTEN: Final = (
    made(
        "ids-per-operation",
        "each operation knows its own RequestIds",
        id_of(lambda call: f"{call.operation.name}{call.text('RequestId')}"),
    ),
    made(
        "ids-per-phone",
        "each phone has its own RequestIds",
        id_of(lambda call: call.text("RequestId") + call.text("Phone")),
    ),
    made("ids-cut", "a long RequestId is cut", id_of(lambda call: call.text("RequestId")[:50])),
    made(
        "ids-too-long",
        "a long RequestId is a duplicate",
        every(lambda name: with_check(name, "duplicate_request", too_long), *TRANSPORTS),
    ),
    made("ids-of-content", "the same text is the same request", on(TRANSPORTS, call=id_of_content)),
    made("ids-refused-too", "a refused request uses its RequestId up", on(TRANSPORTS, refusal=refusal_uses_id)),
    made(
        "ids-utc-day",
        "the day of a RequestId ends in Greenwich",
        every(lambda name: with_check(name, "duplicate_request", used_this_utc_day), *TRANSPORTS),
    ),
    made(
        "ids-state-everywhere",
        "all forms tell the state",
        state_in_refusal(lambda held: {**held, "SendStatus": "5"}, *_OTHERS),
    ),
    made(
        "ids-state-constant",
        "the state is always 5",
        state_in_refusal(lambda held: {**held, "SendStatus": "5"}, JSON_SEND),
    ),
)
