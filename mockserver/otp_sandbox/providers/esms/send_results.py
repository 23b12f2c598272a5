"""What became of a send that has an SMSID, as the two status operations tell it (reference B8, B9, 9.1)."""

from __future__ import annotations

from typing import Final

from otp_sandbox.domain.messages import Message, Refused
from otp_sandbox.domain.record import Record
from otp_sandbox.providers.esms.details import send_status, total_price

_REJECTED: Final = 4


class SendResult(Record):
    """Of one phone, in E.164. `price` is in dong, `status` what `SendStatus` says."""

    phone: str
    status: int
    sent: bool = False
    reached: bool = False
    failed: bool = True
    price: int = 0


def fate_of(found: Message | Refused) -> SendResult:
    """Tell what became of a message; a send that was refused so late that it has an SMSID counts as rejected."""
    if isinstance(found, Refused):
        return SendResult(found.to, _REJECTED)
    return SendResult(
        phone=found.to,
        status=send_status(found),
        sent=found.since("sent") is not None,
        reached=found.state == "delivered",
        failed=found.state in ("failed", "rejected"),
        price=total_price(found),
    )
