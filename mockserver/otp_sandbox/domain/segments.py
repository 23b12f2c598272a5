"""How many SMS a text is: GSM-7 holds 160 characters, 153 in a chain; UCS-2 70 and 67."""

from __future__ import annotations

from typing import Literal

from otp_sandbox.domain.record import Record

Encoding = Literal["gsm-7", "ucs-2"]


class Segments(Record):
    """The encoding that a text needs, and the number of messages."""

    encoding: Encoding
    count: int


def segments(text: str) -> Segments:
    """Count the messages that a text takes on the air. An empty text takes one."""
    if not text:  # smsutil takes nothing for UCS-2
        return Segments("gsm-7", 1)
    import smsutil  # noqa: PLC0415  (not needed before the first price by segments)

    split = smsutil.split(text)
    return Segments("gsm-7" if split.encoding == "gsm0338" else "ucs-2", len(split.parts))
