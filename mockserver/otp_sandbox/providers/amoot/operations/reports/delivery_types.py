"""How far a message has come, as a DeliveryType (`amoot.delivery-stages`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from otp_sandbox.contract import Dialect
from otp_sandbox.domain.messages import Message
from otp_sandbox.providers.amoot.details import details_of
from otp_sandbox.providers.amoot.operations.reports.own_messages import sent_at

TO_OPERATOR: Final = 0
RECEIVED: Final = 1
NOT_RECEIVED: Final = 2
AT_OPERATOR: Final = 8
BLACK_LIST: Final = 35
UNKNOWN: Final = 100
SENDING_LIST: Final = 400
OVER_BACKUP: Final = 502
SENDING_QUEUE: Final = 900

_BY_STATE: Final[Mapping[str, int]] = {
    "queued": SENDING_QUEUE,
    "sending": SENDING_LIST,
    "delivered": RECEIVED,
    "rejected": BLACK_LIST,
}


def delivery_type(message: Message, now: datetime, dialect: Dialect) -> int:
    """Tell how far a message has come at an instant of the lane's clock: 900, then 400, 0, 8, then 1, 2 or 35.

    The stages on the way are of the policy's lengths. A message to somebody who wants none is black-listed as soon as
    it is sent, unless a report says otherwise. What arrived over the backup line has a type of its own
    (`amoot.backup-delivery`).
    """
    if message.state == "sent" and not details_of(message).black_listed:
        return _on_the_way(now - (sent_at(message) or message.created_at), dialect)
    if message.state == "delivered" and details_of(message).over_backup:
        return OVER_BACKUP if dialect.option("backup-delivery") == "over-backup-line" else RECEIVED
    if message.state in _BY_STATE:
        return _BY_STATE[message.state]
    return BLACK_LIST if details_of(message).black_listed else NOT_RECEIVED


def _on_the_way(passed: timedelta, dialect: Dialect) -> int:
    if passed < timedelta(milliseconds=dialect.policy("delivery_sending_ms")):
        return SENDING_LIST
    if passed < timedelta(milliseconds=dialect.policy("delivery_to_operator_ms")):
        return TO_OPERATOR
    return AT_OPERATOR
