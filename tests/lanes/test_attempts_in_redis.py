"""An attempt whose process has ended is made again by another process, over a server that they share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest

from equipment import redis_server
from equipment.stores import StrictRedisStore, file_coding
from otp_sandbox import redis_address
from otp_sandbox.contract import Provider
from otp_sandbox.domain import callbacks
from otp_sandbox.domain.attempts import GRACE, UNDERWAY
from otp_sandbox.domain.callbacks import CALLBACKS, Attempt, Callback
from otp_sandbox.domain.clock import Clock
from otp_sandbox.domain.store import Change, Event, State
from otp_sandbox.lanes.attempts import Attempts
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.lanes.registry import NewLane, Registry
from otp_sandbox.lanes.schedule import Schedule
from otp_sandbox.stores.redis.connecting import make_redis
from otp_sandbox.stores.redis.store import RedisStore

SECOND = timedelta(seconds=1)
TIMEOUT = 5 * SECOND
CALLBACK = Callback("callback", "thuesim", "done", "http://127.0.0.1/", "POST", {}, "{}", TIMEOUT, 0, 10 * SECOND)


class Process:
    """A process with connections of its own. `hold` is what its customer waits for."""

    def __init__(self, store: RedisStore, registry: Registry) -> None:
        self.store = store
        self.attempts = Attempts(store)
        self.schedule = Schedule(store, registry, self.attempt, self.attempts)
        self.sent = 0
        self.hold: asyncio.Event | None = None

    async def attempt(self, lane: Lane, event: Event) -> bool:
        return await self.attempts.make(lane, event.id, self.exchange) is not None

    async def exchange(self, _: Callback, now: Callable[[], datetime]) -> Attempt:
        self.sent += 1
        if self.hold is not None:
            await self.hold.wait()
        return Attempt(now(), 200, None, 1.0, "")

    async def background(self) -> None:
        while self.schedule._tasks:
            await asyncio.gather(*self.schedule._tasks)


Start = Callable[[], Awaitable[Process]]


@pytest.fixture
async def start(providers: Mapping[str, Provider], real: Any) -> AsyncIterator[Start]:
    """Start processes over the same keys."""
    address, prefix = redis_address.read(redis_server.plain().url), redis_server.prefix()
    async with AsyncExitStack() as ends:

        async def begin() -> Process:
            store = make_redis(address, prefix, file_coding(), {}, StrictRedisStore)
            registry = Registry(store, providers, 7, real)
            await registry.open()
            process = Process(store, registry)
            ends.push_async_callback(store.close)
            ends.push_async_callback(process.schedule.close)
            return process

        yield begin


async def test_a_lost_attempt_is_made_again_by_one_of_the_others(start: Start, real: Any) -> None:
    """At once when its time is over, and marked; until then nobody touches it. The server names the lane to one."""
    first = await start()
    registry = first.schedule._registry
    lane = await registry.create(NewLane(clock=Clock("frozen", frozen_at=real.now)))

    def decide(_: State) -> Change[None]:
        change: Change[None] = Change(None)
        callbacks.call_back(change, CALLBACK, lane.now())
        return change

    await first.store.decide(lane.key, decide)
    first.hold = asyncio.Event()
    await first.schedule.settle(lane)
    while not first.sent:  # noqa: ASYNC110  (nothing tells; each turn lets others work)
        await asyncio.sleep(0)
    await first.schedule.close()
    others = [await start() for _ in range(3)]
    lanes = [each.schedule._registry.get(lane.id) or lane for each in others]

    for each, handle in zip(others, lanes, strict=True):
        await each.schedule.catch_up(handle)
        await each.background()
    early = [each.sent for each in others]
    real.passes(TIMEOUT + GRACE)
    named = [await each.store.overdue() for each in others]
    await asyncio.gather(*(each.schedule.catch_up(handle) for each, handle in zip(others, lanes, strict=True)))
    for each in others:
        await each.background()
    held = await first.store.get(lane.key, CALLBACKS, "callback")

    assert early == [0, 0, 0]
    assert sum(lane.key in each for each in named) == 1
    assert sum(each.sent for each in others) == 1
    assert held is not None
    assert [(each.status, each.doubtful) for each in held.attempts] == [(None, True), (200, False)]
    assert await first.store.entries(lane.key, UNDERWAY) == []
