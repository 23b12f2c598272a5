"""Which lanes have something to lose, in the order of their use."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

H = TypeVar("H")


class ByUse(Generic[H]):
    """Lanes that may have something to lose, the one unused longest first. Others are not looked at in vain."""

    def __init__(self) -> None:
        """Know none."""
        self._lanes: OrderedDict[str, H] = OrderedDict()

    def add(self, lane: str, held: H) -> None:
        """Hear that a lane may have got something, which is no use of it."""
        self._lanes.setdefault(lane, held)

    def used(self, lane: str) -> None:
        """Hear that a lane was used."""
        if lane in self._lanes:
            self._lanes.move_to_end(lane)

    def discard(self, lane: str) -> None:
        """Hear that a lane has nothing."""
        self._lanes.pop(lane, None)

    def clear(self) -> None:
        """Forget them all."""
        self._lanes.clear()

    def first(self) -> str | None:
        """Name the one unused longest."""
        return next(iter(self._lanes), None)

    def lose(self, take: Callable[[H], bool], *, while_true: Callable[[], bool]) -> None:
        """Take from the one unused longest, and then from the next. `take` says whether there was anything."""
        while while_true() and (lane := self.first()) is not None:
            if not take(self._lanes[lane]):
                del self._lanes[lane]
