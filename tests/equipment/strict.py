"""A store in memory that finds out what would break in a store that is shared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

from otp_sandbox.app import find_providers
from otp_sandbox.domain.store import WHOLE, Change, Key, State, Table
from otp_sandbox.stores.coding import Coding
from otp_sandbox.stores.lane_state import LaneState
from otp_sandbox.stores.memory import MemoryStore

T = TypeVar("T")
V = TypeVar("V")


@cache
def _coding() -> Coding:
    return Coding(find_providers().values())


class NotPureError(AssertionError):
    """A decision that ran twice did not come to the same end."""


class NotKeptError(AssertionError):
    """A record does not come back as it was when it is written as bytes and read again."""


class NotFetched(BaseException):
    """A decision reads a key that is not at hand."""

    def __init__(self, key: Key) -> None:
        super().__init__(f"{key[0].name}/{key[1]}")
        self.key = key


class StrictStore(MemoryStore):
    """Runs each decision as often as the worst store would, and keeps only what can be written as bytes.

    A decision begins with the keys that it named; what it reads besides is fetched, and it runs again. Then it runs
    once more. `unnamed` collects what was read without having been named. What a decision reads is a copy, as it would
    be if it came over a connection; so is what is kept of its writes.
    """

    def __init__(self, *args: Any, coding: Coding | None = None, **limits: Any) -> None:
        super().__init__(*args, **limits)
        self._coding = coding or _coding()
        self.unnamed: list[str] = []

    def run(
        self, held: LaneState, decision: Callable[[State], Change[V]], keys: Callable[[], Sequence[Key]]
    ) -> Change[V]:
        fetched = set(keys())
        while True:
            try:
                first = decision(_Fetched(self, held, fetched))
            except NotFetched as missing:
                self.unnamed.append(str(missing))
                fetched.add(missing.key)
            else:
                break
        shown = repr(first)  # what both runs share may be another thing after the second
        again = decision(_Fetched(self, held, fetched))
        if first != again or repr(again) != shown:
            raise NotPureError(f"{shown} and then {again}")
        for (table, name), value in again.writes.items():
            again.writes[table, name] = self.copied(table, name, value)
        return again

    async def append(self, lane: str, table: Table[T], key: str, entry: T) -> None:
        await super().append(lane, table, key, cast("T", self.copied(table, key, entry)))

    def copied(self, table: Table[T], key: str, record: T | None) -> T | None:
        """Write a record as bytes and read it again.

        Raises:
            NotKeptError: it cannot be written, or is another one then.
        """
        if record is None:
            return None
        try:
            copy: T = self._coding.decoded(table, key, self._coding.encoded(table, record))
        except (TypeError, ValueError, OverflowError) as error:  # a text that is no Unicode is a ValueError
            raise NotKeptError(f"{table.name}/{key} cannot be written and read: {error}: {record}") from error
        # Instants that are equal may still be shown with other offsets.
        if copy != record or msgspec.json.encode(copy) != msgspec.json.encode(record):
            raise NotKeptError(f"{table.name}/{key} does not come back as it was: {record}")
        return copy


def twice(decision: Callable[..., Change[V]]) -> Callable[..., Change[V]]:
    """Let a decision run twice, for stores that fetch by themselves.

    Raises:
        NotPureError: when it runs, and does not come to the same end.
    """

    def decide(*given: Any) -> Change[V]:
        first = decision(*given)
        shown = repr(first)
        again = decision(*given)
        if first != again or repr(again) != shown:
            raise NotPureError(f"{shown} and then {again}")
        return again

    return decide


class _Fetched:
    """A state that has only what was fetched."""

    def __init__(self, store: StrictStore, held: LaneState, keys: set[Key]) -> None:
        self._store = store
        self._held = held
        self._keys = keys

    def get(self, table: Table[T], key: str) -> T | None:
        if (table, key) not in self._keys and not (table.log and (table, WHOLE) in self._keys):
            raise NotFetched((table, key))
        return self._store.copied(table, key, self._held.get(table, key))

    def entries(self, table: Table[T]) -> Iterator[T]:
        if (table, WHOLE) not in self._keys:
            raise NotFetched((table, WHOLE))
        for entry in self._held.entries(table):
            yield cast("T", self._store.copied(table, "", entry))
