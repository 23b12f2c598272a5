"""Deletes the lanes that nobody uses, and forgets lives that no lane has."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Final

from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.store_errors import LaneGone
from otp_sandbox.lanes.lane import DEFAULT, Lane
from otp_sandbox.lanes.tables import ALL_LANES, LANES, USES

if TYPE_CHECKING:
    from otp_sandbox.lanes.registry import Registry

_PARTS: Final = 10
"""That a lane is used is told to other processes when a tenth of its time to live has gone by since it was told."""


class Sweeper:
    """Looks through the lanes of a registry.

    Where other processes share the store, a lane is idle when it is idle at each of them. What happens in a lane is in
    the store; that somebody only looked at it is not, so it is told.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._store = registry.store
        self._nameless: set[str] = set()

    async def delete_idle(self) -> None:
        """Delete the lanes that nobody has used for their time to live.

        Raises:
            StoreTrouble: the store can delete nothing.
        """
        now = self._registry.real_now()
        for lane in self._registry:
            if lane.id != DEFAULT:
                with suppress(LaneGone):  # another process was faster
                    await self._look_at(lane, now)

    async def _look_at(self, lane: Lane, now: datetime) -> None:
        ttl, life = lane.origin.ttl, lane.key
        if now - lane.used_at >= ttl and now - await self._used_anywhere(lane) >= ttl:
            await self._registry.delete(lane, life)
            await asyncio.sleep(0)  # many may be idle at once
        elif self._registry.shared and lane.used_at - lane.noted_at >= ttl / _PARTS:
            await self._note_use(lane)

    async def _used_anywhere(self, lane: Lane) -> datetime:
        if self._registry.shared:
            told = (await self._store.last_used(lane.key), await self._store.get(ALL_LANES, USES, lane.id))
            lane.used_at = max(each for each in (lane.used_at, *told) if each is not None)
            lane.noted_at = lane.used_at  # others know
        return lane.used_at

    async def _note_use(self, lane: Lane) -> None:
        lane.noted_at = used_at = lane.used_at
        keys = ((LANES, lane.id), (USES, lane.id))

        def decide(state: State) -> Change[None]:
            noted = state.get(USES, lane.id)
            if state.get(LANES, lane.id) is None or (noted is not None and noted >= used_at):
                return Change(None)
            return Change(None, {(USES, lane.id): used_at})

        await self._store.decide(ALL_LANES, decide, lambda: keys)

    async def forget_nameless(self, *, at_once: bool = False) -> None:
        """Forget lives that no lane has: a process has died, or lost the store, where one took another's place.

        Unless it is to be `at_once`, only those that a look before has found too: the others may be on their way.

        Raises:
            StoreTrouble: the store cannot say, or can forget nothing.
        """
        lives = set(await self._store.lanes())
        await self._registry.bring_up_to_date()
        nameless = lives - {lane.key for lane in self._registry} - {ALL_LANES}
        for life in nameless if at_once else nameless & self._nameless:
            await self._store.forget(life)
        self._nameless = nameless
