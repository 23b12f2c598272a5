"""Messages by their number: one of another provider, or of nobody, is unknown here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from otp_sandbox.contract import Call, Query
from otp_sandbox.domain.messages import MESSAGES, Message
from otp_sandbox.domain.store import State
from otp_sandbox.providers.amoot.account import PROVIDER
from otp_sandbox.providers.amoot.answers import one
from otp_sandbox.providers.amoot.numbers import message_number


def own_message(state: State, number: int) -> Message | None:
    """Find a message that Amoot sent."""
    message = state.get(MESSAGES, str(number))
    return message if message is not None and message.provider == PROVIDER else None


def sent_at(message: Message) -> datetime | None:
    """Tell when a message was sent; None while it waits. A report that was asked for later does not count."""
    return next((at for state, at in message.timeline if state == "sent"), None)


def about_one(operation: str, write: Callable[[Call, Message], Any], *, unknown: str) -> Query:
    """Make the query about the message that a MessageID names; `unknown` is the cause when there is none."""

    def find(call: Call, state: State) -> Message | None:
        return own_message(state, call.values["MessageID"])

    return Query(
        operation,
        find=lambda call, state: {"item": find(call, state)},
        body=one(write),
        readers={"MessageID": message_number},
        checks={unknown: lambda call, state: find(call, state) is None},
    )
