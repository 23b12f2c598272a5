"""The account of a lane at thuesim, and what it starts with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Annotated, ClassVar, Final

from otp_sandbox.domain.accounts import Checked, Length, Money, Price
from otp_sandbox.domain.callbacks import http_address
from otp_sandbox.renting import offers
from otp_sandbox.renting.offers import Arriving, Renting, Stock, Waiting

PROVIDER: Final = "thuesim"
LIFETIME: Final = timedelta(seconds=300)
"""How long a rental lives when the `Time` of its service is no number."""
_SERVER: Final = re.compile(r"[0-9]{2}")
_SECONDS: Final = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Service:
    """What a number can be rented for, under the names of the wire; `stock` None never runs out."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    identity: ClassVar[tuple[str, ...]] = ("ID", "SV")

    ID: offers.Number
    SV: str
    SERVICE_NAME: str
    PRICE: Price
    Time: str
    suspended: bool = False
    stock: Stock = None

    def __post_init__(self) -> None:
        """Hold the server to two digits: it becomes the decimals of a JSON number.

        Raises:
            ValueError: it is something else.
        """
        if _SERVER.fullmatch(self.SV) is None:
            raise ValueError(f"SV {self.SV!r} is not two digits")

    @property
    def key(self) -> str:
        """The service as a rent names it: server, dot, id."""
        return f"{self.SV}.{self.ID}"

    @property
    def title(self) -> str:
        """Its name."""
        return self.SERVICE_NAME

    @property
    def cost(self) -> int:
        """What one rental costs."""
        return self.PRICE

    @property
    def lifetime(self) -> timedelta:
        """How long a rental of this service waits (`thuesim.lifetime-seconds`)."""
        return timedelta(seconds=int(self.Time)) if _SECONDS.fullmatch(self.Time) else LIFETIME


@dataclass(frozen=True, slots=True)
class Account(Renting[Service]):
    """Balance in dong. A `min_interval` of 0 switches the five-second rule off.

    With `arrival` "auto" an invented SMS reaches a rental after `arrival_delay`.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    balance: Money
    services: tuple[Service, ...]
    waiting_limit: Waiting = 5
    min_interval: Length = timedelta(seconds=5)
    arrival: Arriving = "auto"
    arrival_delay: Length = timedelta(seconds=2)
    callback_url: Annotated[str, Checked(http_address)] | None = None

    def first(self, number: str) -> Service | None:
        """Find the first service with a bare id that can be rented, on whichever server."""
        return next((each for each in self.offered if str(each.ID) == number), None)


@cache
def new_account() -> Account:
    """Give the account that a lane starts with."""
    return Account(
        balance=123_456,
        services=(
            Service(97, "02", "DV KHÁC (TEST)", 1450, "300"),
            Service(4, "01", "Yahoo", 470, "300"),
            Service(1, "01", "Momo", 600, "300"),
            Service(7, "01", "Facebook", 800, "300"),
        ),
    )
