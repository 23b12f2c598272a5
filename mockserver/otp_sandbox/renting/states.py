"""How states of a rental are numbered, and what state one is in now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from otp_sandbox.domain.record import replace
from otp_sandbox.domain.rentals import Rental, RentalState

NUMBERS: Final[Mapping[RentalState, int]] = {"waiting": 0, "done": 1, "expired": 2}


def as_of(rental: Rental, now: datetime) -> Rental:
    """Give a rental as it is now: one whose lifetime is over has expired, even before its expiry was noted."""
    if rental.state == "waiting" and now >= rental.expires_at:
        return replace(rental, state="expired")
    return rental
