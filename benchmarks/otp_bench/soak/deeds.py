"""What a deed is: something that a client does, and how often."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from otp_bench.soak.wire import Wire

PHONES = 10**8
REFUSED = 400


class Unexpected(RuntimeError):
    """An answer that is wrong. A soak of refusals would prove nothing."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that a client does; it comes as often as its weight says."""

    weight: int
    act: Callable[[Wire, Random], Awaitable[None]]


def phone(dice: Random) -> str:
    """Draw a phone that has hardly been seen before: what is kept by phone must go away again."""
    return f"09{dice.randrange(PHONES):08}"


def expect(status: int, body: bytes, part: bytes, also: tuple[int, ...] = ()) -> None:
    """Look at an answer.

    Raises:
        Unexpected: it is no success, or does not hold the part.
    """
    if status in also:
        return
    if status >= REFUSED or part not in body:
        raise Unexpected(f"{status} {body[:500]!r}")
