"""What the answers of viotp share: the envelope, and how a rental is shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, Final

from otp_sandbox.contract import Body, Call, Facts
from otp_sandbox.domain.rentals import Rental
from otp_sandbox.renting.phones import COUNTRY_CODE, COUNTRY_ISO, national
from otp_sandbox.renting.recordings import number_of, origin_of
from otp_sandbox.renting.states import NUMBERS
from otp_sandbox.renting.times import write_fine_time
from otp_specs import Outcome

Json = dict[str, Any]

_ORDERS: Final[Mapping[str, tuple[str, str]]] = {"observed": ("message", "success"), "printed": ("success", "message")}
"""What stands between number and data, by the options of `viotp.envelope`."""


def in_envelope(data: Callable[[Call, Facts], object]) -> Body:
    """Give a body in the envelope of all answers; a refusal has no data."""

    def body(call: Call, row: Outcome, facts: Facts) -> Json:
        text = (row.message or "").format_map(defaultdict(str, facts))
        said = {"success": row.success, "message": text}
        head = {"status_code": row.code, **{name: said[name] for name in _ORDERS[call.dialect.option("envelope")]}}
        return {**head, "data": data(call, facts)} if row.success else head

    return body


def show_rental(rental: Rental, call: Call) -> Json:
    """Write a rental with what has arrived there."""
    return {
        "ID": int(rental.id) if call.dialect.option("code-id") == "number" else rental.id,
        "ServiceID": int(rental.service),
        "ServiceName": rental.service_name,
        "Price": rental.price,
        "SmsContent": content_of(rental, call),
        "Status": NUMBERS[rental.state],
        "CreatedTime": write_fine_time(rental.created_at),
        "IsSound": rental.is_call,
        "Code": rental.code,
        "PhoneOriginal": f"0{national(rental.phone)}",
        "Phone": national(rental.phone),
        "CountryISO": COUNTRY_ISO,
        "CountryCode": COUNTRY_CODE,
    }


def content_of(rental: Rental, call: Call) -> str | None:
    """Give the message, or the address of the recording (`viotp.audio-link`)."""
    if not rental.is_call:
        return rental.sms
    return f"{origin_of(rental, call.origin)}/audio/{number_of(rental, call.seed)}.wav"
