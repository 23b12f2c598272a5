"""Carriers as eSMS numbers and names them, and whose a phone is (reference 9.3).

The provider publishes numbers and names; the prefixes are those of the public Vietnamese numbering plan.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Carrier(NamedTuple):
    """`id` stands in `telcoid` and `NetworkID`, `name` in `NetworkName`."""

    id: int
    name: str
    prefixes: tuple[str, ...]


CARRIERS: Final = (
    Carrier(1, "Viettel", ("32", "33", "34", "35", "36", "37", "38", "39", "86", "96", "97", "98")),
    Carrier(2, "Mobifone", ("70", "76", "77", "78", "79", "89", "90", "93")),
    Carrier(3, "Vinaphone", ("81", "82", "83", "84", "85", "88", "91", "94")),
    Carrier(4, "Vietnammobile", ("52", "56", "58", "92")),
    Carrier(5, "Gtel", ("59", "99")),
    Carrier(6, "Itel", ("87",)),
    Carrier(7, "Reddi", ("55",)),
)
_BY_PREFIX: Final = {prefix: carrier for carrier in CARRIERS for prefix in carrier.prefixes}


def carrier_of(phone: str) -> Carrier:
    """Give the carrier of an E.164 number; a prefix that the plan does not know counts as the first one's."""
    return _BY_PREFIX.get(phone[3:5], CARRIERS[0])
