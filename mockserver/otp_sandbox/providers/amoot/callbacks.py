"""What the relays are told: a POST for each delivery, or for each incoming message (`amoot.relay-post`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final, cast
from urllib.parse import urlencode

import orjson

from otp_sandbox.contract import EventContext
from otp_sandbox.domain.callbacks import Callback
from otp_sandbox.domain.inbox import Received
from otp_sandbox.domain.messages import FINAL, Message
from otp_sandbox.domain.store import State
from otp_sandbox.providers.amoot.account import KEY, PROVIDER, Account
from otp_sandbox.providers.amoot.dates import write_time
from otp_sandbox.providers.amoot.operations.reports.delivery_types import delivery_type
from otp_sandbox.providers.amoot.operations.reports.own_messages import sent_at
from otp_sandbox.providers.amoot.phones import national
from otp_sandbox.providers.amoot.relays import Relay

_SHORT: Final[Mapping[str, str]] = {
    "DeliveryType": "Status",
    "ReceiveMessageID": "MessageID",
    "SMSMessageText": "Text",
}
"""Names that clients look for beside those of the service."""


def delivery_callbacks(message: Message, account: Account, context: EventContext) -> Iterable[Callback]:
    """Make the requests that tell of a message that has come to its end."""
    if message.state not in FINAL:
        return
    at = message.timeline[-1][1]
    fields = {
        "MessageID": int(message.id),
        "DeliveryType": delivery_type(message, at, context.dialect),
        "Mobile": str(national(message.to)),
        "LineNumber": account.line(message.sender) or message.sender,
        "SendDateTime": write_time(sent_at(message) or message.created_at),
    }
    for relay in account.delivery_relays:
        if relay.active:
            number = f"cb-{message.id}-{len(message.timeline)}-{relay.id}"
            yield _callback(number, message.state, relay, fields, context)


def incoming_callbacks(state: State, context: EventContext, message: Received) -> Iterable[Callback]:
    """Make the requests that tell of an incoming message."""
    fields = {
        "ReceiveMessageID": int(message.id),
        "Mobile": str(national(message.sender)),
        "LineNumber": message.line,
        "SMSMessageText": message.text,
        "RecieveDateTime": write_time(message.received_at),
    }
    for relay in cast("Account", state.get(*KEY)).receive_relays:
        if relay.active:
            yield _callback(f"cb-in-{message.id}-{relay.id}", "received", relay, fields, context)


def _callback(number: str, event: str, relay: Relay, fields: Mapping[str, Any], context: EventContext) -> Callback:
    dialect = context.dialect
    if dialect.option("relay-names") == "short":
        fields = {_SHORT.get(name, name): value for name, value in fields.items()}
    as_json = dialect.option("relay-body") == "json"
    kind = "application/json; charset=utf-8" if as_json else "application/x-www-form-urlencoded"
    return Callback(
        id=number,
        provider=PROVIDER,
        event=event,
        url=relay.url,
        method="POST",
        headers={"Content-Type": kind},
        body=orjson.dumps(fields).decode() if as_json else urlencode(fields),
        timeout=timedelta(seconds=dialect.policy("callback_timeout_seconds")),
        retries=dialect.policy("callback_retries"),
        retry_after=timedelta(seconds=dialect.policy("callback_retry_seconds")),
    )
