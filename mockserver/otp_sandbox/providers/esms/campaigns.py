"""What became of the messages of one advertising request, in sum: its callback tells nothing else."""

from __future__ import annotations

from typing import Any, Final

from otp_sandbox.domain.messages import FINAL, Message
from otp_sandbox.domain.record import Record
from otp_sandbox.domain.store import Change, Key, State, Table
from otp_sandbox.providers.esms.details import sms_id, total_price


class Campaign(Record):
    """Counts of messages: those that have not ended, and of the others how they did. `price` is in dong."""

    open: int
    delivered: int = 0
    failed: int = 0
    price: int = 0


CAMPAIGNS: Final = Table("campaigns", Campaign, most=100_000)
"""By SMSID; of requests that want to be told."""


def key_of(message_id: str) -> Key:
    """Name the record of the campaign that a message may belong to."""
    return (CAMPAIGNS, message_id.partition(".")[0])


def begin(change: Change[Any], drawn: str, receivers: int, price: int) -> None:
    """Add to a change that a campaign begins; `price` is that of all its messages."""
    change.writes[key_of(drawn)] = Campaign(receivers, price=price)


def count(change: Change[Any], state: State, before: Message, after: Message) -> Campaign | None:
    """Count another state of one of its messages. None if it belongs to no campaign that is counted."""
    campaign = state.get(CAMPAIGNS, sms_id(after))
    if campaign is None:
        return None
    change.writes[key_of(after.id)] = counted = Campaign(
        open=campaign.open + (before.state in FINAL) - (after.state in FINAL),
        delivered=campaign.delivered - (before.state == "delivered") + (after.state == "delivered"),
        failed=campaign.failed - _has_failed(before) + _has_failed(after),
        price=campaign.price - total_price(before) + total_price(after),
    )
    return counted


def _has_failed(message: Message) -> bool:
    return message.state in ("failed", "rejected")
