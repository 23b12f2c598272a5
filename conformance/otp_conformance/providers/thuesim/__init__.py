"""What the suite knows about thuesim: how it writes, and good calls that the spec's examples do not give."""

from __future__ import annotations

from typing import Final

from otp_conformance.dialects import Dialect

DIALECT: Final = Dialect(
    credentials=("token",),
    codes=("status_code", "ResponseCode"),
    texts=("message", "Message", "Msg"),
    phone="0912345678",
    good={
        "register_service": {"serviceId": "01.4"},
        "rephone": {"phone": "0912345678", "serviceId": "4", "thuesim1": "215978.01"},
    },
)
