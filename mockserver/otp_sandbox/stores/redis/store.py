"""The store's port, over a server that several processes share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from redis.exceptions import RedisError

from otp_sandbox.domain.content import Content
from otp_sandbox.domain.store import Change, Event, Fired, Key, State, Table, any_may_follow, no_keys
from otp_sandbox.domain.store_errors import StoreTrouble, StoreUnusable
from otp_sandbox.stores.coding import Coding
from otp_sandbox.stores.memory import BUDGET, RECORDS, RING, SCHEDULE_MOST
from otp_sandbox.stores.redis.agenda import Agenda
from otp_sandbox.stores.redis.coding import Values, micro, pack
from otp_sandbox.stores.redis.contents import parts
from otp_sandbox.stores.redis.job import Job
from otp_sandbox.stores.redis.keys import ALL
from otp_sandbox.stores.redis.life import Life
from otp_sandbox.stores.redis.line import Line
from otp_sandbox.stores.redis.link import Link
from otp_sandbox.stores.redis.locks import lock
from otp_sandbox.stores.redis.opening import look
from otp_sandbox.stores.redis.reading import Reading
from otp_sandbox.stores.redis.sizes import Sizes
from otp_sandbox.stores.redis.tasks import Tasks

T = TypeVar("T")
V = TypeVar("V")


class RedisStore(Reading):
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
        super().__init__(link, prefix, Values(coding, ring))
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
        self._lines: WeakValueDictionary[str, Line] = WeakValueDictionary()
        """Those that have something to do."""

    # How it, and each lane in it, begins and ends

    @property
    def trouble(self) -> str | None:
        return self._link.trouble

    async def open(self) -> None:
        try:
            await look(self._link, self._prefix)
            await self._link.open()
            await self._sizes.open()
        except (RedisError, OSError, StoreTrouble) as error:
            await self._let_go()
            raise StoreUnusable(self._link.reason(error)) from error
        except BaseException:
            await self._let_go()
            raise
        await self._waiting.open()

    async def close(self) -> None:
        await self._waiting.close()
        await self._let_go()

    async def _let_go(self) -> None:
        await self._tasks.close()
        await self._sizes.close()
        await self._link.close()

    async def keep(self) -> None:
        pass

    async def begin(self, lane: str, after: str | None = None) -> None:
        numbers: list[Any] = [0, 0]
        await asyncio.sleep(0)  # what comes next may be in no task before
        if after is not None:
            found = await self._link.run(self._link.scripts.numbers, self._key(after))
            if found[0] >= 0:
                numbers = [found[1] + 1, found[2], *found[7]]
        await self._link.ask("SADD", f"{self._whole}:lives", lane)
        await self._link.run(self._link.scripts.begin, self._key(lane), *numbers)

    async def forget(self, lane: str) -> None:
        await asyncio.sleep(0)
        await self._link.run(self._link.scripts.forget, self._key(lane), self._waiting.channel)
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
        fired = await self.fire_all(lane, until, decide, keys, most=1)
        return fired[0] if fired else None

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
        await asyncio.sleep(0)
        line, all_fired = self._line(lane), list[Fired]()
        while len(all_fired) < most:
            fired, ended = await line.fire(
                until, decide, keys, most=most - len(all_fired), alone=alone, first=not all_fired
            )
            all_fired += fired
            if ended:
                break
        return all_fired

    # Records and logs

    async def count(self, lane: str, name: str) -> int:
        return await self._line(lane).batch.count(name)

    async def append(self, lane: str, table: Table[T], key: str, entry: T) -> None:
        used = int(self._link.real_now().timestamp() * 1000)
        await self._line(lane).batch.append(self._values.entry(table, key, entry, move=True), used)
        self._sizes.used(lane)
        await self._sizes.within()

    async def clear(self, lane: str, tables: Iterable[str]) -> None:
        answer = await self._ask(lane, self._link.scripts.clear, self._waiting.channel, *tables)
        self._sizes.note(lane, answer[1], answer[2])

    async def load(self, lane: str, content: Content) -> None:
        for part in parts(self._values, content):
            answer = await self._ask(lane, self._link.scripts.load, pack({**part, **self._fixed}))
            self._sizes.note(lane, answer[1], answer[2])

    def _line(self, lane: str) -> Line:
        line = self._lines.get(lane)
        if line is None:
            life = Life(self._link, self._key(lane), lane, self._values, fixed=self._fixed, weighed=self._sizes.note)
            line = self._lines[lane] = Line(life)
        return line
