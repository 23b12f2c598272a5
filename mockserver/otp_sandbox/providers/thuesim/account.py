"""The account of a lane at thuesim, and what it starts with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Annotated, ClassVar, Final, Literal

from otp_sandbox.domain.accounts import ACCOUNTS, Checked, Length, Money, Price, Within
from otp_sandbox.domain.callbacks import http_address
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Key

PROVIDER: Final = "thuesim"
KEY: Key = (ACCOUNTS, PROVIDER)
LIFETIME: Final = timedelta(seconds=300)
"""How long a rental lives when the `Time` of its service is no number."""
_NUMBER_MOST: Final = 10**9
_WAITING_MOST: Final = 10_000
_SERVER: Final = re.compile(r"[0-9]{2}")
_SECONDS: Final = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Service:
    """What a number can be rented for, under the names of the wire; `stock` None never runs out."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    identity: ClassVar[tuple[str, ...]] = ("ID", "SV")

    ID: Annotated[int, Within(0, _NUMBER_MOST)]
    SV: str
    SERVICE_NAME: str
    PRICE: Price
    Time: str
    suspended: bool = False
    stock: Annotated[int, Within(0, _NUMBER_MOST)] | None = None

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
    def lifetime(self) -> timedelta:
        """How long a rental of this service waits (`thuesim.lifetime-seconds`)."""
        return timedelta(seconds=int(self.Time)) if _SECONDS.fullmatch(self.Time) else LIFETIME

    @property
    def sold_out(self) -> bool:
        """Whether there is no number left for it."""
        return self.stock is not None and self.stock <= 0


@dataclass(frozen=True, slots=True)
class Account:
    """Balance in dong. A `min_interval` of 0 switches the five-second rule off.

    With `arrival` "auto" an invented SMS reaches a rental after `arrival_delay`.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    balance: Money
    services: tuple[Service, ...]
    waiting_limit: Annotated[int, Within(0, _WAITING_MOST)] = 5
    min_interval: Length = timedelta(seconds=5)
    arrival: Literal["auto", "manual"] = "auto"
    arrival_delay: Length = timedelta(seconds=2)
    callback_url: Annotated[str, Checked(http_address)] | None = None

    @property
    def offered(self) -> tuple[Service, ...]:
        """The services that can be rented."""
        return tuple(each for each in self.services if not each.suspended)

    def service(self, key: str) -> Service | None:
        """Find a service that can be rented; its key is compared as text."""
        return next((each for each in self.offered if each.key == key), None)

    def first(self, number: str) -> Service | None:
        """Find the first service with a bare id that can be rented, on whichever server."""
        return next((each for each in self.offered if str(each.ID) == number), None)

    def charged(self, service: Service) -> Account:
        """Give the account after a number was rented for a service."""
        left = service if service.stock is None else replace(service, stock=service.stock - 1)
        services = tuple(left if each is service else each for each in self.services)
        return replace(self, balance=self.balance - service.PRICE, services=services)


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
