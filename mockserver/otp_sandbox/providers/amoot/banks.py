"""Banks of numbers: a tree in the account, and whose number stands in which row (`amoot.bank-numbers`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Annotated, Any, ClassVar, Final

from otp_sandbox.domain.accounts import Within
from otp_sandbox.domain.seeds import draw

BANK_MOST: Final = 10**9
"""The highest number of a bank."""
BANKS_MOST: Final = 64
"""Banks that an account has: a chain of them is still JSON that can be written."""
ROWS_MOST: Final = 10**8
"""Numbers of a bank."""
_FIRST: Final = 9_100_000_000
_NUMBERS: Final = 900_000_000
"""All mobile numbers from the first on: those below it hold the magic ones."""
_STEP: Final = 571_428_571
"""From one row to the next. It has no divisor in common with how many there are, so no number comes twice."""


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank of `count` numbers; `parent` is the one that it is a part of, 0 for none."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    identity: ClassVar[tuple[str, ...]] = ("id",)

    id: Annotated[int, Within(1, BANK_MOST)]
    title: str
    count: Annotated[int, Within(0, ROWS_MOST)]
    parent: Annotated[int, Within(0, BANK_MOST)] = 0


def tree(banks: Sequence[Bank]) -> list[tuple[Bank, list[Any]]]:
    """Give the banks that are part of none, each with its parts, and so on; what is part of itself is nowhere."""
    known = {each.id for each in banks}

    def parts(parents: frozenset[int] | None) -> list[tuple[Bank, list[Any]]]:
        inside = (each for each in banks if (each.parent not in known if parents is None else each.parent in parents))
        return [(each, parts(frozenset({each.id}))) for each in inside]

    return parts(None)


def in_order(bank: Bank, first: int, count: int) -> range:
    """Give rows one after the other, as many as there are."""
    return range(first, min(first + count, bank.count))


def at_random(bank: Bank, first: int, count: int, number: int) -> list[int]:
    """Draw rows from the first one on, each once, by a drawn number."""
    size = bank.count - first
    start, step = number % size, 1 + (number >> 64) % size
    while gcd(step, size) != 1:
        step += 1
    return [first + (start + index * step) % size for index in range(min(count, size))]


def phones_at(rows: Iterable[int], bank: Bank, seed: int) -> list[str]:
    """Give the E.164 numbers of rows; they belong to the seed of the lane."""
    start = draw(seed, "bank", bank.id)
    return [f"+98{_FIRST + (start + row * _STEP) % _NUMBERS}" for row in rows]
