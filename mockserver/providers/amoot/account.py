"""The account of a lane at Amoot, and what it starts with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, ClassVar

from mockserver.domain.accounts import ACCOUNTS
from mockserver.domain.store import Key

KEY: Key = (ACCOUNTS, "amoot")


class Aware:
    """Tells pydantic that an instant has an offset: without one it could not be compared with the lane's time."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return {**handler(source), "tz_constraint": "aware"}


@dataclass(frozen=True, slots=True)
class Token:
    """Settings of the token in the provider's panel. The last good moment is just before `expires_at`."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    active: bool = True
    expires_at: Annotated[datetime, Aware] | None = None
    allowed_ips: tuple[str, ...] | None = None
    allowed_methods: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class User:
    """What may be wrong with the user behind a token or a user name; by default nothing is."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    disabled: bool = False
    expired: bool = False
    mobile_not_verified: bool = False
    web_service_banned: bool = False
    not_allow_web_service: bool = False
    not_allow_http: bool = False
    demo: bool = False
    organisation_undeclared: bool = False
    allowed_ips: tuple[str, ...] | None = None
    allowed_methods: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Credit and price of a segment in rials; `lines` are the names and numbers that may send."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    credit: int
    price: int
    lines: tuple[str, ...]
    token: Token = Token()
    user: User = User()
    system_disabled: bool = False

    def charged(self, amount: int) -> Account:
        """Give the account after an amount was taken off."""
        return replace(self, credit=self.credit - amount)

    def has_line(self, name: str) -> bool:
        """Whether the account may send from a line; case does not count (reference 2.4)."""
        return _listed(name, self.lines)


def new_account() -> Account:
    """Give the account that a lane starts with."""
    return Account(credit=1_000_000, price=1_000, lines=("Public", "Service", "98", "30001234"))


def method_allowed(allowed: tuple[str, ...] | None, method: str) -> bool:
    """Whether an API method may be called, in any case. None allows all; an empty list allows none."""
    return allowed is None or _listed(method, allowed)


def _listed(name: str, names: tuple[str, ...]) -> bool:
    folded = name.casefold()
    return any(each.casefold() == folded for each in names)
