"""The port through which decisions reach state.

A decision is pure and synchronous: state → `Change`. All that it reads and writes is in one lane; a store applies the
change all or nothing, and only if what was read still holds, so a decision may run more than once. Two kinds of tables
are enough: plain records, and logs, which keep their order, forget their oldest entries and can be waited on. Events
that fall due hang on the lane's schedule.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeAlias, TypeVar, overload

import msgspec

from otp_sandbox.domain.lives import Lives
from otp_sandbox.domain.record import Record
from otp_sandbox.domain.sharing import Sharing

if TYPE_CHECKING:
    from otp_sandbox.domain.content import Content

T = TypeVar("T")
V = TypeVar("V")
V_co = TypeVar("V_co", covariant=True)


@dataclass(frozen=True, eq=False)
class Table(Generic[T]):
    """A named collection of records of one type; a log keeps their order and only the newest.

    `kind` is the type of the records, None where it is the provider's: an account. `weigh` estimates the bytes of an
    entry; logs that have it share the store's budget over all lanes. `most` bounds a table: beyond it go the records
    that were not written for the longest time, or the oldest entries of a log, which else has the store's own bound.
    """

    name: str
    kind: type[T] | None
    log: bool = False
    most: int | None = None
    weigh: Callable[[T], int] | None = None

    def __post_init__(self) -> None:
        """Be known: whoever moves a whole lane finds all tables, also those of subjects that come later.

        Raises:
            ValueError: another table has that name, and a store would mix their records.
        """
        if _declared.setdefault(self.name, self) is not self:
            raise ValueError(f"there is a table {self.name} already")


_declared: dict[str, Table[Any]] = {}


def declared() -> Mapping[str, Table[Any]]:
    """Give the tables that the modules which are loaded have, by their names."""
    return _declared


Key: TypeAlias = tuple[Table[Any], str]
WHOLE = "*"
"""The key by which a decision names a whole log."""


class Event(Record):
    """Something that happens in a lane at an instant of the lane's clock."""

    at: datetime
    kind: str  # send, delivery, arrival, expiry, callback
    provider: str
    id: str
    detail: str = ""


class Change(msgspec.Struct, Generic[V_co], gc=False):
    """What a decision decided: a verdict, and what follows from it.

    `writes` holds new values, None deletes. Writing a log entry that exists changes it in its place, unless its key is
    in `moved`: then it goes to the end of the log. `warnings` tell the caller what is odd about the request.
    `next_due` is the store's: when the next event of the lane falls due, after this change.
    """

    verdict: V_co
    writes: dict[Key, Any] = {}
    moved: set[Key] = set()
    due: list[Event] = []
    warnings: list[str] = []
    next_due: datetime | None = None


class State(Protocol):
    """What a decision may look at: the records of its lane."""

    def get(self, table: Table[T], key: str) -> T | None:
        """Give the record, or None."""
        ...

    def entries(self, table: Table[T]) -> Iterable[T]:
        """Give all entries of a log, newest first."""
        ...


class Placed(NamedTuple, Generic[T]):
    """A log entry with its place. Places grow over all logs of a lane, so they can be compared between logs."""

    place: int
    entry: T


class Written(NamedTuple):
    """A log entry as it was last written, and the number of that write."""

    number: int
    table: Table[Any]
    entry: Any


class News(NamedTuple):
    """What became of logs after a number: entries by their last writes, and the logs that entries are gone from.

    Everything up to `until` is in here; `more` says that there is something after it. `gone` tells for such a log, by
    its name, up to which number entries of it may be gone.
    """

    until: int
    written: list[Written]
    gone: dict[str, int]
    more: bool


class Fired(Record):
    """An event that was taken off the schedule, whether anything happened, and when the next one falls due."""

    event: Event
    happened: bool
    next_due: datetime | None


def no_keys() -> Sequence[Key]:
    """Name nothing: the decision reads nothing, or the store finds out what it reads."""
    return ()


def any_may_follow(_: Event) -> bool:
    """Let no event be fired alone."""
    return False


class Store(Lives, Sharing, Protocol):
    """Where lanes keep what happened. One body of tests runs over every implementation.

    A lane exists from `begin` to `forget`; whatever is asked of a lane that does not exist raises `LaneGone`.

    A call may come from outside of a task, where asyncio can set no time limit. A store that has to wait gives others
    their turn first (`await asyncio.sleep(0)`): what comes then is in a task.
    """

    @overload
    async def decide(
        self,
        lane: str,
        decision: Callable[[State], Change[V]],
        keys: Callable[[], Sequence[Key]] = ...,
        *,
        settled: None = ...,
    ) -> Change[V]: ...

    @overload
    async def decide(
        self,
        lane: str,
        decision: Callable[[State], Change[V]],
        keys: Callable[[], Sequence[Key]] = ...,
        *,
        settled: datetime,
    ) -> Change[V] | None: ...

    async def decide(
        self,
        lane: str,
        decision: Callable[[State], Change[V]],
        keys: Callable[[], Sequence[Key]] = no_keys,
        *,
        settled: datetime | None = None,
    ) -> Change[V] | None:
        """Run a decision and apply its change all or nothing; it may run again when another one was faster.

        `keys` names what it will read. That is a hint, so that a store fetches it at once: what is read without having
        been named is fetched, and the decision runs again. With `settled` nothing is decided, and None comes back, when
        an event is due at that instant or before it: it has to be fired first.
        """
        ...

    async def fire(
        self,
        lane: str,
        until: datetime,
        decide: Callable[[Event, State], Change[bool]],
        keys: Callable[[Event], Sequence[Key]],
    ) -> Fired | None:
        """Take the earliest event that is due at `until` and apply what is decided about it, in one step.

        None when nothing is due.
        """
        ...

    async def fire_all(
        self,
        lane: str,
        until: datetime,
        decide: Callable[[Event, State], Change[bool]],
        keys: Callable[[Event], Sequence[Key]],
        *,
        most: int,
        alone: Callable[[Event], bool] = any_may_follow,
    ) -> list[Fired]:
        """Do as `fire` until nothing is due any more, or `most` events are fired; some may be fired in one step.

        It also ends before an event that is to be fired `alone`, and after one that comes first.
        """
        ...

    async def next_due(self, lane: str) -> datetime | None:
        """Tell when the next event falls due."""
        ...

    async def count(self, lane: str, name: str) -> int:
        """Count one up, from 1. No number is given twice."""
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

    async def news(self, lane: str, tables: Collection[Table[Any]], after: int, limit: int) -> News:
        """Tell what was written to logs after a number, also what was changed in its place: the first `limit` entries.

        All writes to the logs of a lane are numbered, and a place is the number of the write that put an entry there:
        so a place is a good number to begin at. An entry that was written several times comes once. A log has lost
        something when entries were deleted, or went for newer ones before they could be told; it has lost everything
        where the lane has begun anew since, or where the number was never given.
        """
        ...

    async def wait(
        self,
        lane: str,
        tables: Collection[Table[Any]],
        after: int,
        timeout: float,  # noqa: ASYNC109  (part of the port: stores wait in their own ways)
        *,
        news: bool = False,
    ) -> bool:
        """Wait until one of the logs has an entry after a place, or any `news`; False when so many seconds are over."""
        ...

    async def clear(self, lane: str, tables: Iterable[str]) -> None:
        """Forget tables of a lane by name."""
        ...

    async def content(self, lane: str, tables: Collection[Table[Any]]) -> Content:
        """Give all that a lane holds in some tables, with its events, as it is at one instant."""
        ...

    async def load(self, lane: str, content: Content) -> None:
        """Put content into a lane that has begun, and that nobody uses yet.

        Entries keep their places. What a lane took over from the one before never goes back: the higher number counts.
        """
        ...
