"""The stores that all tests of the port run over, and short ways to fill and read them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from equipment import redis_server
from equipment.strict import StrictStore, twice
from otp_sandbox import redis_address
from otp_sandbox.app import find_providers
from otp_sandbox.domain.store import Change, Event, Fired, Key, State, Store, Table
from otp_sandbox.stores.coding import Coding
from otp_sandbox.stores.memory import MemoryStore
from otp_sandbox.stores.redis.connecting import make_redis
from otp_sandbox.stores.redis.store import RedisStore
from otp_sandbox.stores.sqlite import SqliteStore


class StrictSqliteStore(StrictStore, SqliteStore):
    """A store in a file, whose decisions run as often as the worst store would run them."""


_makers: WeakKeyDictionary[Store, Callable[[], Store]] = WeakKeyDictionary()


def made(make: Callable[[], Store]) -> Store:
    """Make a store, and remember how."""
    store = make()
    _makers[store] = make
    return store


def again(store: Store) -> Store:
    """Make another store over what one that was `made` keeps; after one in memory it is empty."""
    return made(_makers[store])


def lasts(store: Store) -> bool:
    """Whether what is in a store is there when it is opened again."""
    return store.shared or not isinstance(store, MemoryStore) or isinstance(store, SqliteStore)


def _in_file(kind: type[SqliteStore], sync: timedelta) -> Callable[..., Store]:
    def make(folder: Path, **limits: int) -> Store:
        path = folder / f"{len([*folder.iterdir()])}.sqlite"
        return made(lambda: kind(path, file_coding(), sync=sync, **limits))

    return make


def _in_memory(kind: type[MemoryStore]) -> Callable[..., Store]:
    return lambda _, **limits: made(lambda: kind(**limits))


@cache
def file_coding() -> Coding:
    """What writes and reads the records of stores that outlive a process."""
    return Coding(find_providers().values())


class StrictRedisStore(RedisStore):
    """A store in a server, whose decisions run twice each time."""

    async def decide(self, lane: str, decision: Any, *more: Any, **settled: Any) -> Any:
        return await super().decide(lane, twice(decision), *more, **settled)

    async def fire_all(self, lane: str, until: datetime, decide: Any, *more: Any, **named: Any) -> list[Fired]:
        return await super().fire_all(lane, until, twice(decide), *more, **named)


def _in_redis(kind: type[RedisStore]) -> Callable[..., Store]:
    def make(_: Path, **limits: int) -> Store:
        address, prefix = redis_address.read(redis_server.plain().url), redis_server.prefix()
        return made(lambda: make_redis(address, prefix, file_coding(), limits, kind))

    return make


STORES: dict[str, Callable[..., Store]] = {
    "memory": _in_memory(MemoryStore),
    "memory, strict": _in_memory(StrictStore),
    "sqlite": _in_file(SqliteStore, timedelta(seconds=1)),
    "sqlite, strict, held until it is written": _in_file(StrictSqliteStore, timedelta(0)),
    "redis": _in_redis(RedisStore),
    "redis, strict": _in_redis(StrictRedisStore),
}

LIVES = int(os.environ.get("OTP_SANDBOX_TEST_LIVES", "0"))
"""How many lives are drawn at random in a long run; 0 is the usual run, which is short and always the same."""
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
LANE = "lane"
OTHER = "other"
RING = 5
BUDGET = 100

NOTES = Table("notes", str)
COUNTS = Table("counts", int)
SEVEN = Table("seven", str, most=7)
LETTERS = Table("letters", str, log=True)
CARDS = Table("cards", str, log=True)
PARCELS = Table("parcels", str, log=True, weigh=len)
BOXES = Table("boxes", str, log=True, weigh=len)

LONG = 30.0
"""Seconds that nobody in a test waits."""


@dataclass
class Failed(Exception):
    """A decision that goes wrong on purpose."""


def nothing(_: State) -> Change[None]:
    """Decide nothing."""
    return Change(None)


async def write(
    store: Store, *writes: tuple[Table[Any], str, Any], lane: str = LANE, moved: Iterable[Key] = ()
) -> None:
    """Write records and log entries."""
    await store.decide(
        lane, lambda _: Change(None, {(table, key): value for table, key, value in writes}, moved=set(moved))
    )


async def fill(store: Store, letters: str, table: Table[str] = LETTERS, lane: str = LANE) -> None:
    """Append an entry for each letter."""
    for letter in letters:
        await store.append(lane, table, letter, letter)


async def listed(store: Store, table: Table[str] = LETTERS, lane: str = LANE, **more: Any) -> list[str]:
    """List a log."""
    return [each.entry for each in await store.entries(lane, table, **more)]


async def places(store: Store, table: Table[str] = LETTERS) -> dict[str, int]:
    """Tell where the entries of a log stand."""
    return {each.entry: each.place for each in await store.entries(LANE, table)}


def event(at: datetime, name: str) -> Event:
    """Make an event."""
    return Event(at, "expiry", "esms", name)


async def due(store: Store, *events: Event, lane: str = LANE) -> None:
    """Put events on the schedule."""
    await store.decide(lane, lambda _: Change(None, due=list(events)))


async def fired(store: Store, until: datetime, lane: str = LANE) -> list[str]:
    """Fire all that is due; nothing comes of it."""
    found = []
    while (each := await store.fire(lane, until, lambda *_: Change(verdict=False), lambda _: ())) is not None:
        found.append(each.event.id)
    return found


async def turns() -> None:
    """Let everybody else have their turn a few times."""
    for _ in range(5):
        await asyncio.sleep(0)


async def waiting(store: Store, *tables: Table[Any], after: int = 0) -> asyncio.Task[bool]:
    """Begin to wait, and go on when the store has been asked."""
    task = asyncio.ensure_future(store.wait(LANE, tables, after, LONG))
    await turns()
    return task
