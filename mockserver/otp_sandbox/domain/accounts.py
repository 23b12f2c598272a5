"""A lane has one account at each provider. Its shape is the provider's; what all share stands here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any, Final, TypeAlias

from otp_sandbox.domain.clock import TEN_YEARS
from otp_sandbox.domain.store import Table

ACCOUNTS: Final = Table[Any]("accounts", None)
"""By provider. The value is that provider's frozen account."""

MONEY_MOST: Final = 10**15
"""What an account holds, or owes, at most: JSON readers that count in floats still have it exactly."""
PRICE_MOST: Final = 10**9
"""The price of one thing at most: all messages that a lane keeps, paid back at once, stay within 64 bits."""


class Within:
    """Tells pydantic how small and how large a number, or a length of time, in an account may be."""

    __slots__ = ("_least", "_most")

    def __init__(self, least: int | timedelta, most: int | timedelta) -> None:
        self._least = least
        self._most = most

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return {**handler(source), "ge": self._least, "le": self._most}


class Checked:
    """Tells pydantic to let a value of an account through a function, which raises ValueError for a wrong one."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self._function = function

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        function = {"type": "no-info", "function": self._function}
        return {"type": "function-after", "function": function, "schema": handler(source)}


Money: TypeAlias = Annotated[int, Within(-MONEY_MOST, MONEY_MOST)]
Price: TypeAlias = Annotated[int, Within(0, PRICE_MOST)]
Length: TypeAlias = Annotated[timedelta, Within(timedelta(0), TEN_YEARS)]


def changed(money: int, by: int) -> int:
    """Give what an account holds after a refund or a late charge; beyond its bounds it stays at the bound."""
    return max(-MONEY_MOST, min(MONEY_MOST, money + by))


def without(values: tuple[str, ...], unwanted: Callable[[str], bool]) -> list[str]:
    """Give a list without some of its entries."""
    return [each for each in values if not unwanted(each)]


def ip_allowed(allowed: tuple[str, ...] | None, remote: str) -> bool:
    """Whether an address may call. None allows all; an empty list allows none."""
    return allowed is None or remote in allowed
