"""The port through which decisions reach state.

A decision is pure and synchronous: (state, request, now) → `Change`. It names the keys that it reads, all in one lane;
a store applies the change all or nothing, and only if what was read still holds. Two kinds of tables are enough: plain
records, and logs, which keep their order, forget their oldest entries and can be waited on. Events that fall due hang
on the lane's schedule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeAlias, TypeVar

T = TypeVar("T")
V = TypeVar("V")
V_co = TypeVar("V_co", covariant=True)


@dataclass(frozen=True, eq=False)
class Table(Generic[T]):
    """A named collection of records of one type; a log keeps their order and only the newest.

    `weigh` estimates the bytes of an entry; tables that have it share the store's budget over all lanes. `most` bounds
    a table of plain records: beyond it the oldest go.
    """

    name: str
    log: bool = False
    most: int | None = None
    weigh: Callable[[T], int] | None = None


Key: TypeAlias = tuple[Table[Any], str]
WHOLE = "*"
"""The key by which a decision names a whole log."""


class Event(NamedTuple):
    """Something that happens in a lane at an instant of the lane's clock."""

    at: datetime
    kind: str  # send, delivery, arrival, expiry, callback
    provider: str
    id: str
    detail: str = ""


@dataclass(slots=True)
class Change(Generic[V_co]):
    """What a decision decided: a verdict, and what follows from it.

    `writes` holds new values, None deletes. Writing a log entry that exists changes it in its place, unless its key is
    in `moved`: then it goes to the end of the log.
    """

    verdict: V_co
    writes: dict[Key, Any] = field(default_factory=dict)
    moved: set[Key] = field(default_factory=set)
    due: list[Event] = field(default_factory=list)


class State(Protocol):
    """What a decision may look at: the records under the keys that it named."""

    def get(self, table: Table[T], key: str) -> T | None:
        """Give the record, or None."""
        ...

    def entries(self, table: Table[T]) -> Iterable[T]:
        """Give all entries of a log, newest first; the decision names it by the key (table, WHOLE)."""
        ...


class Placed(NamedTuple, Generic[T]):
    """A log entry with its place. Places grow over all logs of a lane, so they can be compared between logs."""

    place: int
    entry: T


class Store(Protocol):
    """Where lanes keep what happened. One body of tests runs over every implementation."""

    async def decide(self, lane: str, keys: Sequence[Key], decision: Callable[[State], Change[V]]) -> V:
        """Run a decision and apply its change all or nothing; it may run again when another one was faster."""
        ...

    async def append(self, lane: str, table: Table[T], key: str, entry: T) -> None:
        """Put an entry at the end of a log, whatever else is there."""
        ...

    async def get(self, lane: str, table: Table[T], key: str) -> T | None:
        """Read one record."""
        ...

    async def entries(
        self,
        lane: str,
        table: Table[T],
        *,
        after: int | None = None,
        limit: int | None = None,
        where: Callable[[T], bool] | None = None,
    ) -> list[Placed[T]]:
        """List log entries, newest last: the last `limit` of all, or the first `limit` after a place."""
        ...

    async def place(self, lane: str) -> int:
        """Tell the place of the newest log entry of the lane; it never goes back."""
        ...

    async def wait(self, lane: str, table: Table[Any], after: int, timeout: float) -> bool:  # noqa: ASYNC109  (part of the port: stores wait in their own ways)
        """Wait until the log has an entry after a place; False when `timeout` seconds have passed."""
        ...

    async def next_due(self, lane: str) -> datetime | None:
        """Tell when the next event falls due."""
        ...

    async def take_due(self, lane: str, until: datetime) -> Event | None:
        """Take the earliest event that is due at `until`, or None."""
        ...

    async def clear(self, lane: str, tables: Iterable[str] | None = None) -> None:
        """Forget tables of a lane by name; all of them and the schedule when none are named."""
        ...

    async def forget(self, lane: str) -> None:
        """Forget a lane altogether."""
        ...
