"""A decision on its way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.stores.redis.snapshot import NotFetched, Unsorted


class Job:
    """A decision that waits for its turn. `settled` is an instant in microseconds."""

    __slots__ = ("_keys", "_named", "change", "decision", "done", "error", "settled")

    def __init__(
        self, decision: Callable[[State], Change[Any]], keys: Callable[[], Sequence[Key]], settled: int | None
    ) -> None:
        self.decision = decision
        self._keys = keys
        self._named: Sequence[Key] | None = None
        self.settled = settled
        self.done: asyncio.Future[Change[Any] | None] = asyncio.get_running_loop().create_future()
        self.change: Change[Any] | None = None
        self.error: Exception | None = None

    def hints(self) -> Sequence[Key]:
        """Name what it will read. Where that goes wrong, the decision finds out by itself, and tells its own caller."""
        if self._named is None:
            self._named = ()
            with suppress(Exception):
                self._named = self._keys()
        return self._named

    def is_like(self, other: Job) -> bool:
        """Whether both have named keys of the same tables: then both will read in the same way."""
        mine, theirs = self.hints(), other.hints()
        return len(mine) == len(theirs) and all(one[0] is two[0] for one, two in zip(mine, theirs, strict=True))

    def missing(self, state: State) -> Key | None:
        """Run it without heeding how it decides. Gives the key that it would read and that is not at hand."""
        with suppress(Exception, Unsorted):  # it fails when its turn comes
            try:
                self.decision(state)
            except NotFetched as missing:
                return missing.key
        return None

    def tell(self, next_due: datetime | None) -> None:
        """Tell whoever asked how it was decided, now that it is written."""
        if self.done.done():  # nobody waits for it any more
            return
        if self.error is not None:
            self.done.set_exception(self.error)
        else:
            if self.change is not None:
                self.change.next_due = next_due
            self.done.set_result(self.change)
