"""Looks, before anything is written, whether a server can be used."""

from __future__ import annotations

import logging
from typing import Any, Final

from redis.exceptions import RedisError, ResponseError

from otp_sandbox.domain.store_errors import StoreUnusable
from otp_sandbox.stores.redis.link import Link, told

OLDEST: Final = (6, 2)
FORMAT: Final = "1"
"""How the keys and values are built. It grows when an older otp-sandbox could not read them."""
_LOG = logging.getLogger(__name__)


async def look(link: Link, prefix: str) -> None:
    """Look at the server, and put up the mark of who its keys belong to.

    Raises:
        StoreUnusable: it cannot be used; nothing was written.
    """
    try:
        await _look(link, prefix)
    except (RedisError, OSError) as error:
        raise StoreUnusable(link.reason(error)) from error


async def _look(link: Link, prefix: str) -> None:
    def refused(why: str) -> StoreUnusable:
        return StoreUnusable(f"store {link.told}: {why}")

    client = link.client
    for info in await _infos(client):
        version = str(info.get("redis_version", "0"))
        if tuple(map(int, version.split(".")[:2])) < OLDEST:
            raise refused(f"it is Redis {version}; {'.'.join(map(str, OLDEST))} or newer is needed")
        if info.get("role", "master") != "master":
            raise refused("it is a replica, which cannot be written; give the address of its primary")
        policy = str(info.get("maxmemory_policy", "noeviction"))
        if policy.startswith("allkeys"):
            _LOG.warning(
                "store %s: its maxmemory-policy is %s: when its memory is full it drops keys, and lanes break; "
                "set noeviction",
                link.told,
                policy,
            )
    try:
        await client.eval("return 1", 1, f"{prefix}{{*}}:format")
    except ResponseError as error:
        raise refused(f"it runs no scripts: {told(error)}") from error
    await _mark(client, f"{prefix}{{*}}:format", prefix, refused)


async def _infos(client: Any) -> list[dict[str, Any]]:
    """Ask each primary about itself."""
    if not hasattr(client, "get_primaries"):
        return [await client.info()]
    found = await client.info(target_nodes="primaries")
    return list(found.values()) if all(isinstance(each, dict) for each in found.values()) else [found]


async def _mark(client: Any, key: str, prefix: str, refused: Any) -> None:
    try:
        mark = await client.get(key)
    except ResponseError as error:  # of another type
        raise refused(f"the key {key} is somebody else's: {told(error)}") from error
    if mark is None:
        async for found in client.scan_iter(match=f"{prefix}*", count=1_000):
            if await client.get(key) is not None:  # another process has begun just now
                break
            raise refused(
                f"keys that begin with {prefix} are there already, as {_shown(found)}, and are not otp-sandbox's; "
                "set store_prefix to another prefix"
            )
        await client.set(key, FORMAT, nx=True)
        mark = await client.get(key)
    if mark is None or mark.decode("utf-8", "replace") != FORMAT:
        raise refused(
            f"the keys that begin with {prefix} are of another version of otp-sandbox (format {_shown(mark or b'')}, "
            f"not {FORMAT}); set store_prefix to another prefix"
        )


def _shown(data: bytes) -> str:
    return repr(data[:60].decode("utf-8", "replace"))
