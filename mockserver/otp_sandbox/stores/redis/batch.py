"""Numbers that are drawn and entries that are written in one turn of the loop: one call of the server has them all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeAlias

AT_ONCE: Final = 64
"""Numbers and entries of one call at most."""

_Commit: TypeAlias = Callable[..., Coroutine[Any, Any, "list[Any] | None"]]


class Batch:
    """What is asked for in one turn, in the order in which it came.

    Args:
        commit: runs `commit.lua`.
        full: is told that nothing more can be added to it.
    """

    def __init__(self, commit: _Commit, full: Callable[[Batch], None]) -> None:
        """Hold nothing yet; what is added in this turn goes out at its end."""
        self._commit = commit
        self._full = full
        self._counts: dict[str, list[asyncio.Future[int]]] = {}
        self._entries: list[tuple[Any, ...]] = []
        self._written: list[asyncio.Future[None]] = []
        self._used = 0
        self._size = 0
        self._loop = asyncio.get_running_loop()
        self._working = self._loop.create_task(self._work())

    def count(self, name: str) -> asyncio.Future[int]:
        """Draw the next number of a count."""
        number: asyncio.Future[int] = self._loop.create_future()
        self._counts.setdefault(name, []).append(number)
        self._grow()
        return number

    def append(self, entry: tuple[Any, ...], used: int) -> asyncio.Future[None]:
        """Write an entry of a log. `used` is when, in milliseconds since 1970."""
        written: asyncio.Future[None] = self._loop.create_future()
        self._entries.append(entry)
        self._written.append(written)
        self._used = max(self._used, used)
        self._grow()
        return written

    def _grow(self) -> None:
        self._size += 1
        if self._size == AT_ONCE:
            self._full(self)

    async def _work(self) -> None:
        self._full(self)
        counts = [each for name, asked in self._counts.items() for each in (name, len(asked))]
        try:
            answer = await self._commit(entries=self._entries, counts=counts, used=self._used or False)
        except Exception as error:  # noqa: BLE001  (whoever asked is told)
            everyone: list[asyncio.Future[Any]] = [*self._written]
            everyone += (each for asked in self._counts.values() for each in asked)
            for each in everyone:
                if not each.done():
                    each.set_exception(error)
            return
        assert answer is not None  # noqa: S101  (nothing was read that could have changed)
        for last, asked in zip(answer[4], self._counts.values(), strict=True):
            for number, drawn in enumerate(asked, last - len(asked) + 1):
                if not drawn.done():
                    drawn.set_result(number)
        for written in self._written:
            if not written.done():
                written.set_result(None)
