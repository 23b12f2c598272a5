"""Carriers as eSMS numbers and names them, and whose a phone is. The provider publishes numbers and names only."""

from __future__ import annotations

from typing import Final

from otp_sandbox.domain import vietnam
from otp_sandbox.domain.vietnam import Carrier

CARRIERS: Final = (
    Carrier(1, "Viettel", vietnam.VIETTEL),
    Carrier(2, "Mobifone", vietnam.MOBIFONE),
    Carrier(3, "Vinaphone", vietnam.VINAPHONE),
    Carrier(4, "Vietnammobile", vietnam.VIETNAMOBILE),
    Carrier(5, "Gtel", vietnam.GTEL),
    Carrier(6, "Itel", vietnam.ITEL),
    Carrier(7, "Reddi", vietnam.REDDI),
)
"""`id` stands in `telcoid` and `NetworkID`, `name` in `NetworkName`."""

_BY_PREFIX: Final = {prefix: carrier for carrier in CARRIERS for prefix in carrier.prefixes}


def carrier_of(phone: str) -> Carrier:
    """Give the carrier of an E.164 number; a prefix that the plan does not know counts as the first one's."""
    return _BY_PREFIX.get(phone[3:5], CARRIERS[0])
