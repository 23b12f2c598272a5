"""Decisions about one life of a lane.

What waits at the same time is fetched together, decided in turn, and written in one step if nothing that was read has
changed meanwhile; else it is all done again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from random import random
from typing import Any, Final, NamedTuple

from otp_sandbox.domain.store import Change, Event, Fired, Key, State
from otp_sandbox.domain.store_errors import LaneGone, StoreTrouble
from otp_sandbox.stores.redis.batch import Batch
from otp_sandbox.stores.redis.coding import event_of, micro, pack
from otp_sandbox.stores.redis.job import Job
from otp_sandbox.stores.redis.life import Life, change_of
from otp_sandbox.stores.redis.snapshot import NotFetched, Snapshot, Unsorted, events

AT_ONCE: Final = 64
"""Decisions, and events, of one go."""
_PATIENCE: Final = 0.002
"""Seconds after which a go that was overtaken begins again, at most, the first time; then twice as long."""
_PATIENCE_MOST: Final = 0.1


class Line:
    """The decisions of this process about one life of a lane, in the order in which they came."""

    def __init__(self, life: Life) -> None:
        """Have nothing to do yet."""
        self._life = life
        self._waiting: list[Job] = []
        self._working: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._ahead: _Ahead | None = None
        self._batch: Batch | None = None

    @property
    def batch(self) -> Batch:
        """What takes numbers and entries in this turn of the loop. It holds the line until they are written."""
        if self._batch is None:
            self._batch = Batch(self._life.commit, self._end_batch)
        return self._batch

    def _end_batch(self, batch: Batch) -> None:
        if self._batch is batch:  # else it was full before its turn, and there is another one
            self._batch = None

    async def decide(self, job: Job) -> Change[Any] | None:
        """Take part in the next go."""
        self._waiting.append(job)
        if self._working is None:
            self._working = asyncio.get_running_loop().create_task(self._work())
        return await job.done

    async def _work(self) -> None:
        try:
            while self._waiting:
                async with self._turn:
                    ahead, self._ahead = self._ahead, None
                    count = ahead.jobs if ahead is not None else AT_ONCE
                    jobs, self._waiting = self._waiting[:count], self._waiting[count:]
                    try:
                        decided = await self._decide_all(jobs, ahead)
                    except Exception as error:  # noqa: BLE001  (whoever asked is told)
                        for job in jobs:
                            if not job.done.done():
                                job.done.set_exception(error)
                    else:
                        if decided < len(jobs):
                            self._waiting[:0] = jobs[decided:]
                            self._ahead = None
        finally:
            self._working = None

    async def _decide_all(self, jobs: list[Job], ahead: _Ahead | None) -> int:
        """Decide and write. Gives how many were: those that come first."""
        keys = ahead.keys if ahead is not None else _hints(jobs)
        for patience in _patience():
            if ahead is not None:
                snapshot, ahead = ahead.snapshot, None
            else:
                snapshot = await self._life.fetched(keys)
            decided = 0
            for job in jobs:
                try:
                    await self._decide(job, snapshot, keys, jobs[decided + 1 :])
                except Unsorted:  # the log has to be written first
                    break
                decided += 1
            settled = [job.settled for job in jobs[:decided] if job.settled is not None and job.change is not None]
            writing = self._life.write(change_of(snapshot, settled=max(settled, default=None), take=()))
            await self._look_ahead()
            answer = self._life.written(await writing)
            if answer is None:
                self._ahead = None
                await asyncio.sleep(patience)
                continue
            next_due = _next_due(answer)
            for job in jobs[:decided]:
                job.tell(next_due)
            return decided
        raise AssertionError  # patience has no end

    async def _decide(self, job: Job, snapshot: Snapshot, keys: dict[Key, None], then: Sequence[Job] = ()) -> None:
        """Run a decision. What it reads and is not at hand is fetched, and it runs again.

        What others like it, whose turn comes `then`, will miss in the same way is fetched with it.
        """
        job.change = job.error = None
        if job.settled is not None and snapshot.first_due is not None and snapshot.first_due <= job.settled:
            return
        while True:
            try:
                change = job.decision(snapshot)
                snapshot.apply(change)
            except NotFetched as missing:
                wanted = [missing.key, *(key for each in then if each.is_like(job) and (key := each.missing(snapshot)))]
                keys.update(dict.fromkeys(wanted))
                await self._life.fetch(snapshot, wanted)
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
            self._ahead = None  # what is fired may change it
            for patience in _patience():
                due = await self._due(limit, min(most, AT_ONCE))
                due, ended = _together(due, alone, first=first)
                if not due:
                    return [], True
                named = dict.fromkeys(key for _, event in due for key in keys(event))
                snapshot = await self._life.fetched(named)
                fired = await self._fire(due, limit, snapshot, decide, named)
                answer = await self._life.commit(
                    **change_of(snapshot, settled=None, take=[text for text, _, _ in fired])
                )
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
        answer = await self._life.run(self._life.link.scripts.fetch, pack(((), (), most, limit)))
        return events(answer[2])

    async def _look_ahead(self) -> None:
        """Fetch for the next go: what is asked for now comes right behind what is being written."""
        jobs = self._waiting[:AT_ONCE]
        if not jobs:
            return
        keys = _hints(jobs)
        with suppress(StoreTrouble, LaneGone):  # the next go finds out by itself
            self._ahead = _Ahead(len(jobs), keys, await self._life.fetched(keys))


class _Ahead(NamedTuple):
    """What the next go begins with: how many of those that wait take part, what they read, what was fetched of it."""

    jobs: int
    keys: dict[Key, None]
    snapshot: Snapshot


def _hints(jobs: Iterable[Job]) -> dict[Key, None]:
    return dict.fromkeys(key for job in jobs for key in job.hints())


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
