"""Stores in memory with the faults that concurrent calls bring to light: what a checker of histories must find."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.store import Change, Key, State, Table, no_keys
from otp_sandbox.stores.lane_state import LaneState
from otp_sandbox.stores.memory import MemoryStore

T = TypeVar("T")


class _Split(MemoryStore):
    """Decides, gives others their turn, and only then writes some of what was decided, whatever they did meanwhile."""

    def late(self, key: Key) -> bool:
        """Whether something is written late."""
        raise NotImplementedError

    async def decide(
        self,
        lane: str,
        decision: Callable[[State], Change[Any]],
        keys: Callable[[], Sequence[Key]] = no_keys,
        *,
        settled: datetime | None = None,
    ) -> Any:
        late: dict[Key, Any] = {}

        def split(state: State) -> Change[Any]:
            change = decision(state)
            late.update({key: value for key, value in change.writes.items() if self.late(key)})
            change.writes = {key: value for key, value in change.writes.items() if key not in late}
            return change

        change = await super().decide(lane, split, keys, settled=settled)
        if late:
            await asyncio.sleep(0)
            self._lane(lane).apply(Change(None, late, change.moved))
        return change


class ChecksThenActs(_Split):
    """Everything is written late: two decisions may both find the same code alive."""

    def late(self, key: Key) -> bool:
        """All of it."""
        return bool(key)


class LosesUpdates(_Split):
    """Accounts are written late: of two charges at once one is forgotten."""

    def late(self, key: Key) -> bool:
        """What an account has."""
        return key[0] is ACCOUNTS


class ReadsStale(MemoryStore):
    """Whoever only asks sees accounts as they were before the last change, as from a cache."""

    def __init__(self, **limits: int) -> None:
        super().__init__(**limits)
        self._before: dict[tuple[LaneState, str], Any] = {}

    def run(
        self, held: LaneState, decision: Callable[[State], Change[T]], keys: Callable[[], Sequence[Key]]
    ) -> Change[T]:
        change = super().run(held, decision, keys)
        for table, name in change.writes:
            if table is ACCOUNTS:
                self._before[held, name] = held.get(table, name)
        return change if change.writes else decision(_Stale(self._before, held))


class _Stale:
    def __init__(self, before: dict[tuple[LaneState, str], Any], held: LaneState) -> None:
        self._before = before
        self._held = held

    def get(self, table: Table[T], key: str) -> T | None:
        now = self._held.get(table, key)
        return self._before.get((self._held, key)) or now if table is ACCOUNTS else now

    def entries(self, table: Table[T]) -> Iterator[T]:
        return self._held.entries(table)


class CountsInTwoSteps(MemoryStore):
    """Reads a count, and writes it back one higher after others had their turn."""

    async def count(self, lane: str, name: str) -> int:
        counts = self._lane(lane).counts
        number = counts.get(name, 0) + 1
        await asyncio.sleep(0)
        counts[name] = number
        return number
