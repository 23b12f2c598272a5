"""What a provider would have sent to a phone, and what becomes of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast

from otp_sandbox.domain.faults import Fate
from otp_sandbox.domain.record import Record, replace
from otp_sandbox.domain.store import Change, Event, State, Table

Channel = Literal["sms", "voice", "zalo", "viber"]
MessageState = Literal["queued", "sending", "sent", "delivered", "failed", "rejected", "deleted"]
"""No message comes to `sending` or `deleted` by itself: a test asks for them."""

FINAL: Final[frozenset[MessageState]] = frozenset({"delivered", "failed", "rejected"})
"""States in which a message has come to its end."""
_TO_NUMBERS: Final = frozenset({"sms", "voice"})
TEXT_MOST: Final = 64 * 1024
"""Characters of a text, and of any other field of a body. The longest chain that there is, 255 SMS, has 39,015."""
DELIVERED_AFTER: Final = timedelta(seconds=1)
"""On the lane's clock. The sandbox's own rule: no provider states a figure."""


class MessageDetails:
    """What a provider keeps beside a message: its own record, told by a tag."""

    __slots__ = ()


class Message(Record):
    """A message in E.164 terms, whoever sent it. `timeline` lists (state, since when).

    `queued_until` is when a queued one is sent, None for any other. `details` is what the provider keeps beside it:
    what its own reports and lists tell again. `fate` is what a fault wants to go wrong with it.
    """

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
    details: MessageDetails | None = None
    queued_until: datetime | None = None
    fate: Fate | None = None

    @property
    def addressee(self) -> str:
        """What the send named the recipient by, where that was no phone: an id at an app, a hash; else empty."""
        name: str = getattr(self.details, "addressee", "")
        return name

    def since(self, state: MessageState) -> datetime | None:
        """Tell when the message came into a state, the last time."""
        return next((at for each, at in reversed(self.timeline) if each == state), None)

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
            details=self.details,
            fate=self.fate,
        )


MESSAGES: Final = Table(
    "messages", Message, log=True, weigh=lambda each: 768 + 4 * len(each.text) + 128 * len(each.timeline)
)


class Refused(Record):
    """A send that was refused so late that it has an id. It is no message: nothing was sent."""

    id: str
    provider: str
    to: str
    at: datetime


REFUSED: Final = Table("refused", Refused, log=True, weigh=lambda _: 256)

RENTED: Final = Table("rented", str)
"""Which rental waits on a phone number: `provider rental-id`. Kept by `rentals`, read by whoever sends."""


def send(change: Change[Any], message: Message, state: State, now: datetime) -> None:
    """Add to a change what sending means: the message is logged, will be delivered, and reaches a rented number.

    What a rented number gets is an SMS or a call; other channels go to an app. The change must belong to a decision
    that named `keys_of_sending`.
    """
    _put_last(change, message)
    change.due.append(Event(now + DELIVERED_AFTER, "delivery", message.provider, message.id, message.to))
    rented = state.get(RENTED, message.to) if message.channel in _TO_NUMBERS else None
    if rented is not None:
        provider, _, rental = rented.partition(" ")
        change.due.append(Event(now, "arrival", provider, rental, message.id))


def send_in_vain(change: Change[Any], message: Message, at: datetime) -> None:
    """Add to a change that a message is sent and will not arrive: at an instant it turns out to have failed."""
    _put_last(change, message)
    change.due.append(force_report(message, "failed", at))


def send_into_void(change: Change[Any], message: Message) -> None:
    """Add to a change that a message is sent, and that nothing is heard of it by itself."""
    _put_last(change, message)


def queue(change: Change[Any], message: Message, at: datetime, until: datetime | None = None) -> None:
    """Add to a change that a message is listed now and sent at an instant.

    `until` is told instead of that instant where it is only the first step on the way to being sent.
    """
    _put_last(change, replace(message, queued_until=until or at))
    change.due.append(Event(at, "send", message.provider, message.id, message.to))


def _put_last(change: Change[Any], message: Message) -> None:
    # Also when an older message happens to have the same id: then that one goes, and whoever waits sees the new one.
    key = (MESSAGES, message.id)
    change.writes[key] = message
    change.moved.add(key)


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


def force_report(message: Message, state: MessageState, at: datetime) -> Event:
    """Make the delivery report that somebody asks for; any state but queued may follow any other."""
    return Event(at, "delivery", message.provider, message.id, f"{message.to} {state}")


def reported_phone(event: Event) -> str:
    """Tell whom a delivery report is about."""
    return event.detail.partition(" ")[0]


def reported(event: Event, message: Message | None) -> Message | None:
    """Give a message as its delivery report leaves it: at the handset, or in the state that was asked for.

    None when nothing happens.
    """
    if message is None or message.state == "queued":
        return None
    wanted = event.detail.partition(" ")[2]
    if not wanted and message.state != "sent":
        return None
    return message.now_in(cast("MessageState", wanted or "delivered"), event.at)


def becomes_delivered(event: Event, state: State) -> Change[bool]:
    """A delivery report comes, and the provider makes nothing of it."""
    message = reported(event, state.get(MESSAGES, event.id))
    if message is None:
        return Change(verdict=False)
    return Change(verdict=True, writes={(MESSAGES, event.id): message})
