"""Events of a lane, by their instant and then as they came.

Most fall due a fixed time after they were added, so they come nearly in order. They are gathered by quarters of a
second and sorted when their quarter begins: adding one and taking one cost the same however many wait.
"""

from __future__ import annotations

import heapq
from bisect import insort
from datetime import datetime
from operator import attrgetter
from typing import Final

from otp_sandbox.domain.store import Event

_A_SECOND: Final = 4
"""Quarters."""
_TAKEN_MOST: Final = 1024
"""Places of taken events that are kept before they are cleared away."""
_by_instant: Final = attrgetter("at")


class Timetable:
    """Holds events until they are taken.

    Args:
        most: how many it holds. When there are as many, the later one of two is not kept: of the new one, and of one
            that waits and is not the next.

    Attributes:
        first_at: when the next one falls due; None when there is none.
    """

    def __init__(self, most: int) -> None:
        """Start empty."""
        self._most = most
        self._size = 0
        self._now: list[Event | None] = []
        """The quarter that the next event is in, sorted; from `_next` on, what is before was taken."""
        self._next = 0
        self._now_key = 0
        self._later: dict[int, list[Event | None]] = {}
        self._keys: list[int] = []
        """Of `_later`, as a heap."""
        self.first_at: datetime | None = None

    def __len__(self) -> int:
        """Tell how many wait."""
        return self._size

    def add(self, event: Event) -> bool:
        """Put an event in its place, if there is room. Says whether there was."""
        at = event.at
        key = int(at.timestamp() * _A_SECOND)
        if self._size >= self._most and not self._make_room(at):
            return False
        self._size += 1
        if (quarter := self._later.get(key)) is not None:
            quarter.append(event)
        elif key <= self._now_key and self._next < len(self._now):
            insort(self._now, event, self._next, key=_by_instant)
        else:
            self._later[key] = [event]
            heapq.heappush(self._keys, key)
        if self.first_at is None or at < self.first_at:
            self.first_at = at
        return True

    def first(self) -> Event | None:
        """Give the next event."""
        if self._next == len(self._now):
            if not self._keys:
                return None
            self._now_key = heapq.heappop(self._keys)
            self._now, self._next = self._later.pop(self._now_key), 0
            self._now.sort(key=_by_instant)
        return self._now[self._next]

    def take(self) -> None:
        """Forget the next event."""
        self._now[self._next] = None
        self._next += 1
        self._size -= 1
        if self._next == _TAKEN_MOST:
            del self._now[:_TAKEN_MOST]
            self._next = 0
        following = self.first()
        self.first_at = following.at if following is not None else None

    def listed(self) -> list[Event]:
        """Give all that wait, in the order in which they are taken."""
        quarters = [self._now[self._next :], *(self._later[key] for key in sorted(self._keys))]
        return [each for quarter in quarters for each in sorted(filter(None, quarter), key=_by_instant)]

    def _make_room(self, at: datetime) -> bool:
        """Drop an event that is later than an instant, and not the next one."""
        key = self._keys[-1] if self._keys else None
        quarter = self._later[key] if key is not None else self._now
        last = quarter[-1]
        if last is None or self._size == 1 or last.at <= at:
            return False
        quarter.pop()
        self.let_go(last)
        self._size -= 1
        if key is not None and not quarter:
            self._keys.pop()  # the last leaf of a heap: the order of the others stands
            del self._later[key]
        return True

    def let_go(self, event: Event) -> None:
        """Hear of an event that goes without having been taken."""

    def release(self) -> list[list[Event | None]]:
        """Give everything up, in parts."""
        return [self._now, *self._later.values()]
