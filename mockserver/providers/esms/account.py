"""The account of a lane at eSMS, and what it starts with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from mockserver.domain.accounts import ACCOUNTS
from mockserver.domain.store import Key

_PLACE = re.compile(r"\{P\d+,(\d+)\}")

KEY: Key = (ACCOUNTS, "esms")


@dataclass(frozen=True, slots=True)
class Brandname:
    """A registered sender name. `templates` None takes any text.

    Templates are written as the provider writes them: `{P1,8} la ma …`, where the place P1 takes 1 to 8 characters.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    name: str
    templates: tuple[str, ...] | None = None

    def takes(self, text: str) -> bool:
        """Whether a text goes through: compared whole, trimmed, case counting."""
        if self.templates is None:
            return True
        return any(_pattern(template).fullmatch(text.strip()) for template in self.templates)


@dataclass(frozen=True, slots=True)
class Account:
    """Balance and price in dong; `price` None means that there is no price list."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    balance: int
    price: int | None
    brandnames: tuple[Brandname, ...]
    blocked: bool = False
    allowed_ips: tuple[str, ...] | None = None

    def charged(self, amount: int) -> Account:
        """Give the account after an amount was taken off."""
        return Account(self.balance - amount, self.price, self.brandnames, self.blocked, self.allowed_ips)

    def brandname(self, name: str) -> Brandname | None:
        """Find a registered brandname; its case counts."""
        return next((each for each in self.brandnames if each.name == name), None)


def new_account() -> Account:
    """Give the account that a lane starts with."""
    return Account(
        balance=1_000_000,
        price=850,
        brandnames=(
            Brandname("Baotrixemay", ("{P1,8} la ma xac minh dang ky Baotrixemay cua ban",)),
            Brandname("Sandbox"),
        ),
    )


@lru_cache(maxsize=256)
def _pattern(template: str) -> re.Pattern[str]:
    parts = _PLACE.split(template.strip())
    return re.compile("".join(f".{{1,{part}}}" if index % 2 else re.escape(part) for index, part in enumerate(parts)))
