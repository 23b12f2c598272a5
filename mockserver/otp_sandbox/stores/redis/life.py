"""What is read and written of one life of a lane."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from otp_sandbox.domain.store import Key
from otp_sandbox.domain.store_errors import LaneGone
from otp_sandbox.stores.redis.coding import Values, pack
from otp_sandbox.stores.redis.link import Link
from otp_sandbox.stores.redis.scripts import CHANGED, GONE
from otp_sandbox.stores.redis.snapshot import Snapshot, due_at


class Life:
    """Fetches what decisions read, and writes what they change if that still holds.

    Args:
        link: runs scripts.
        key: what all keys of the life begin with.
        life: what the store calls it.
        values: reads and writes values.
        fixed: what every call of `commit.lua` has: `schedule` and `channel`.
        weighed: is told what the life weighs and how many records of bounded tables it has.
    """

    def __init__(
        self,
        link: Link,
        key: str,
        life: str,
        values: Values,
        *,
        fixed: dict[str, Any],
        weighed: Callable[[str, int, int], None],
    ) -> None:
        """Know nothing of it yet."""
        self.link = link
        self.name = life
        self._key = key
        self._values = values
        self._fixed = fixed
        self._weighed = weighed

    async def fetched(self, keys: Iterable[Key]) -> Snapshot:
        """Fetch what decisions will read."""
        snapshot = Snapshot(self.name, self._values)
        await self.fetch(snapshot, keys)
        return snapshot

    async def fetch(self, snapshot: Snapshot, keys: Iterable[Key]) -> None:
        """Fetch more of it."""
        groups, logs, ordered = snapshot.wanted(snapshot.missing(keys))
        answer = await self.run(self.link.scripts.fetch, pack((groups, logs, 0, 0)))
        snapshot.take(ordered, answer[3], logs, answer[4])
        if snapshot.first_due is None:
            snapshot.first_due = due_at(answer[1])

    async def commit(self, **change: Any) -> list[Any] | None:
        """Run `commit.lua`. Gives its answer; None where something has changed."""
        return self.written(await self.write(change))

    def write(self, change: Mapping[str, Any]) -> asyncio.Future[list[Any]]:
        """Begin to run `commit.lua`."""
        return self.link.run(self.link.scripts.commit, self._key, pack({**_NOTHING, **self._fixed, **change}))

    def written(self, answer: list[Any]) -> list[Any] | None:
        """Read what `commit.lua` has answered. None where something has changed."""
        if self._checked(answer)[0] >= CHANGED:
            return None
        self._weighed(self.name, answer[1], answer[2])
        return answer

    async def run(self, script: Any, *args: Any) -> list[Any]:
        """Run a script.

        Raises:
            LaneGone: the life is over.
        """
        return self._checked(await self.link.run(script, self._key, *args))

    def _checked(self, answer: list[Any]) -> list[Any]:
        if answer[0] == GONE:
            raise LaneGone(self.name)
        return answer


_NOTHING: Final[dict[str, Any]] = {
    "reads": (),
    "logs": (),
    "settled": False,
    "take": (),
    "records": (),
    "entries": (),
    "due": (),
    "counts": (),
    "used": False,
}


def change_of(snapshot: Snapshot, *, settled: int | None, take: Collection[str]) -> dict[str, Any]:
    """Give what was decided as `commit.lua` takes it: it is written if what was read still holds."""
    reads, logs = snapshot.reads()
    return {
        "reads": reads,
        "logs": logs,
        "settled": settled or False,
        "take": take,
        "records": list(snapshot.records.values()),
        "entries": snapshot.entries_written,
        "due": snapshot.due,
    }
