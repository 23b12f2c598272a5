"""A lane has one account at each provider. Its shape is the provider's; what all share stands here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from otp_sandbox.domain.store import Table

ACCOUNTS: Final = Table[Any]("accounts", None)
"""By provider. The value is that provider's frozen account."""


def without(values: tuple[str, ...], unwanted: Callable[[str], bool]) -> list[str]:
    """Give a list without some of its entries."""
    return [each for each in values if not unwanted(each)]


def ip_allowed(allowed: tuple[str, ...] | None, remote: str) -> bool:
    """Whether an address may call. None allows all; an empty list allows none."""
    return allowed is None or remote in allowed
