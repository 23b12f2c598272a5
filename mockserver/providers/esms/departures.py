"""How a message leaves eSMS."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mockserver.domain.messages import DELIVERED_AFTER, MESSAGES, Message, send
from mockserver.domain.store import Change, Event, State


def depart(change: Change[Any], message: Message, state: State, now: datetime) -> None:
    """Add to a change that a message leaves. Zalo goes to an app: what a rented number gets is an SMS or a call.

    The change must belong to a decision that named `messages.keys_of_sending`.
    """
    if message.channel != "zalo":
        send(change, message, state, now)
        return
    key = (MESSAGES, message.id)
    change.writes[key] = message
    change.moved = (*change.moved, key)
    change.due.append(Event(now + DELIVERED_AFTER, "delivery", message.provider, message.id, message.to))
