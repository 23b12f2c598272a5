"""A store that has to wait, as one behind a connection has: others get their turn before each call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from equipment.strict import StrictStore

_CALLS = (
    *("begin", "forget", "decide", "fire", "fire_all", "next_due", "count"),
    *("append", "get", "entries", "place", "news", "wait", "clear", "content", "load"),
)


class PausingStore(StrictStore):
    """Pauses before each call. `meanwhile` is what happens in the next pause before a call of that name."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.meanwhile: dict[str, Callable[[], Awaitable[Any]]] = {}

    async def pause(self, call: str) -> None:
        """Let others have their turn: first alone, then under a time limit, as clients of databases wait."""
        await asyncio.sleep(0)
        async with asyncio.timeout(60):
            await asyncio.sleep(0)
        happens = self.meanwhile.pop(call, None)
        if happens is not None:
            await happens()


def _pausing(call: str) -> Callable[..., Coroutine[Any, Any, Any]]:
    plain = getattr(StrictStore, call)

    async def paused(self: PausingStore, *args: Any, **more: Any) -> Any:
        await self.pause(call)
        return await plain(self, *args, **more)

    return paused


for _call in _CALLS:
    setattr(PausingStore, _call, _pausing(_call))
