"""What can be asked of a lane in a server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from otp_sandbox.domain.content import Content
from otp_sandbox.domain.store import News, Placed, Table, Written
from otp_sandbox.domain.store_errors import LaneGone
from otp_sandbox.stores.redis.coding import VERSION, Values, event_of, hash_of, pack
from otp_sandbox.stores.redis.contents import part_of, read_content
from otp_sandbox.stores.redis.keys import base_of
from otp_sandbox.stores.redis.link import Link
from otp_sandbox.stores.redis.waiting import Waiting

T = TypeVar("T")

_AT_ONCE: Final = 500
"""Entries that are read in one step."""


class Reading:
    """The part of the store's port that changes nothing.

    Args:
        link: runs scripts.
        prefix: what all keys begin with.
        values: reads and writes values.
    """

    def __init__(self, link: Link, prefix: str, values: Values) -> None:
        """Connect to nothing yet."""
        self._link = link
        self._prefix = prefix
        self._values = values
        self._waiting = Waiting(link, prefix)

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
        at_once = min(_AT_ONCE, limit) if limit is not None and where is None else _AT_ONCE
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

    async def content(self, lane: str, tables: Collection[Table[Any]]) -> Content:
        ordered = list(tables)
        answer = await self._ask(lane, self._link.scripts.content, *map(part_of, ordered))
        return read_content(self._values, lane, ordered, answer)

    async def next_due(self, lane: str) -> datetime | None:
        first = (await self._ask(lane, self._link.scripts.numbers))[5]
        return event_of(first[0]).at if first else None

    async def last_used(self, lane: str) -> datetime | None:
        used = (await self._ask(lane, self._link.scripts.numbers))[4]
        return datetime.fromtimestamp(used / 1000, UTC) if used else None

    def _key(self, lane: str) -> str:
        return base_of(self._prefix, lane)

    async def _ask(self, lane: str, script: Any, *args: Any) -> Any:
        await asyncio.sleep(0)  # what comes next may be in no task before
        answer = await self._link.run(script, self._key(lane), *args)
        if answer[0] < 0:
            raise LaneGone(lane)
        return answer
