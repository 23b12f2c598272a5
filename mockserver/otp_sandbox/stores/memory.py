"""Keeps everything in this process. Nothing here waits, so nothing comes between what is read and what is written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, TypeVar

from otp_sandbox.domain.content import Content
from otp_sandbox.domain.store import Change, Event, Fired, Key, News, Placed, State, Table, any_may_follow, no_keys
from otp_sandbox.domain.store_errors import LaneGone
from otp_sandbox.stores.alone import Alone
from otp_sandbox.stores.by_use import ByUse
from otp_sandbox.stores.lane_log import stop_waiting
from otp_sandbox.stores.lane_state import LaneState

T = TypeVar("T")
V = TypeVar("V")

RING: Final = 10_000
BUDGET: Final = 256 * 1024 * 1024
SCHEDULE_MOST: Final = 4_000_000
RECORDS: Final = 4_000_000
_FREED_AT_ONCE: Final = 5_000
_LOADED_AT_ONCE: Final = 1_000


class MemoryStore(Alone):
    """The store of a single process: dictionaries, rings and a timetable a lane.

    Args:
        ring: how many entries a log keeps.
        budget: how many bytes the entries of logs may take over all lanes; the lane unused longest is cut first.
        records: how many records bounded tables may hold over all lanes; the lane unused longest is cut first.
        schedule: how many events wait in a lane. When there are as many, the later one of two is not kept: of the new
            one, and of one that waits and is not the next.
    """

    def __init__(
        self, *, ring: int = RING, budget: int = BUDGET, records: int = RECORDS, schedule: int = SCHEDULE_MOST
    ) -> None:
        """Start empty."""
        self.ring = ring
        self.schedule = schedule
        self._budget = budget
        self._records = records
        self.weight = self.bounded = 0
        self._lanes: dict[str, LaneState] = {}
        self._with_entries = ByUse[LaneState]()
        self._with_records = ByUse[LaneState]()

    @property
    def trouble(self) -> str | None:
        return None

    async def open(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def keep(self) -> None:
        pass

    async def begin(self, lane: str, after: str | None = None) -> None:
        if lane in self._lanes:
            return
        held = self._lanes[lane] = self.new_lane(lane)
        old = self._lanes.get(after) if after is not None else None
        if old is not None:
            held.place, held.counts = old.place, dict(old.counts)
            held.newest = held.began = old.newest + 1  # whoever knows the old one has to hear of it

    def new_lane(self, lane: str) -> LaneState:  # noqa: ARG002  (for stores whose lanes know who they are)
        """Make a lane that has nothing yet."""
        return LaneState(self)

    async def forget(self, lane: str) -> None:
        held = self._lanes.pop(lane, None)
        if held is not None:
            self._with_entries.discard(lane)
            self._with_records.discard(lane)
            await _let_go(held.release())
            held.end()

    async def lanes(self) -> list[str]:
        return list(self._lanes)

    async def decide(
        self,
        lane: str,
        decision: Callable[[State], Change[V]],
        keys: Callable[[], Sequence[Key]] = no_keys,
        *,
        settled: datetime | None = None,
    ) -> Any:
        held = self._lanes.get(lane)
        if held is None:
            raise LaneGone(lane)
        due = held.due
        if settled is not None and due.first_at is not None and due.first_at <= settled:
            return None
        change = self.run(held, decision, keys)
        self._apply(lane, held, change)
        if self.weight > self._budget or self.bounded > self._records:
            self._cut()
        change.next_due = due.first_at
        return change

    async def fire(
        self,
        lane: str,
        until: datetime,
        decide: Callable[[Event, State], Change[bool]],
        keys: Callable[[Event], Sequence[Key]],
    ) -> Fired | None:
        return self._fire(lane, self._lane(lane), until, decide, keys)

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
        held, all_fired = self._lane(lane), list[Fired]()
        while len(all_fired) < most and (fired := self._fire(lane, held, until, decide, keys)) is not None:
            all_fired.append(fired)
            if alone(fired.event) or ((coming := held.due.first()) is not None and alone(coming)):
                break
        return all_fired

    def _fire(
        self,
        lane: str,
        held: LaneState,
        until: datetime,
        decide: Callable[[Event, State], Change[bool]],
        keys: Callable[[Event], Sequence[Key]],
    ) -> Fired | None:
        due = held.due
        event = due.first()
        if event is None or event.at > until:
            return None
        change = self.run(held, lambda state: decide(event, state), lambda: keys(event))
        due.take()
        self._apply(lane, held, change)
        if self.weight > self._budget or self.bounded > self._records:
            self._cut()
        return Fired(event, change.verdict, due.first_at)

    def _apply(self, lane: str, held: LaneState, change: Change[Any]) -> None:
        held.apply(change)
        self.may_lose(lane, held)

    def may_lose(self, lane: str, held: LaneState) -> None:
        """Hear that a lane may have got something."""
        self._with_entries.add(lane, held)
        self._with_records.add(lane, held)

    def run(
        self,
        held: LaneState,
        decision: Callable[[State], Change[V]],
        keys: Callable[[], Sequence[Key]],  # noqa: ARG002  (for stores that have to fetch)
    ) -> Change[V]:
        """Run a decision. Nothing can come between, so once is enough."""
        return decision(held)

    async def next_due(self, lane: str) -> datetime | None:
        return self._lane(lane).due.first_at

    async def count(self, lane: str, name: str) -> int:
        held = self._lane(lane)
        number = held.counts[name] = held.counts.get(name, 0) + 1
        return number

    async def append(self, lane: str, table: Table[T], key: str, entry: T) -> None:
        held = self._lanes.get(lane)
        if held is None:
            raise LaneGone(lane)
        (held.logs.get(table.name) or held.log(table)).put(key, entry, move=True)  # every request comes by here
        self.may_lose(lane, held)
        self._with_entries.used(lane)  # every request ends in an append: a lane is used when it gets one
        self._with_records.used(lane)
        if self.weight > self._budget or self.bounded > self._records:
            self._cut()

    async def get(self, lane: str, table: Table[T], key: str) -> T | None:
        return self._lane(lane).get(table, key)

    async def entries(
        self,
        lane: str,
        table: Table[T],
        *,
        after: int | None = None,
        limit: int | None = None,
        where: Callable[[T], bool] | None = None,
    ) -> list[Placed[T]]:
        found: list[Placed[T]] = []
        for kept in reversed(self._lane(lane).log(table).entries.values()):
            if after is not None and kept.place <= after:
                break
            if where is None or where(kept.entry):
                found.append(Placed(kept.place, kept.entry))
                if after is None and limit is not None and len(found) >= limit:
                    break
        found.reverse()
        return found if limit is None else found[:limit]

    async def place(self, lane: str) -> int:
        return self._lane(lane).place

    async def news(self, lane: str, tables: Collection[Table[Any]], after: int, limit: int) -> News:
        held = self._lane(lane)
        if after > held.newest:
            return News(held.newest, [], {table.name: held.newest for table in tables}, more=False)
        logs = [held.log(table) for table in tables]
        found = [each for log in logs for each in log.written(after, limit)]
        found.sort(key=attrgetter("number"))
        more = len(found) > limit
        del found[limit:]
        until = found[-1].number if more and found else held.newest
        gone = {log.table.name: last for log in logs if (last := log.last_gone) > after}
        return News(until, found, gone, more)

    async def wait(
        self,
        lane: str,
        tables: Collection[Table[Any]],
        after: int,
        timeout: float,  # noqa: ASYNC109  (the port says so)
        *,
        news: bool = False,
    ) -> bool:
        held = self._lane(lane)
        logs = [held.log(table) for table in tables]
        if any((log.last_write if news else log.last_place) > after for log in logs):
            return True
        waiting: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        names = {table.name for table in tables}
        waiters = held.watchers if news else held.waiters
        for name in names:
            waiters.setdefault(name, set()).add(waiting)
        try:
            async with asyncio.timeout(timeout):
                return await waiting
        except TimeoutError:
            return False
        finally:
            stop_waiting(waiters, names, waiting)

    async def clear(self, lane: str, tables: Iterable[str]) -> None:
        held = self._lane(lane)
        await _let_go([dropped for name in tables for dropped in held.drop(name)])

    async def content(self, lane: str, tables: Collection[Table[Any]]) -> Content:
        held = self._lane(lane)
        return Content(
            {each: dict(records) for each in tables if (records := held.records.get(each.name)) and not each.log},
            {each: dict(held.log(each).entries) for each in tables if each.log and held.log(each).entries},
            held.due.listed(),
            held.place,
            dict(held.counts),
        )

    async def load(self, lane: str, content: Content) -> None:
        held = self._lane(lane)
        for number, _ in enumerate(held.load(content), 1):
            if number % _LOADED_AT_ONCE == 0:
                await asyncio.sleep(0)
        if self._lanes.get(lane) is held:  # else it was forgotten meanwhile, and nobody shall hold it
            self.may_lose(lane, held)
        self._cut()

    def _lane(self, lane: str) -> LaneState:
        held = self._lanes.get(lane)
        if held is None:
            raise LaneGone(lane)
        return held

    def _cut(self) -> None:
        self._with_entries.lose(LaneState.cut_oldest, while_true=lambda: self.weight > self._budget)
        self._with_records.lose(LaneState.forget_oldest, while_true=lambda: self.bounded > self._records)


async def _let_go(dropped: Iterable[Any]) -> None:
    """Free what was kept, a little at a time: a million records at once would hold everybody up."""
    for each in dropped:
        while len(each) > _FREED_AT_ONCE:
            for _ in range(_FREED_AT_ONCE):
                each.popitem() if isinstance(each, dict) else each.pop()
            await asyncio.sleep(0)
