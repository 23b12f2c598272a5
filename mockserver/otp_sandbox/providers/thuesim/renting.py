"""How thuesim rents: with an id that ends with the server, and a callback when a rental has ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from otp_sandbox.contract import EventContext
from otp_sandbox.domain.callbacks import call_back
from otp_sandbox.domain.rentals import Rental
from otp_sandbox.domain.store import Change
from otp_sandbox.providers.thuesim.account import PROVIDER, Account
from otp_sandbox.providers.thuesim.callbacks import end_callback
from otp_sandbox.providers.thuesim.pool import POOL
from otp_sandbox.renting.renter import Renter


def _tell(change: Change[Any], account: Account, rental: Rental, context: EventContext, now: datetime) -> None:
    """Add the callback, where the account has an address for it."""
    if account.callback_url:
        call_back(change, end_callback(rental, account.callback_url, context), now)


RENTER: Final = Renter(
    PROVIDER, POOL, (80_000_000, 89_000_000), lambda number, service: f"{number}.{service.SV}", tell=_tell
)
