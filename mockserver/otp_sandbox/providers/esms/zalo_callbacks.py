"""What Zalo says of a message, as callbacks and stored callbacks of eSMS repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

import orjson

from otp_sandbox.domain import vietnam
from otp_sandbox.domain.messages import Message
from otp_sandbox.providers.esms.carriers import carrier_of
from otp_sandbox.providers.esms.details import CONSULT, Details, zalo_id
from otp_sandbox.providers.esms.phones import national

REFUSES: Final = {
    "error": -114,
    "message": "User is inactive, or reject the message, or using an outdated Zalo version, or other internal errors",
}
"""What Zalo says of a message that it does not deliver, whatever the reason: the samples have no other error."""
TAKEN: Final = {"error": 0, "message": "Success"}
"""What Zalo says of a message that it has delivered."""
DELIVERED: Final = "The message was delivered to the user's phone"
_KEPT: Final = ";,/?:@&=+$!*'()#~"
NO_CARRIER: Final = 9
"""The `telcoid` of who was not named by a phone."""


def zalo_parameters(message: Message, details: Details) -> Mapping[str, str]:
    """Give the parameters of a callback from the recipient on: their order is another one for each kind of message."""
    delivered = message.state == "delivered"
    oa, partner = {"oaid": details.official_account}, {"partnerids": zalo_id(message) if delivered else ""}
    if details.sms_type == CONSULT:
        return {"phonenumber": details.addressee, "error_info": _consult_info(message, details), **oa, **partner}
    info, template = {"error_info": zns_info(message, details)}, {"tempid": details.template}
    if details.addressee:
        who = {"telcoid": str(NO_CARRIER), "phonenumber": details.addressee}
        return {**who, **info, **oa, **template, **partner}
    who = {"telcoid": str(carrier_of(message.to).id), "phonenumber": national(message.to)}
    return {**who, **partner, **info, **oa, **template}


def zns_info(message: Message, details: Details) -> str:
    """Write what Zalo says of a ZNS: a success as JSON, a failure as a text that holds JSON, as in the samples."""
    if message.state != "delivered":
        return _write(_write(REFUSES))
    data = {"data": {"delivery_time": None, "message": DELIVERED, "status": 1}} if details.addressee else {}
    return _write({**TAKEN, **data})


def _consult_info(message: Message, details: Details) -> str:
    """Write what Zalo says of a consult message: as `encodeURI` writes it, with the Vietnamese time behind it."""
    told: Mapping[str, Any] = REFUSES
    if message.state == "delivered":
        ids = {"message_id": zalo_id(message), "user_id": details.addressee}
        told = {"data": ids, **TAKEN}
    at: datetime = message.timeline[-1][1]
    return quote(f"{_write(told)}____{at.astimezone(vietnam.TIME):%d/%m/%Y %H:%M:%S}", safe=_KEPT)


def _write(value: Any) -> str:
    return orjson.dumps(value).decode()
