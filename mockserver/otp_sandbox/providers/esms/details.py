"""What eSMS keeps beside a message: what its status, its lists and its delivery callback tell again."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from otp_sandbox.domain.messages import Message, MessageDetails
from otp_sandbox.domain.record import Record

ADVERTISING: Final = 1
CUSTOMER_CARE: Final = 2
VOICE: Final = 8
VIBER: Final = 23
ZALO_FIRST: Final = 24
ZALO: Final = 25
CONSULT: Final = 26
JOURNEY: Final = 27
SMS_LEG: Final = ".sms"
"""Ends the id of the SMS that goes out because Zalo failed; both have one SMSID (`esms.channels-one-smsid`)."""


class Details(Record, MessageDetails, tag="esms"):
    """What a send asked for besides.

    `send_at` is when a message that awaits approval goes out, None as soon as it has it. `otherwise` is the SMS that
    goes out if this message fails; `fallback_fails` that it will not arrive either. `receivers` counts
    the messages of this SMSID that went to one phone each. `addressee` is the Zalo id, or the hash of a phone, that the
    send named. `zalo_refuses` says that Zalo will not deliver it.
    """

    sms_type: int = CUSTOMER_CARE
    request_id: str = ""
    campaign: str = ""
    callback_url: str = ""
    awaiting_approval: bool = False
    send_at: datetime | None = None
    official_account: str = ""
    template: str = ""
    otherwise: Message | None = None
    fallback_fails: bool = False
    receivers: int = 1
    addressee: str = ""
    zalo_refuses: bool = False


_ORDINARY: Final = Details()
PAID: Final = frozenset({"queued", "sending", "sent", "delivered"})
"""States in which a message costs something, when acceptance is what is charged (`esms.charging`)."""


def details_of(message: Message) -> Details:
    """Give what is kept beside a message; GENCODE keeps nothing, as it has none of these fields."""
    details = message.details
    return details if isinstance(details, Details) else _ORDINARY


def id_of(drawn: str, receiver: int) -> str:
    """Give the id of the message to one of several receivers, counted from 0; all of them have one SMSID."""
    return f"{drawn}.{receiver}" if receiver else drawn


def sms_id(message: Message) -> str:
    """Give the SMSID that the wire shows."""
    return message.id.partition(".")[0]


def zalo_id(message: Message) -> str:
    """Give Zalo's id of a message: 20 hexadecimal digits, as in the samples."""
    return sms_id(message).replace("-", "")[:20]


def send_status(message: Message) -> int:
    """Give `SendStatus`: 1 awaiting approval, 2 to be sent, 4 rejected, 5 finished (`esms.send-status-values`).

    3 being sent and 6 deleted come of a test alone (`esms.send-status-forced`).
    """
    match message.state:
        case "queued":
            return 1 if details_of(message).awaiting_approval else 2
        case "sent":
            return 2
        case "sending":
            return 3
        case "rejected":
            return 4
        case "deleted":
            return 6
    return 5


def total_price(message: Message) -> int:
    """Give what a message has cost after all: nothing when it failed or was deleted."""
    return message.price if message.state in PAID else 0
