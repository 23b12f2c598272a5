"""How viotp rents: among the numbers of its carriers, under ids of nine digits."""

from __future__ import annotations

from typing import Final

from otp_sandbox.domain import vietnam
from otp_sandbox.domain.vietnam import Carrier
from otp_sandbox.providers.viotp.account import PROVIDER
from otp_sandbox.renting.pool import Pool
from otp_sandbox.renting.renter import Renter

_PREFIXES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("MOBIFONE", vietnam.MOBIFONE),
    ("VINAPHONE", vietnam.VINAPHONE),
    ("VIETTEL", vietnam.VIETTEL),
    ("VIETNAMOBILE", vietnam.VIETNAMOBILE),
    ("ITELECOM", vietnam.ITEL),
    ("VODAFONE_RO", ()),
    ("WINTEL", vietnam.REDDI),
    ("METFONE", ()),
    ("UNITEL", ()),
    ("ETL", ()),
    ("BEELINE", ()),
    ("LAOTEL", ()),
    ("GTEL", vietnam.GTEL),
)
"""By carrier; those abroad have no Vietnamese numbers."""

POOL: Final = Pool(
    PROVIDER,
    tuple(Carrier(number, name, prefixes) for number, (name, prefixes) in enumerate(_PREFIXES, 1)),
    filters=("network", "prefix", "exceptPrefix"),
    any_carrier=frozenset({"ALL"}),
)
RENTER: Final = Renter(PROVIDER, POOL, (100_000_000, 900_000_000), lambda number, _: str(number))
