"""What accounts that rent numbers have in common: services on offer, and a balance that they are paid from."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Final, Generic, Literal, Protocol, TypeAlias, TypeVar

from otp_sandbox.domain.accounts import Within
from otp_sandbox.domain.record import replace

NUMBER_MOST: Final = 10**9
WAITING_MOST: Final = 10_000
Number: TypeAlias = Annotated[int, Within(0, NUMBER_MOST)]
Stock: TypeAlias = Number | None
"""None never runs out."""
Waiting: TypeAlias = Annotated[int, Within(0, WAITING_MOST)]
Arriving: TypeAlias = Literal["auto", "manual"]
"""Whether an invented SMS reaches a rental by itself."""


class Service(Protocol):
    """What a number can be rented for, whatever its fields are called on the wire."""

    @property
    def key(self) -> str:
        """The service as a rental keeps it."""
        ...

    @property
    def title(self) -> str:
        """Its name."""
        ...

    @property
    def cost(self) -> int:
        """What one rental costs."""
        ...

    @property
    def lifetime(self) -> timedelta:
        """How long a rental waits."""
        ...

    @property
    def suspended(self) -> bool:
        """Whether it cannot be rented now."""
        ...

    @property
    def stock(self) -> Stock:
        """How many numbers are left for it."""
        ...


S = TypeVar("S", bound=Service)


def sold_out(service: Service) -> bool:
    """Whether there is no number left for a service."""
    return service.stock is not None and service.stock <= 0


class Renting(Generic[S]):
    """An account that rents: a part of the account's own class, which has the fields."""

    __slots__ = ()

    if TYPE_CHECKING:  # else pydantic would take the fields in this order
        balance: int
        services: tuple[S, ...]
        waiting_limit: int
        arrival: Arriving
        arrival_delay: timedelta

    @property
    def offered(self) -> tuple[S, ...]:
        """The services that can be rented."""
        return tuple(each for each in self.services if not each.suspended)

    def service(self, key: str) -> S | None:
        """Find a service that can be rented; its key is compared as text."""
        return next((each for each in self.offered if each.key == key), None)

    def charged(self, service: S) -> Renting[S]:
        """Give the account after a number was rented for a service."""
        left = service if service.stock is None else replace(service, stock=service.stock - 1)
        services = tuple(left if each is service else each for each in self.services)
        return replace(self, balance=self.balance - service.cost, services=services)
