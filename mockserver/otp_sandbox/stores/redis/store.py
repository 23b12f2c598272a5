"""The store's port, over a server that several processes share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from redis.exceptions import RedisError

from otp_sandbox.domain.content import Content
from otp_sandbox.domain.store import Change, Event, Fired, Key, News, Placed, State, Table, Written, no_keys
from otp_sandbox.domain.store_errors import LaneGone, StoreUnusable
from otp_sandbox.stores.coding import Coding
from otp_sandbox.stores.memory import BUDGET, RECORDS, RING, SCHEDULE_MOST
from otp_sandbox.stores.redis.agenda import Agenda
from otp_sandbox.stores.redis.coding import VERSION, Values, event_of, hash_of, micro, pack
from otp_sandbox.stores.redis.contents import part_of, parts, read_content
from otp_sandbox.stores.redis.keys import ALL, base_of
from otp_sandbox.stores.redis.line import Job, Line
from otp_sandbox.stores.redis.link import Link
from otp_sandbox.stores.redis.locks import lock
from otp_sandbox.stores.redis.opening import look
from otp_sandbox.stores.redis.sizes import Sizes
from otp_sandbox.stores.redis.tasks import Tasks
from otp_sandbox.stores.redis.waiting import Waiting

T = TypeVar("T")
V = TypeVar("V")

_ENTRIES_AT_ONCE: Final = 500


class RedisStore:
    """What happened in lanes, in a server.

    Args:
        link: runs scripts.
        prefix: what all keys begin with.
        coding: writes and reads records.
        ring: how many entries a log keeps.
        budget: how many bytes the entries of logs may take over all lanes; the lane unused longest is cut first.
        records: how many records bounded tables may hold over all lanes; the lane unused longest is cut first.
        schedule: how many events wait in a lane.
    """

    def __init__(
        self,
        link: Link,
        prefix: str,
        coding: Coding,
        *,
        ring: int = RING,
        budget: int = BUDGET,
        records: int = RECORDS,
        schedule: int = SCHEDULE_MOST,
    ) -> None:
        """Connect to nothing yet."""
        self._link = link
        self._prefix = prefix
        self._values = Values(coding, ring)
        self._waiting = Waiting(link, prefix)
        self._tasks = Tasks()
        self._whole = f"{prefix}{ALL}"
        self._agenda = Agenda(link, self._whole, self._tasks)
        self._sizes = Sizes(
            link,
            prefix,
            key=f"{self._whole}:sizes",
            channel=self._waiting.channel,
            tasks=self._tasks,
            budget=budget,
            records=records,
        )
        self._fixed = {"schedule": schedule, "channel": self._waiting.channel}
        self._lines: dict[str, Line] = {}

    # How it, and each lane in it, begins and ends

    @property
    def trouble(self) -> str | None:
        return self._link.trouble

    async def open(self) -> None:
        try:
            await look(self._link, self._prefix)
            await self._link.open()
            await self._sizes.open()
        except (RedisError, OSError) as error:
            raise StoreUnusable(self._link.reason(error)) from error
        await self._waiting.open()

    async def close(self) -> None:
        await self._waiting.close()
        await self._tasks.close()
        await self._sizes.close()
        await self._link.close()

    async def begin(self, lane: str, after: str | None = None) -> None:
        numbers: list[Any] = [0, 0]
        await asyncio.sleep(0)  # what comes next may be in no task before
        if after is not None:
            found = await self._link.run(self._link.scripts.content, self._key(after))
            newest = await self._link.run(self._link.scripts.numbers, self._key(after))
            if found[0] >= 0 and newest[0] >= 0:
                numbers = [newest[1] + 1, found[1], *found[2]]
        await self._link.ask("SADD", f"{self._whole}:lives", lane)
        await self._link.run(self._link.scripts.begin, self._key(lane), *numbers)

    async def forget(self, lane: str) -> None:
        await asyncio.sleep(0)
        await self._link.run(self._link.scripts.forget, self._key(lane), self._waiting.channel)
        self._lines.pop(lane, None)
        await self._link.ask("SREM", f"{self._whole}:lives", lane)
        await self._link.ask("HDEL", f"{self._whole}:sizes", lane)
        self._agenda.forget(lane)
        self._sizes.forget(lane)

    async def lanes(self) -> list[str]:
        await asyncio.sleep(0)
        return [each.decode() for each in await self._link.ask("SMEMBERS", f"{self._whole}:lives")]

    # Other processes

    @property
    def shared(self) -> bool:
        return True

    @property
    def real_now(self) -> Callable[[], datetime] | None:
        return self._link.real_now

    async def last_used(self, lane: str) -> datetime | None:
        used = (await self._ask(lane, self._link.scripts.numbers))[4]
        return datetime.fromtimestamp(used / 1000, UTC) if used else None

    def lock(self, name: str) -> AbstractAsyncContextManager[None]:
        return lock(self._link, f"{self._whole}:lock:{name}", self._tasks)

    def remind(self, lane: str, at: datetime) -> None:
        self._agenda.remind(lane, at)

    async def overdue(self) -> list[str]:
        return await self._agenda.overdue()

    # Decisions and events

    async def decide(
        self,
        lane: str,
        decision: Callable[[State], Change[V]],
        keys: Callable[[], Sequence[Key]] = no_keys,
        *,
        settled: datetime | None = None,
    ) -> Any:
        await asyncio.sleep(0)  # what comes next may be in no task before
        change = await self._line(lane).decide(Job(decision, keys, micro(settled) if settled is not None else None))
        await self._sizes.within()
        return change

    async def fire(
        self,
        lane: str,
        until: datetime,
        decide: Callable[[Event, State], Change[bool]],
        keys: Callable[[Event], Sequence[Key]],
    ) -> Fired | None:
        fired = await self.fire_all(lane, until, decide, keys, 1)
        return fired[0] if fired else None

    async def fire_all(
        self,
        lane: str,
        until: datetime,
        decide: Callable[[Event, State], Change[bool]],
        keys: Callable[[Event], Sequence[Key]],
        most: int,
    ) -> list[Fired]:
        await asyncio.sleep(0)
        all_fired: list[Fired] = []
        while len(all_fired) < most:
            fired = await self._line(lane).fire(until, decide, keys, most - len(all_fired))
            all_fired += fired
            if not fired or fired[-1].next_due is None or fired[-1].next_due > until:
                break
        return all_fired

    async def next_due(self, lane: str) -> datetime | None:
        first = (await self._ask(lane, self._link.scripts.numbers))[5]
        return event_of(first[0]).at if first else None

    # Records and logs

    async def count(self, lane: str, name: str) -> int:
        await asyncio.sleep(0)
        answer = await self._line(lane).commit(counts=(name, 1))
        number: int = answer[4][0] if answer is not None else 0
        return number

    async def append(self, lane: str, table: Table[T], key: str, entry: T) -> None:
        await asyncio.sleep(0)
        used = int(self._link.real_now().timestamp() * 1000)
        await self._line(lane).commit(entries=(self._values.entry(table, key, entry, move=True),), used=used)
        self._sizes.used(lane)
        await self._sizes.within()

    async def get(self, lane: str, table: Table[T], key: str) -> T | None:
        fetched = await self._ask(lane, self._link.scripts.fetch, pack((((hash_of(table), (key,)),), (), 0, 0)))
        data: bytes | None = fetched[3][0][0]
        value: T | None = self._values.read(lane, (table, key), data) if data is not None else None
        return value

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
        up = after is not None
        place: Any = after if after is not None else "+inf"
        at_once = min(_ENTRIES_AT_ONCE, limit) if limit is not None and where is None else _ENTRIES_AT_ONCE
        while limit is None or len(found) < limit:
            way = "up" if up else "down"
            answer = (await self._ask(lane, self._link.scripts.entries, table.name, place, way, max(at_once, 1)))[1]
            for key, data in zip(answer[::2], answer[1::2], strict=True):
                place = int(data[VERSION : 2 * VERSION])
                entry = self._values.read(lane, (table, key.decode()), data)
                if where is None or where(entry):
                    found.append(Placed(place, entry))
            if len(answer) < 2 * max(at_once, 1):
                break
        if limit is not None:
            del found[limit:]
        if not up:
            found.reverse()
        return found

    async def place(self, lane: str) -> int:
        place: int = (await self._ask(lane, self._link.scripts.numbers))[2]
        return place

    async def news(self, lane: str, tables: Collection[Table[Any]], after: int, limit: int) -> News:
        by_name = {table.name: table for table in tables}
        _, newest, began, gone, found = await self._ask(lane, self._link.scripts.news, after, limit, *by_name)
        if after > newest:
            return News(newest, [], dict.fromkeys(by_name, newest), more=False)
        written = []
        for number, name, key, data in found[:limit]:
            table = by_name[name.decode()]
            written.append(Written(number, table, self._values.read(lane, (table, key.decode()), data)))
        more = len(found) > limit
        until = written[-1].number if more and written else newest
        lost = {name: last for name, each in zip(by_name, gone, strict=True) if (last := max(began, each)) > after}
        return News(until, written, lost, more)

    async def wait(
        self,
        lane: str,
        tables: Collection[Table[Any]],
        after: int,
        timeout: float,  # noqa: ASYNC109  (the port says so)
        *,
        news: bool = False,
    ) -> bool:
        await asyncio.sleep(0)
        names = tuple({table.name for table in tables})

        async def there() -> bool:
            answer = await self._ask(lane, self._link.scripts.numbers, *names)
            return any((max(write, gone, answer[3]) if news else last) > after for last, write, gone in answer[6])

        return await self._waiting.wait(self._key(lane), there, timeout)

    async def clear(self, lane: str, tables: Iterable[str]) -> None:
        answer = await self._ask(lane, self._link.scripts.clear, self._waiting.channel, *tables)
        self._sizes.note(lane, answer[1], answer[2])

    async def content(self, lane: str, tables: Collection[Table[Any]]) -> Content:
        ordered = list(tables)
        answer = await self._ask(lane, self._link.scripts.content, *map(part_of, ordered))
        return read_content(self._values, lane, ordered, answer)

    async def load(self, lane: str, content: Content) -> None:
        for part in parts(self._values, content):
            answer = await self._ask(lane, self._link.scripts.load, pack({**part, **self._fixed}))
            self._sizes.note(lane, answer[1], answer[2])

    def _key(self, lane: str) -> str:
        return base_of(self._prefix, lane)

    def _line(self, lane: str) -> Line:
        line = self._lines.get(lane)
        if line is None:
            line = self._lines[lane] = Line(
                self._link, self._key(lane), lane, self._values, fixed=self._fixed, weighed=self._sizes.note
            )
        return line

    async def _ask(self, lane: str, script: Any, *args: Any) -> Any:
        await asyncio.sleep(0)  # what comes next may be in no task before
        answer = await self._link.run(script, self._key(lane), *args)
        if answer[0] < 0:
            raise LaneGone(lane)
        return answer
