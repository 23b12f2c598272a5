"""Makes the store of an address, and its client of the redis package.

The client tries nothing again by itself: what was sent may be done.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff

from otp_sandbox.redis_address import RedisAddress
from otp_sandbox.stores.coding import Coding
from otp_sandbox.stores.redis.link import Link
from otp_sandbox.stores.redis.store import RedisStore

CONNECTIONS: Final = 64
"""More than are ever used at the same time."""


def connect(address: RedisAddress) -> Any:
    """Make a client; nothing is asked yet."""
    common: dict[str, Any] = {
        "socket_timeout": address.timeout,
        "socket_connect_timeout": address.timeout,
        "max_connections": CONNECTIONS,
        "client_name": "otp-sandbox",
        **address.ssl,
    }
    user: dict[str, Any] = {"username": address.username or None, "password": address.password or None}
    if address.kind == "cluster":
        nodes = [ClusterNode(host, port) for host, port in address.hosts]
        return RedisCluster(startup_nodes=nodes, retry=_once(), **user, **common)
    common |= {"db": address.database, "retry": _once(), **user}
    if address.kind == "sentinel":
        asked: dict[str, Any] = {
            "socket_timeout": address.timeout,
            "socket_connect_timeout": address.timeout,
            "retry": _once(),
            "username": address.sentinel_username or None,
            "password": address.sentinel_password or None,
            **address.ssl,
        }
        sentinel: Any = Sentinel  # has no types
        return sentinel(address.hosts, sentinel_kwargs=asked).master_for(address.service, **common)
    if address.socket:
        return Redis(unix_socket_path=address.socket, **common)
    ((host, port),) = address.hosts
    return Redis(host=host, port=port, **common)


def _once() -> Retry:
    return Retry(NoBackoff(), 0)


def make_redis(
    address: RedisAddress, prefix: str, coding: Coding, limits: Mapping[str, int], kind: type[RedisStore] = RedisStore
) -> RedisStore:
    """Make a store; nothing is connected yet."""
    return kind(Link(connect(address), str(address), f"{prefix}{{*}}:probe"), prefix, coding, **limits)
