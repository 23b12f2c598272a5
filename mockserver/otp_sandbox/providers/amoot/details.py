"""What Amoot keeps beside a message: the send it belongs to."""

from __future__ import annotations

from otp_sandbox.domain.messages import Message, MessageDetails
from otp_sandbox.domain.record import Record


class Details(Record, MessageDetails, tag="amoot"):
    """The campaign, one for each send, whether the recipient wants no messages, and whether the backup line sent it."""

    campaign_id: int = 0
    black_listed: bool = False
    over_backup: bool = False


_ORDINARY = Details()


def details_of(message: Message) -> Details:
    """Give what is kept beside a message."""
    details = message.details
    return details if isinstance(details, Details) else _ORDINARY
