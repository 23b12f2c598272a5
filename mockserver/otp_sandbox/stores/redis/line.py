"""Decisions about one life of a lane.

What waits at the same time is fetched together, decided in turn, and written in one step if nothing that was read has
changed meanwhile; else it is all done again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from random import random
from typing import Any, Final

from otp_sandbox.domain.store import Change, Event, Fired, Key, State
from otp_sandbox.domain.store_errors import LaneGone
from otp_sandbox.stores.redis.coding import Values, event_of, micro, pack
from otp_sandbox.stores.redis.job import Job
from otp_sandbox.stores.redis.link import Link
from otp_sandbox.stores.redis.scripts import CHANGED, GONE
from otp_sandbox.stores.redis.snapshot import NotFetched, Snapshot, Unsorted, due_at, events

AT_ONCE: Final = 64
"""Decisions, and events, of one go."""
_PATIENCE: Final = 0.002
"""Seconds after which a go that was overtaken begins again, at most, the first time; then twice as long."""
_PATIENCE_MOST: Final = 0.1


class Line:
    """The decisions of this process about one life of a lane, in the order in which they came.

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
        """Have nothing to do yet."""
        self._link = link
        self._key = key
        self._life = life
        self._values = values
        self._fixed = fixed
        self._weighed = weighed
        self._waiting: list[Job] = []
        self._working: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    async def decide(self, job: Job) -> Change[Any] | None:
        """Take part in the next go."""
        self._waiting.append(job)
        if self._working is None:
            self._working = asyncio.get_running_loop().create_task(self._work())
        return await job.done

    async def _work(self) -> None:
        try:
            while self._waiting:
                jobs, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
                async with self._turn:
                    try:
                        decided = await self._decide_all(jobs)
                    except Exception as error:  # noqa: BLE001  (whoever asked is told)
                        for job in jobs:
                            if not job.done.done():
                                job.done.set_exception(error)
                    else:
                        self._waiting[:0] = jobs[decided:]
        finally:
            self._working = None

    async def _decide_all(self, jobs: list[Job]) -> int:
        """Decide and write. Gives how many were: those that come first."""
        keys = dict.fromkeys(key for job in jobs for key in job.hints())
        for patience in _patience():
            snapshot = await self._fetched(keys)
            decided = 0
            for job in jobs:
                try:
                    await self._decide(job, snapshot, keys)
                except Unsorted:  # the log has to be written first
                    break
                decided += 1
            settled = [job.settled for job in jobs[:decided] if job.settled is not None and job.change is not None]
            answer = await self._commit(snapshot, settled=max(settled, default=None), take=())
            if answer is None:
                await asyncio.sleep(patience)
                continue
            next_due = _next_due(answer)
            for job in jobs[:decided]:
                job.tell(next_due)
            return decided
        raise AssertionError  # patience has no end

    async def _decide(self, job: Job, snapshot: Snapshot, keys: dict[Key, None]) -> None:
        """Run a decision. What it reads and is not at hand is fetched, and it runs again."""
        job.change = job.error = None
        if job.settled is not None and snapshot.first_due is not None and snapshot.first_due <= job.settled:
            return
        while True:
            try:
                change = job.decision(snapshot)
                snapshot.apply(change)
            except NotFetched as missing:
                keys[missing.key] = None
                await self._fetch(snapshot, [missing.key])
            except Exception as error:  # noqa: BLE001  (whoever asked is told, if it was decided by what is so)
                job.error = error
                return
            else:
                job.change = change
                return

    # Events

    async def fire(
        self,
        until: datetime,
        decide: Callable[[Event, State], Change[bool]],
        keys: Callable[[Event], Sequence[Key]],
        *,
        most: int,
        alone: Callable[[Event], bool],
        first: bool,
    ) -> tuple[list[Fired], bool]:
        """Fire what is due, some of it: what falls due by it in between is left for the next go.

        Args:
            until: what is due.
            decide: decides about an event.
            keys: names what that will read.
            most: how many events at most.
            alone: says of an event that it is fired alone.
            first: whether none was fired before, so that one may be that is fired alone.

        Returns: what was fired, and whether that was all.
        """
        limit = micro(until)
        async with self._turn:
            for patience in _patience():
                due = await self._due(limit, min(most, AT_ONCE))
                due, ended = _together(due, alone, first=first)
                if not due:
                    return [], True
                named = dict.fromkeys(key for _, event in due for key in keys(event))
                snapshot = await self._fetched(named)
                fired = await self._fire(due, limit, snapshot, decide, named)
                answer = await self._commit(snapshot, settled=None, take=[text for text, _, _ in fired])
                if answer is not None:
                    next_due = _next_due(answer)
                    ended = ended and len(fired) == len(due)
                    ended = ended or next_due is None or next_due > until
                    return [Fired(event, happened, next_due) for _, event, happened in fired], ended
                await asyncio.sleep(patience)
        raise AssertionError  # patience has no end

    async def _fire(
        self,
        due: list[tuple[str, Event]],
        limit: int,
        snapshot: Snapshot,
        decide: Callable[[Event, State], Change[bool]],
        named: dict[Key, None],
    ) -> list[tuple[str, Event, bool]]:
        fired: list[tuple[str, Event, bool]] = []
        for text, event in due:
            job = Job(_bound(decide, event), tuple, None)
            job.done.cancel()  # nobody waits for it
            waited = len(snapshot.due)
            try:
                await self._decide(job, snapshot, named)
            except Unsorted:
                break
            if job.error is not None:
                if fired:
                    break  # what is right is kept; the next go begins with this one
                raise job.error
            if job.change is not None:
                fired.append((text, event, job.change.verdict))
            if any(at <= limit for at, _ in snapshot.due[waited:]):
                break  # it may come before the others
        return fired

    async def _due(self, limit: int, most: int) -> list[tuple[str, Event]]:
        answer = await self._run(self._link.scripts.fetch, pack(((), (), most, limit)))
        return events(answer[2])

    # Scripts

    async def _fetched(self, keys: Iterable[Key]) -> Snapshot:
        snapshot = Snapshot(self._life, self._values)
        await self._fetch(snapshot, keys)
        return snapshot

    async def _fetch(self, snapshot: Snapshot, keys: Iterable[Key]) -> None:
        groups, logs, ordered = snapshot.wanted(snapshot.missing(keys))
        answer = await self._run(self._link.scripts.fetch, pack((groups, logs, 0, 0)))
        snapshot.take(ordered, answer[3], logs, answer[4])
        if snapshot.first_due is None:
            snapshot.first_due = due_at(answer[1])

    async def _commit(self, snapshot: Snapshot, *, settled: int | None, take: Collection[str]) -> list[Any] | None:
        """Write what was decided, if what was read still holds; else give None."""
        reads, logs = snapshot.reads()
        return await self.commit(
            reads=reads,
            logs=logs,
            settled=settled or False,
            take=take,
            records=list(snapshot.records.values()),
            entries=snapshot.entries_written,
            due=snapshot.due,
        )

    async def commit(self, **change: Any) -> list[Any] | None:
        """Run `commit.lua`. Gives its answer; None where something has changed."""
        answer = await self._run(self._link.scripts.commit, pack({**_NOTHING, **self._fixed, **change}))
        if answer[0] >= CHANGED:
            return None
        self._weighed(self._life, answer[1], answer[2])
        return answer

    async def _run(self, script: Any, *args: Any) -> list[Any]:
        answer: list[Any] = await self._link.run(script, self._key, *args)
        if answer[0] == GONE:
            raise LaneGone(self._life)
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


def _together(
    due: list[tuple[str, Event]], alone: Callable[[Event], bool], *, first: bool
) -> tuple[list[tuple[str, Event]], bool]:
    """Give the events that are fired in one step, and whether one that is fired alone ends them."""
    for at, (_, event) in enumerate(due):
        if alone(event):
            return due[: at or int(first)], True
    return due, False


def _bound(decide: Callable[[Event, State], Change[bool]], event: Event) -> Callable[[State], Change[bool]]:
    return lambda state: decide(event, state)


def _next_due(answer: list[Any]) -> datetime | None:
    return event_of(answer[3][0]).at if answer[3] else None


def _patience() -> Iterable[float]:
    """Give how long to wait each time: others who were overtaken too shall not all begin again at once."""
    most = _PATIENCE
    while True:
        yield random() * most  # noqa: S311  (nobody gains anything by guessing it)
        most = min(2 * most, _PATIENCE_MOST)
