"""Locks that all processes know."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from otp_sandbox.domain.store_errors import StoreTrouble
from otp_sandbox.stores.redis.link import Link
from otp_sandbox.stores.redis.tasks import Tasks

LEASE_MS: Final = 10_000
"""For how long a lock is held at most by who has died."""
_POLL: Final = 0.02
"""Seconds after which who waits for a lock tries again."""


@asynccontextmanager
async def lock(link: Link, key: str, tasks: Tasks) -> AsyncIterator[None]:
    """Keep other processes out while a block runs.

    Raises:
        StoreTrouble: the server is away.
    """
    await asyncio.sleep(0)  # what comes next may be in no task before
    token = secrets.token_hex(8)

    def ask() -> asyncio.Future[Any]:
        return link.ask("SET", key, token, "NX", "PX", LEASE_MS)

    asked = ask()
    try:
        while not await asyncio.shield(asked):
            await asyncio.sleep(_POLL)
            asked = ask()
        holding = tasks.start(_hold(link, key, token))
        try:
            yield
        finally:
            holding.cancel()
    finally:  # also where nobody waited for the answer any more
        asked.add_done_callback(_hear)
        asked.add_done_callback(lambda _: link.run(link.scripts.unlock, key, token).add_done_callback(_hear))


async def _hold(link: Link, key: str, token: str) -> None:
    while True:
        await asyncio.sleep(LEASE_MS / 3000)
        with suppress(StoreTrouble):
            await link.run(link.scripts.relock, key, token, LEASE_MS)


def _hear(answer: asyncio.Future[Any]) -> None:
    """Hear an answer that nobody waits for."""
    if not answer.cancelled():
        answer.exception()
