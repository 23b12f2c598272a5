"""A store in memory that finds out what would break in a store that is shared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

from otp_sandbox.app import find_providers
from otp_sandbox.domain.store import WHOLE, Change, Key, State, Table
from otp_sandbox.stores.coding import Coding
from otp_sandbox.stores.memory import LaneState, MemoryStore

T = TypeVar("T")
V = TypeVar("V")


@cache
def _coding() -> Coding:
    return Coding(find_providers().values())


class NotPureError(AssertionError):
    """A decision that ran twice did not come to the same end."""


class NotFetched(BaseException):
    """A decision reads a key that is not at hand."""

    def __init__(self, key: Key) -> None:
        super().__init__(f"{key[0].name}/{key[1]}")
        self.key = key


class StrictStore(MemoryStore):
    """Runs each decision as often as the worst store would, and keeps only what can be written as bytes.

    A decision begins with the keys that it named; what it reads besides is fetched, and it runs again. Then it runs
    once more. `unnamed` collects what was read without having been named.
    """

    def __init__(self, *, coding: Coding | None = None, **limits: Any) -> None:
        super().__init__(**limits)
        self._coding = coding or _coding()
        self.unnamed: list[str] = []

    def run(
        self, held: LaneState, decision: Callable[[State], Change[V]], keys: Callable[[], Sequence[Key]]
    ) -> Change[V]:
        fetched = _Fetched(held, keys())
        while True:
            try:
                first = decision(fetched)
            except NotFetched as missing:
                self.unnamed.append(str(missing))
                fetched.keys.add(missing.key)
            else:
                break
        again = decision(fetched)
        if first != again:
            raise NotPureError(f"{first} and then {again}")
        for (table, name), value in again.writes.items():
            if value is not None and self._coding.decoded(table, name, self._coding.encoded(table, value)) != value:
                raise NotPureError(f"{table.name}/{name} does not come back as it was: {value}")
        return again


class _Fetched:
    """A state that has only what was fetched."""

    def __init__(self, held: LaneState, keys: Sequence[Key]) -> None:
        self.held = held
        self.keys = set(keys)

    def get(self, table: Table[T], key: str) -> T | None:
        if (table, key) not in self.keys and (table, WHOLE) not in self.keys:
            raise NotFetched((table, key))
        return self.held.get(table, key)

    def entries(self, table: Table[T]) -> Iterator[T]:
        if (table, WHOLE) not in self.keys:
            raise NotFetched((table, WHOLE))
        return self.held.entries(table)
