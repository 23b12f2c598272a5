"""The account of a lane at viotp, and what it starts with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import ClassVar, Final

from otp_sandbox.domain.accounts import Length, Money, Price
from otp_sandbox.renting import offers
from otp_sandbox.renting.offers import Arriving, Renting, Stock, Waiting

PROVIDER: Final = "viotp"


@dataclass(frozen=True, slots=True)
class Service:
    """What a number can be rented for, under the names of the wire; `stock` None never runs out."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    identity: ClassVar[tuple[str, ...]] = ("id",)

    id: offers.Number
    name: str
    price: Price
    lifetime_seconds: offers.Number = 300
    suspended: bool = False
    stock: Stock = None

    @property
    def key(self) -> str:
        """The service as a rent names it."""
        return str(self.id)

    @property
    def title(self) -> str:
        """Its name."""
        return self.name

    @property
    def cost(self) -> int:
        """What one rental costs."""
        return self.price

    @property
    def lifetime(self) -> timedelta:
        """How long a rental of this service waits (`viotp.lifetime`)."""
        return timedelta(seconds=self.lifetime_seconds)


@dataclass(frozen=True, slots=True)
class Account(Renting[Service]):
    """Balance in dong. With `arrival` "auto" an invented SMS reaches a rental after `arrival_delay`."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    balance: Money
    services: tuple[Service, ...]
    waiting_limit: Waiting = 5
    arrival: Arriving = "auto"
    arrival_delay: Length = timedelta(seconds=2)


@cache
def new_account() -> Account:
    """Give the account that a lane starts with."""
    return Account(
        balance=123_456,
        services=(Service(1, "Momo", 600), Service(4, "Yahoo", 470), Service(7, "Facebook", 800)),
    )
