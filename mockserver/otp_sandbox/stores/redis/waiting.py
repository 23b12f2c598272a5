"""Wakes those who wait for something new in a lane, whichever process writes it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

from redis.exceptions import RedisError

from otp_sandbox.domain.store_errors import LaneGone, StoreTrouble
from otp_sandbox.stores.redis.link import Link

_WATCH: Final = 30
"""Seconds for which a process says that somebody waits; after half of them it looks by itself, too."""
_AGAIN: Final = 0.5
"""Seconds after which a lost subscription is tried again, and a server that was away is asked again."""


class Waiting:
    """Those who wait in this process.

    What they wait for stands in the lane itself, under a number that grows: a message only says that it is worth to
    look. So nothing is missed when messages are.

    Args:
        link: runs scripts.
        prefix: what all keys begin with.
    """

    def __init__(self, link: Link, prefix: str) -> None:
        """Listen to nothing yet."""
        self.channel = f"{prefix}news"
        self._link = link
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._listening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin to listen."""
        self._listening = asyncio.get_running_loop().create_task(self._listen())

    async def close(self) -> None:
        """Send everybody away."""
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening

    async def wait(self, key: str, there: Callable[[], Awaitable[bool]], seconds: float) -> bool:
        """Wait until something is there; False when the time is over, or the lane is gone.

        Raises:
            LaneGone: the lane does not exist.
            StoreTrouble: the server is away at the beginning.
        """
        if await there():
            return True
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        woken = asyncio.Event()
        self._waiting.setdefault(key, set()).add(woken)
        try:
            while (left := end - loop.time()) > 0:
                woken.clear()
                pause = _WATCH / 2
                try:
                    await self._link.ask("SET", f"{key}:w", 1, "EX", _WATCH)
                    if await there():  # something may have come before the server knew that somebody waits
                        return True
                except StoreTrouble:
                    pause = _AGAIN
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(left, pause)):
                        await woken.wait()
        except LaneGone:
            pass
        finally:
            others = self._waiting[key]
            others.discard(woken)
            if not others:
                del self._waiting[key]
        return False

    async def _listen(self) -> None:
        while True:
            try:
                async with self._link.client.pubsub() as messages:
                    await messages.subscribe(self.channel)
                    self._wake_all()  # something may have been told meanwhile
                    async for message in messages.listen():
                        self._hear(message)
            except (RedisError, OSError):
                await asyncio.sleep(_AGAIN)

    def _hear(self, message: Any) -> None:
        if message["type"] == "message":
            key = message["data"].decode().partition(" ")[0]
            for woken in self._waiting.get(key, ()):
                woken.set()

    def _wake_all(self) -> None:
        for all_ in self._waiting.values():
            for woken in all_:
                woken.set()
