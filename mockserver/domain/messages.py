"""What a provider would have sent to a phone, and what becomes of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Literal

from mockserver.domain.record import record
from mockserver.domain.store import Change, Event, State, Table

Channel = Literal["sms", "voice", "zalo", "viber"]
MessageState = Literal["queued", "sent", "delivered", "failed", "rejected"]

DELIVERED_AFTER: Final = timedelta(seconds=1)
"""On the lane's clock. The sandbox's own rule: no provider states a figure."""


@record
class Message:
    """A message in E.164 terms, whoever sent it. `timeline` lists (state, since when)."""

    id: str
    provider: str
    operation: str
    to: str
    sender: str
    text: str
    code: str | None
    price: int
    state: MessageState
    created_at: datetime
    request_id: str
    timeline: tuple[tuple[MessageState, datetime], ...]
    channel: Channel = "sms"

    def now_in(self, state: MessageState, at: datetime) -> Message:
        """Give the message in another state."""
        return Message(
            id=self.id,
            provider=self.provider,
            operation=self.operation,
            to=self.to,
            sender=self.sender,
            text=self.text,
            code=self.code,
            price=self.price,
            state=state,
            created_at=self.created_at,
            request_id=self.request_id,
            timeline=(*self.timeline, (state, at)),
            channel=self.channel,
        )


MESSAGES: Final = Table[Message]("messages", log=True)

RENTED: Final = Table[str]("rented")
"""Which rental waits on a phone number: `provider rental-id`. Kept by `rentals`, read by whoever sends."""


def send(change: Change[Any], message: Message, state: State, now: datetime) -> None:
    """Add to a change what sending means: the message is logged, will be delivered, and reaches a rented number.

    The change must belong to a decision that named `keys_of_sending`.
    """
    _put_last(change, message)
    change.due.append(Event(now + DELIVERED_AFTER, "delivery", message.provider, message.id))
    rented = state.get(RENTED, message.to)
    if rented is not None:
        provider, _, rental = rented.partition(" ")
        change.due.append(Event(now, "arrival", provider, rental, message.id))


def queue(change: Change[Any], message: Message, at: datetime) -> None:
    """Add to a change that a message is listed now and sent at an instant."""
    _put_last(change, message)
    change.due.append(Event(at, "send", message.provider, message.id, message.to))


def _put_last(change: Change[Any], message: Message) -> None:
    # Also when an older message happens to have the same id: then that one goes, and whoever waits sees the new one.
    key = (MESSAGES, message.id)
    change.writes[key] = message
    change.moved = (*change.moved, key)


def keys_of_sending(to: str) -> tuple[tuple[Table[str], str]]:
    """Name the keys that `send` reads."""
    return ((RENTED, to),)


def becomes_sent(event: Event, state: State) -> Change[bool]:
    """A queued message's time has come: it is sent, and moves to the end of the log."""
    message = state.get(MESSAGES, event.id)
    if message is None or message.state != "queued":
        return Change(verdict=False)
    change = Change(verdict=True)
    send(change, message.now_in("sent", event.at), state, event.at)
    return change


def becomes_delivered(event: Event, state: State) -> Change[bool]:
    """A sent message reaches the handset."""
    message = state.get(MESSAGES, event.id)
    if message is None or message.state != "sent":
        return Change(verdict=False)
    return Change(verdict=True, writes={(MESSAGES, event.id): message.now_in("delivered", event.at)})
