"""What the sandbox does when one call is made after another: models for `linearizability`.

What is asked is a tuple that begins with a word.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from equipment.linearizability import UNKNOWN, Model

ANY: Final = "any"
"""A code that is alive and that nobody was told."""


class Life(NamedTuple):
    """A code of one phone: the time, the code that was sent last and not used since, and when it ends."""

    now: float = 0
    code: str | None = None
    ends: float = 0


class _Codes(NamedTuple):
    """`send` answers a code, in the place of the one before; `check` accepts it once; `advance` moves the time.

    No two sends make the same code.
    """

    lives: float

    def __call__(self, held: Life, asked: tuple[Any, ...], answer: Any) -> Iterable[Life]:
        word, *about = asked
        if word == "advance":
            return [held._replace(now=held.now + about[0])]
        if word == "send":
            return [Life(held.now, ANY if answer is UNKNOWN else answer, held.now + self.lives)]
        alive = held.code if held.now < held.ends else None
        accepted = [held._replace(code=None)] if alive in (about[0], ANY) else []
        refused = [held] if alive != about[0] else []
        if answer is UNKNOWN:
            return accepted + refused
        return accepted if answer else refused


def _balance(money: int, asked: tuple[Any, ...], answer: Any) -> Iterable[int]:
    """Money: `charge` takes a price off if there is enough, and says whether; `set` puts it; `read` answers it."""
    word, *amount = asked
    if word == "read":
        return [money] if answer in (money, UNKNOWN) else []
    if word == "set":
        return amount
    enough = money >= amount[0]
    return [money - amount[0] if enough else money] if answer in (enough, UNKNOWN) else []


class Numbers(NamedTuple):
    """Rented numbers: the time, when the last one was taken, and which are waiting."""

    now: float
    last: float | None = None
    waiting: frozenset[str] = frozenset()


class _Renting(NamedTuple):
    """The rules of renting: seconds between two numbers, and how many may wait."""

    pause: float
    most: int

    def __call__(self, held: Numbers, asked: tuple[Any, ...], answer: Any) -> Iterable[Numbers]:
        """`rent` answers an id, or what forbids it; `arrive` at an id says whether it did; `advance` moves the time."""
        word, *about = asked
        if word == "advance":
            return [held._replace(now=held.now + about[0])]
        if word == "arrive":
            there = about[0] in held.waiting
            after = held._replace(waiting=held.waiting - {about[0]})
            return [after] if answer in (there, UNKNOWN) else []
        if held.last is not None and held.now < held.last + self.pause:
            refusal = "too soon"
        elif len(held.waiting) >= self.most:
            refusal = "full"
        else:
            refusal = ""
        if refusal:
            return [held] if answer in (refusal, UNKNOWN) else []
        if answer in ("too soon", "full"):
            return []
        return [Numbers(held.now, held.now, held.waiting | {str(answer)})]


def _counter(number: int, _: Any, answer: Any) -> Iterable[int]:
    """Counts one up and answers the number."""
    return [number + 1] if answer in (number + 1, UNKNOWN) else []


def codes(lives: float) -> Model:
    """Codes live so many seconds."""
    return Model(_Codes(lives), lambda _, answer: answer is False)


def renting(pause: float, most: int) -> Model:
    """Numbers are rented under these rules."""
    return Model(_Renting(pause, most), lambda _, answer: answer in ("too soon", "full", False))


BALANCE: Final = Model(_balance, lambda asked, answer: asked[0] == "read" or answer is False)
COUNTER: Final = Model(_counter)
