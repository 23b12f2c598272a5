"""What a server has to be like before a store uses it. One line says what is wrong; nothing is written then."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from redis.asyncio import Redis

from equipment import redis_server
from equipment.redis_sets import MASTER, cluster, watched
from equipment.stores import LANE, NOTES, file_coding, write
from otp_sandbox import redis_address
from otp_sandbox.domain.store_errors import StoreUnusable
from otp_sandbox.stores.redis import opening
from otp_sandbox.stores.redis.connecting import make_redis
from otp_sandbox.stores.redis.store import RedisStore

PREFIX = "sandbox:"


@asynccontextmanager
async def opened(url: str, prefix: str = PREFIX) -> AsyncIterator[RedisStore]:
    store = make_redis(redis_address.read(url), prefix, file_coding(), {})
    await store.open()
    try:
        yield store
    finally:
        await store.close()


async def _refused(url: str, prefix: str = PREFIX) -> str:
    with pytest.raises(StoreUnusable) as refused:
        async with opened(url, prefix):
            pass
    text = str(refused.value)
    assert "\n" not in text
    assert text.startswith("store redis")
    return text


async def test_nobody_is_there() -> None:
    """The address is told."""
    port = redis_server.free_port()

    text = await _refused(f"redis://127.0.0.1:{port}/0")

    assert "it cannot be reached" in text
    assert str(port) in text


@pytest.mark.parametrize("who", ["", ":wrong-pass@", "nobody:secret-pass@", "app:wrong-pass@"])
async def test_who_may_not_call_is_told_so(who: str) -> None:
    """Without the password that he gave."""
    with redis_server.running(user="app", password="right-pass") as server:
        text = await _refused(f"redis://{who}127.0.0.1:{server.port}/0")

        assert "password" in text
        assert "secret-pass" not in text
        assert "wrong-pass" not in text
        async with opened(server.url):
            pass


async def test_a_database_that_there_is_not() -> None:
    """A server has sixteen, as a rule."""
    server = redis_server.plain()

    assert "DB index is out of range" in await _refused(server.url_of(9_999))


async def test_another_server_answers_no_redis() -> None:
    """A web server, say: it is no Redis."""
    with redis_server.running(tls=True) as server:
        assert "it cannot be reached" in await _refused(f"redis://127.0.0.1:{server.tls_port}/0?timeout=1")


async def test_a_read_only_replica() -> None:
    """It would refuse the first write."""
    with redis_server.running() as server, redis_server.replica(server) as copy:
        assert "it is a replica" in await _refused(copy.url)
        assert server.ask("DBSIZE") == 0


async def test_a_server_that_runs_no_scripts() -> None:
    """As some that are rented."""
    with redis_server.running() as server:
        server.ask("ACL", "SETUSER", "default", "-@scripting")

        assert "it runs no scripts" in await _refused(server.url)
        assert server.ask("DBSIZE") == 0


async def test_a_server_that_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is asked for what it does not know."""
    monkeypatch.setattr(opening, "OLDEST", (1_000, 0))
    with redis_server.running() as server:
        assert "1000.0 or newer is needed" in await _refused(server.url)
        assert server.ask("DBSIZE") == 0


@pytest.mark.parametrize("key", [f"{PREFIX}theirs", f"{PREFIX}{{*}}:format"])
@pytest.mark.parametrize("kind", ["SET", "LPUSH"])
async def test_keys_of_somebody_else_are_left_alone(key: str, kind: str) -> None:
    """Whatever they are; another prefix helps."""
    with redis_server.running() as server:
        server.ask(kind, key, "theirs")
        server.ask("SET", "other", "theirs")

        text = await _refused(server.url)

        assert server.ask("DBSIZE") == len(("other", key))
        assert PREFIX in text
        async with opened(server.url, "mine:"):
            pass


async def test_another_process_may_begin_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its keys, which were not there a moment ago, are no stranger's."""
    with redis_server.running() as server:
        url = server.url_of(0)
        looks = Redis.scan_iter

        async def meanwhile(client: Any, **more: Any) -> AsyncIterator[bytes]:
            monkeypatch.undo()
            async with opened(url):
                pass
            async for found in looks(client, **more):
                yield found

        monkeypatch.setattr(Redis, "scan_iter", meanwhile)
        async with opened(url) as store:
            await store.begin(LANE)

            assert await store.lanes() == [LANE]


async def test_a_newer_format_is_left_alone() -> None:
    """Lanes of a version that writes them otherwise."""
    with redis_server.running() as server:
        server.ask("SET", f"{PREFIX}{{*}}:format", "2")

        assert "of another version of otp-sandbox (format '2', not 1)" in await _refused(server.url)
        assert server.ask("DBSIZE") == 1


@pytest.mark.parametrize(
    ("policy", "warned"),
    [("allkeys-lru", True), ("allkeys-random", True), ("noeviction", False), ("volatile-lru", False)],
)
async def test_a_server_that_may_drop_keys_is_warned_of(
    policy: str, caplog: pytest.LogCaptureFixture, *, warned: bool
) -> None:
    """Only keys that end by themselves have a time to live, so those policies harm nothing."""
    with redis_server.running(policy=policy) as server, caplog.at_level(logging.WARNING):
        async with opened(server.url):
            pass

    assert (f"its maxmemory-policy is {policy}" in caplog.text) == warned


async def _works(store: RedisStore, other: RedisStore) -> None:
    """One process writes, another one reads."""
    await store.begin(LANE)
    await write(store, (NOTES, "n", "note"))
    assert await other.get(LANE, NOTES, "n") == "note"
    assert await other.count(LANE, "c") == 1
    assert await store.count(LANE, "c") == 2
    async with store.lock("l"):
        pass
    assert await other.lanes() == [LANE]
    assert await other.overdue() == []
    assert (await other.content(LANE, (NOTES,))).records == {NOTES: {"n": "note"}}


async def test_over_tls() -> None:
    """With the CA of the URL; another one is not trusted."""
    with redis_server.running(tls=True, user="app", password="pass") as server:
        assert server.tls is not None
        url = server.url_of(tls=True)
        assert "certificate" in await _refused(url)
        async with opened(f"{url}?ssl_ca_certs={server.tls.ca}") as store, opened(server.url) as other:
            await _works(store, other)


async def test_by_sentinels() -> None:
    """They know which server it is."""
    with watched() as servers:
        url = f"redis+sentinel://{servers.hosts}/{MASTER}"
        async with opened(url) as store, opened(url) as other:
            await _works(store, other)
        assert "it cannot be reached" in await _refused(f"redis+sentinel://{servers.hosts}/unknown")


async def test_over_a_cluster() -> None:
    """The keys of a lane lie in one slot, so that a script reaches them all."""
    with cluster() as nodes:
        url = f"redis+cluster://{','.join(f'127.0.0.1:{node.port}' for node in nodes)}"
        async with opened(url) as store, opened(url) as other:
            await _works(store, other)
            for number in range(20):
                await store.begin(f"lane-{number}#1")
                await store.begin(f"lane-{number}#2", after=f"lane-{number}#1")
            assert all(int(str(node.ask("DBSIZE"))) > 0 for node in nodes)
