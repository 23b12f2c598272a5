"""Mistakes that somebody could make at eSMS with the customer's own id of a request."""

from __future__ import annotations

from typing import Final

from mutants.esms_mistakes import dropped
from mutants.esms_query_mistakes import every
from mutants.esms_send_mistakes import (
    JSON_SEND,
    MULTI,
    TRANSPORTS,
    id_of,
    id_of_content,
    on,
    refusal_uses_id,
    send,
    state_in_refusal,
    too_long,
    used_this_utc_day,
)
from mutants.kit import policy, with_check, without_check

_OTHERS: Final = tuple(name for name in TRANSPORTS if name != JSON_SEND)

MUTANTS: Final = (
    send(
        "ids-ignored",
        "life",
        "a RequestId may be used again",
        every(lambda name: without_check(name, "duplicate_request"), *TRANSPORTS, MULTI),
    ),
    send(
        "ids-per-operation",
        "life",
        "each operation knows its own RequestIds",
        id_of(lambda call: f"{call.operation.name}{call.text('RequestId')}"),
    ),
    send(
        "ids-per-phone",
        "life",
        "each phone has its own RequestIds",
        id_of(lambda call: call.text("RequestId") + call.text("Phone")),
    ),
    send("ids-cut", "life", "a long RequestId is cut", id_of(lambda call: call.text("RequestId")[:50])),
    send(
        "ids-too-long",
        "life",
        "a long RequestId is a duplicate",
        every(lambda name: with_check(name, "duplicate_request", too_long), *TRANSPORTS),
    ),
    send("ids-of-content", "life", "the same text is the same request", on(TRANSPORTS, call=id_of_content)),
    send(
        "ids-refused-too",
        "life",
        "a refused request uses its RequestId up",
        on(TRANSPORTS, refusal=refusal_uses_id),
    ),
    send("ids-23-hours", "life", "a RequestId blocks for 23 hours", policy("request_id_hours", 23)),
    send("ids-25-hours", "life", "a RequestId blocks for 25 hours", policy("request_id_hours", 25)),
    send("ids-calendar", "life", "a RequestId blocks until the day ends", request_id_window="calendar-day"),
    send("ids-rolling", "life", "a RequestId blocks for a day", request_id_window="rolling"),
    send(
        "ids-utc-day",
        "life",
        "the day of a RequestId ends in Greenwich",
        every(lambda name: with_check(name, "duplicate_request", used_this_utc_day), *TRANSPORTS),
    ),
    send(
        "ids-state-missing", "wire", "a duplicate is told no state", state_in_refusal(dropped("SendStatus"), JSON_SEND)
    ),
    send(
        "ids-state-number",
        "wire",
        "the state is a number",
        state_in_refusal(lambda held: {**held, "SendStatus": int(held["SendStatus"])}, JSON_SEND),
    ),
    send(
        "ids-state-everywhere",
        "wire",
        "all forms tell the state",
        state_in_refusal(lambda held: {**held, "SendStatus": "5"}, *_OTHERS),
    ),
    send(
        "ids-state-constant",
        "wire",
        "the state is always 5",
        state_in_refusal(lambda held: {**held, "SendStatus": "5"}, JSON_SEND),
    ),
)
