"""A server that is away, or refuses: what needs it is told so at once, nothing is half done, and it comes back."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest

from equipment import redis_server
from equipment.redis_sets import MASTER, watched
from equipment.stores import LANE, LETTERS, LONG, NOTES, NOW, due, event, file_coding, fired, listed, write
from otp_sandbox import redis_address
from otp_sandbox.domain.store import Change
from otp_sandbox.domain.store_errors import StoreTrouble
from otp_sandbox.stores.redis import link, waiting
from otp_sandbox.stores.redis.connecting import make_redis
from otp_sandbox.stores.redis.store import RedisStore


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "GLANCE", 0.02)
    monkeypatch.setattr(waiting, "_AGAIN", 0.02)


@pytest.fixture
def server() -> Iterator[redis_server.Redis]:
    with redis_server.running(sync="always") as running:
        yield running


@pytest.fixture
async def store(server: redis_server.Redis) -> AsyncIterator[RedisStore]:
    made = make_redis(redis_address.read(f"{server.url}?timeout=0.3"), "away:", file_coding(), {})
    await made.open()
    await made.begin(LANE)
    yield made
    await made.close()


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONG):
        while not holds():  # noqa: ASYNC110  (another process is waited for)
            await asyncio.sleep(0.01)


def _calls(store: RedisStore) -> dict[str, Callable[[], Awaitable[Any]]]:
    return {
        "decide": lambda: write(store, (NOTES, "n", "lost")),
        "append": lambda: store.append(LANE, LETTERS, "l", "letter"),
        "count": lambda: store.count(LANE, "c"),
        "get": lambda: store.get(LANE, NOTES, "n"),
        "entries": lambda: store.entries(LANE, LETTERS),
        "place": lambda: store.place(LANE),
        "fire": lambda: fired(store, NOW),
        "begin": lambda: store.begin("new"),
        "forget": lambda: store.forget("new"),
        "clear": lambda: store.clear(LANE, ["notes"]),
        "wait": lambda: store.wait(LANE, (LETTERS,), 0, LONG),
        "lanes": store.lanes,
        "overdue": store.overdue,
    }


async def test_a_server_that_is_killed_is_missed_and_found_again(store: RedisStore, server: redis_server.Redis) -> None:
    """What was acknowledged is there; what was asked for meanwhile was refused, with the reason."""
    await write(store, (NOTES, "n", "kept"))
    server.kill()

    for name, call in _calls(store).items():
        with pytest.raises(StoreTrouble) as told:
            await call()
        assert f"127.0.0.1:{server.port}" in str(told.value), name

    assert store.trouble is not None
    server.start()
    await _until(lambda: store.trouble is None)
    assert await store.get(LANE, NOTES, "n") == "kept"
    await write(store, (NOTES, "n", "new"))
    assert await store.get(LANE, NOTES, "n") == "new"


async def test_that_it_is_away_is_noticed_when_nobody_asks(store: RedisStore, server: redis_server.Redis) -> None:
    """So that `/readyz` says so."""
    server.kill()

    await _until(lambda: store.trouble is not None)


async def test_nobody_waits_for_ever_whatever_goes_wrong(store: RedisStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it is no error of the client's: all who wait hear of it."""

    def broken(**_: Any) -> Any:
        raise ValueError("broken")

    with monkeypatch.context() as patched:
        patched.setattr(store._link.client, "pipeline", broken)
        async with asyncio.timeout(LONG):
            told = await asyncio.gather(store.count(LANE, "c"), store.count(LANE, "d"), return_exceptions=True)

    assert [type(each) for each in told] == [StoreTrouble, StoreTrouble]
    await _until(lambda: store.trouble is None)
    assert await store.count(LANE, "c") == 1


async def test_scripts_that_it_has_forgotten_are_told_again(store: RedisStore, server: redis_server.Redis) -> None:
    """Whoever asks does not notice."""
    server.ask("SCRIPT", "FLUSH")

    await asyncio.gather(*(write(store, (NOTES, str(number), "note")) for number in range(20)))

    assert await store.get(LANE, NOTES, "19") == "note"


async def test_a_server_that_does_not_answer_is_away(store: RedisStore, server: redis_server.Redis) -> None:
    """After the time-out of the URL. What it was asked for may still be done later; nothing is asked twice."""
    os.kill(server.pid, signal.SIGSTOP)
    try:
        with pytest.raises(StoreTrouble, match="does not answer in time"):
            await store.count(LANE, "c")
    finally:
        os.kill(server.pid, signal.SIGCONT)

    await _until(lambda: store.trouble is None)
    assert await store.count(LANE, "c") in {1, 2}


async def test_what_waits_behind_a_server_that_does_not_answer_is_refused_with_it(
    store: RedisStore, server: redis_server.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not sent then: its own time would begin when that of the others is over."""
    monkeypatch.setattr(link, "IN_FLIGHT", 1)
    sent: list[int] = []
    send = store._link._answers

    async def answers(calls: list[Any]) -> list[Any]:
        sent.append(len(calls))
        return await send(calls)

    monkeypatch.setattr(store._link, "_answers", answers)
    os.kill(server.pid, signal.SIGSTOP)
    try:
        first = asyncio.ensure_future(store.count(LANE, "c"))
        await _until(lambda: bool(sent))
        behind = asyncio.ensure_future(store.count(LANE, "d"))
        told = await asyncio.gather(first, behind, return_exceptions=True)
    finally:
        os.kill(server.pid, signal.SIGCONT)

    assert [type(each) for each in told] == [StoreTrouble, StoreTrouble]
    assert sent == [1]


async def test_a_server_without_memory_refuses_and_recovers(store: RedisStore, server: redis_server.Redis) -> None:
    """Nothing of a change is done that it refuses; reading goes on once it is asked again."""
    server.ask("CONFIG", "SET", "maxmemory", "1")

    with pytest.raises(StoreTrouble, match="maxmemory"):
        await write(store, (NOTES, "n", "lost"), (LETTERS, "l", "lost"))

    assert "maxmemory" in (store.trouble or "")
    server.ask("CONFIG", "SET", "maxmemory", "0")
    await _until(lambda: store.trouble is None)
    assert await store.get(LANE, NOTES, "n") is None
    assert await listed(store) == []


async def test_who_waits_goes_on_waiting(store: RedisStore, server: redis_server.Redis) -> None:
    """A server that was away for a moment costs nobody what he waits for."""
    woken = asyncio.ensure_future(store.wait(LANE, (LETTERS,), 0, LONG))
    await _until(lambda: server.ask("EXISTS", "away:{lane}:w") == 1)
    server.kill()
    await _until(lambda: store.trouble is not None)
    assert not woken.done()

    server.start()
    await _until(lambda: store.trouble is None)
    await store.append(LANE, LETTERS, "l", "letter")

    assert await woken


async def test_a_decision_that_ran_and_could_not_be_written_changes_nothing(
    store: RedisStore, server: redis_server.Redis
) -> None:
    """The event that it was about stays, too."""
    await due(store, event(NOW, "e"))

    def decide(*_: Any) -> Change[bool]:
        server.kill()
        return Change(verdict=True, writes={(NOTES, "n"): "lost"})

    with pytest.raises(StoreTrouble):
        await store.fire(LANE, NOW, decide, lambda _: ())

    server.start()
    await _until(lambda: store.trouble is None)
    assert await store.get(LANE, NOTES, "n") is None
    assert await fired(store, NOW) == ["e"]


async def test_sentinels_name_another_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the old one had handed on to it is there."""
    with watched() as servers:
        url = f"redis+sentinel://{servers.hosts}/{MASTER}?timeout=0.3"
        store = make_redis(redis_address.read(url), "away:", file_coding(), {})
        await store.open()
        await store.begin(LANE)
        await write(store, (NOTES, "n", "kept"))
        await _until(lambda: servers.replica.ask("EXISTS", "away:{lane}:r:notes") == 1)

        servers.master.kill()
        await _until(lambda: store.trouble is not None)
        await _until(lambda: store.trouble is None)

        assert servers.port_of_master() == servers.replica.port
        assert await store.get(LANE, NOTES, "n") == "kept"
        await write(store, (NOTES, "n", "new"))
        await store.close()
