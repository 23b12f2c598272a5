"""Follows what other processes do to the lanes of a store that several share."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from otp_sandbox.domain.store import Store
from otp_sandbox.domain.store_errors import LaneGone, StoreTrouble
from otp_sandbox.lanes.known import KnownLanes
from otp_sandbox.lanes.lane import DEFAULT
from otp_sandbox.lanes.tables import ALL_LANES, DELETIONS, LANES, Deletion

_TABLES: Final = (LANES, DELETIONS)
_AT_ONCE: Final = 100
"""Lanes that are taken in in one go; others get their turn then."""
_WAIT: Final = 60.0
"""Seconds after which is asked also when the store tells nothing."""
_AGAIN: Final = 1.0
"""Seconds after which a store that could not answer is asked again."""
_LOG = logging.getLogger("otp_sandbox.lanes")


class Follower:
    """Keeps what this process knows of the lanes true to the store.

    All that is known comes by here in one order, that of the store, also what this process itself has done. So nothing
    old ever takes the place of something new.
    """

    def __init__(self, store: Store, known: KnownLanes) -> None:
        self._store = store
        self._known = known
        self._until: int | None = None
        """The number of the last write that is known; None where all has to be listed."""
        self._next: asyncio.Task[None] | None = None
        self._questions: set[asyncio.Task[None]] = set()
        self._asking = asyncio.Lock()
        self._providing = asyncio.Lock()
        self.provide: Callable[[], Awaitable[None]] | None = None
        """Makes the lanes that there always are: asked when a store has lost everything."""

    async def bring_up_to_date(self) -> None:
        """As `ask`; and where the store has lost everything, the lanes that there always are come to be.

        Raises:
            StoreTrouble: the store cannot say.
        """
        await self.ask()
        if self.provide is not None and DEFAULT not in self._known.lanes:
            async with self._providing:
                if DEFAULT not in self._known.lanes:
                    await self.provide()

    async def ask(self) -> None:
        """Ask the store what is new, and know it. All who call in one turn of the loop share a question.

        Raises:
            StoreTrouble: the store cannot say.
        """
        asked = self._next
        if asked is None:  # a question that is under way may have begun before what the caller has to know
            asked = self._next = asyncio.get_running_loop().create_task(self._ask_in_turn())
            self._questions.add(asked)
            asked.add_done_callback(self._answered)
        await asyncio.shield(asked)

    def _answered(self, asked: asyncio.Task[None]) -> None:
        self._questions.discard(asked)
        if not asked.cancelled():
            asked.exception()  # everybody who waited may have left: then nobody has to be told

    async def close(self) -> None:
        """Ask nothing more."""
        for each in self._questions:
            each.cancel()
        await asyncio.gather(*self._questions, return_exceptions=True)

    async def compare(self) -> None:
        """List all lanes of the store, and know these and no others.

        Raises:
            StoreTrouble: the store cannot say.
        """
        async with self._asking:
            await self._compare()

    async def watch(self) -> None:
        """Know what is new when nobody asks, so that whoever waits finds out; without end."""
        while True:
            try:
                await self.bring_up_to_date()
                await self._store.wait(ALL_LANES, _TABLES, self._until or 0, _WAIT, news=True)
            except (StoreTrouble, LaneGone):  # the store says the former in the log; the latter is found out next
                await asyncio.sleep(_AGAIN)
            except Exception:  # noqa: BLE001  (whatever it is, the next time must come)
                _LOG.exception("what other processes do to lanes could not be followed")
                await asyncio.sleep(_AGAIN)

    async def _ask_in_turn(self) -> None:
        async with self._asking:
            self._next = None
            try:
                await self._ask()
            except LaneGone:
                _LOG.warning("the store has lost everything; lanes begin anew")
                await self._store.begin(ALL_LANES)
                await self._compare()

    async def _ask(self) -> None:
        more = True
        while more:
            if self._until is None:
                await self._compare()
                return
            news = await self._store.news(ALL_LANES, _TABLES, self._until, _AT_ONCE)
            if DELETIONS.name in news.gone:  # there were too many of them, or all of it is lost
                await self._compare()
                return
            for each in news.written:
                if isinstance(each.entry, Deletion):
                    self._take_away(each.entry)
                else:
                    self._known.take_in(each.entry)
            self._until, more = news.until, news.more

    def _take_away(self, deletion: Deletion) -> None:
        lane = self._known.lanes.get(deletion.id)
        if lane is not None and lane.record.generation <= deletion.generation:
            self._known.drop(lane)

    async def _compare(self) -> None:
        known, self._until = self._known, None
        before = list(known.lanes.values())
        until = (await self._store.news(ALL_LANES, (), 0, 0)).until
        placed = await self._store.entries(ALL_LANES, LANES)
        there = {each.entry.id for each in placed}
        for lane in before:
            if lane.id not in there:
                known.drop(lane)
        for number, each in enumerate(placed):
            if self._store.shared and number % _AT_ONCE == _AT_ONCE - 1:  # else something newer may come between
                await asyncio.sleep(0)
            known.take_in(each.entry)
        self._until = until
