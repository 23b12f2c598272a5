"""The numbers that can be rented at thuesim."""

from __future__ import annotations

from typing import Final

from otp_sandbox.domain import vietnam
from otp_sandbox.domain.vietnam import Carrier
from otp_sandbox.providers.thuesim.account import PROVIDER
from otp_sandbox.renting.pool import Pool

POOL: Final = Pool(
    PROVIDER,
    (
        Carrier(1, "MOBIFONE", vietnam.MOBIFONE),
        Carrier(2, "VINAPHONE", vietnam.VINAPHONE),
        Carrier(3, "VIETTEL", vietnam.VIETTEL),
        Carrier(4, "VIETNAMOBILE", vietnam.VIETNAMOBILE),
        Carrier(5, "ITELECOM", vietnam.ITEL),
    ),
    filters=("carries", "yPrefix", "nPrefix"),
)
