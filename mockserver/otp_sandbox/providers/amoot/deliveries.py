"""How far a message has come, as a DeliveryType (reference 4.D.3), and which numbers messages have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from otp_sandbox.contract import Dialect
from otp_sandbox.domain.messages import MESSAGES, Message
from otp_sandbox.domain.store import Key, State
from otp_sandbox.providers.amoot.details import details_of
from otp_sandbox.providers.amoot.numbers import whole
from otp_sandbox.providers.amoot.phones import DIGITS

PROVIDER: Final = "amoot"

TO_OPERATOR: Final = 0
RECEIVED: Final = 1
NOT_RECEIVED: Final = 2
AT_OPERATOR: Final = 8
BLACK_LIST: Final = 35
UNKNOWN: Final = 100
SENDING_LIST: Final = 400
SENDING_QUEUE: Final = 900

_FATES: Final[Mapping[str, int]] = {"queued": SENDING_QUEUE, "delivered": RECEIVED, "rejected": BLACK_LIST}
_LONGEST: Final = 40
_LIMIT: Final = 2**63


def delivery_type(message: Message, now: datetime, dialect: Dialect) -> int:
    """Tell how far a message has come at an instant of the lane's clock: 900, then 400, 0, 8, then 1, 2 or 35.

    The stages on the way are of the policy's lengths. A message to somebody who wants none is black-listed as soon as
    it is sent, unless a report says otherwise.
    """
    if message.state == "sent" and not details_of(message).black_listed:
        return _on_the_way(now - (sent_at(message) or message.created_at), dialect)
    if message.state in _FATES:
        return _FATES[message.state]
    return BLACK_LIST if details_of(message).black_listed else NOT_RECEIVED


def _on_the_way(passed: timedelta, dialect: Dialect) -> int:
    if passed < timedelta(milliseconds=dialect.policy("delivery_sending_ms")):
        return SENDING_LIST
    if passed < timedelta(milliseconds=dialect.policy("delivery_to_operator_ms")):
        return TO_OPERATOR
    return AT_OPERATOR


def sent_at(message: Message) -> datetime | None:
    """Tell when a message was sent; None while it waits. A report that was asked for later does not count."""
    return next((at for state, at in message.timeline if state == "sent"), None)


def number(text: str) -> int | None:
    """Read a whole number of 64 bits, as a MessageID is one; None for anything else."""
    if len(text) > _LONGEST or whole(text) is None:
        return None
    value = int(text.translate(DIGITS))
    return value if -_LIMIT <= value < _LIMIT else None


def message_id(text: str) -> int | None:
    """Read a MessageID: a whole number above zero (reference 4.B.7)."""
    value = number(text)
    return value if value is not None and value > 0 else None


def key_of(message_number: int) -> Key:
    """Name the place of a message."""
    return (MESSAGES, str(message_number))


def own_message(state: State, message_number: int) -> Message | None:
    """Find a message that Amoot sent; one of another provider is unknown here."""
    message = state.get(MESSAGES, str(message_number))
    return message if message is not None and message.provider == PROVIDER else None
