"""Records calls that overlap, and looks for an order in which they could have been made one after another.

A history is linearizable when each call can be thought to happen at one instant between its beginning and its end, so
that all answers are those of the model (Herlihy and Wing, 1990). The search is Wing and Gong's (1993) with what Lowe
added (2017): what was seen once, the same calls done and the same state, is not gone through again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Unknown:
    """The answer of a call of which nothing was heard: whether it happened, and how it ended, is not known."""


UNKNOWN: Final = Unknown()
NEVER: Final = float("inf")
EACH: Final = "each"
"""The key of a call that is about everything. It is part of every history, at an instant of its own in each."""
MOST: Final = 1_000_000
"""Beginnings of orders that are looked at: histories may be riddles."""


@dataclass(frozen=True)
class Call:
    """One call: what it was about, what was asked, what came back, and when it began and ended, in logical time.

    Args:
        key: calls about different things do not touch each other, so that each thing has a history of its own.
        asked: the question.
        answer: what came back, `UNKNOWN` if nothing did.
        began: no two calls begin or end at the same time.
        ended: `NEVER` if nothing came back.
    """

    key: Hashable
    asked: Hashable
    answer: Hashable
    began: float
    ended: float = NEVER


@dataclass(frozen=True)
class Model:
    """What happens when one call is made after another.

    Args:
        step: (state, asked, answer) → the states that may come of it, none if that answer is wrong in that state. With
            `UNKNOWN` it gives what may come of any answer. It is pure, and states can be hashed.
        looks: (asked, answer) → whether a call with this answer changes nothing, in whatever state it is made.
    """

    step: Callable[[Any, Any, Any], Iterable[Hashable]]
    looks: Callable[[Any, Any], bool] = lambda *_: False


@dataclass
class History:
    """Calls as they are made. Its clock counts beginnings and ends: it orders what did not overlap, and only that."""

    calls: list[Call] = field(default_factory=list)
    _clock: count[int] = field(default_factory=count)

    async def note(self, key: Hashable, asked: Hashable, work: Awaitable[T], told: Callable[[T], Hashable]) -> T:
        """Make a call and keep it; one that fails is kept as one of which nothing was heard.

        Args:
            key: what it is about.
            asked: the question, as the model understands it.
            work: makes the call; it must not have begun.
            told: makes of what came back the answer, as the model understands it.
        """
        began = next(self._clock)
        try:
            found = await work
        except BaseException:
            self.calls.append(Call(key, asked, UNKNOWN, began))
            raise
        self.calls.append(Call(key, asked, told(found), began, next(self._clock)))
        return found


@dataclass(frozen=True)
class NotLinearizable(AssertionError):
    """No order of these calls explains their answers. `furthest` is as much as one order explains."""

    key: Hashable
    calls: tuple[Call, ...]
    furthest: tuple[Call, ...]

    def __str__(self) -> str:
        left = [each for each in self.calls if each not in self.furthest]
        head = f"{self.key}: {len(self.furthest)} of {len(self.calls)} calls have an order; none goes on with"
        return "\n".join((head, *(f"  {each.began}–{each.ended}  {each.asked} → {each.answer}" for each in left)))


def check(calls: Iterable[Call], start: Callable[[Any], Hashable], model: Model) -> None:
    """Look for an order of the calls about each thing.

    Args:
        calls: of a history.
        start: gives the state in which a thing begins, by its key.
        model: says what is right.

    Raises:
        NotLinearizable: there is none.
        TimeoutError: it takes too long to find out.
    """
    by_key: dict[Hashable, list[Call]] = defaultdict(list)
    for call in calls:
        by_key[call.key].append(call)
    for_all = by_key.pop(EACH, [])
    for key, some in by_key.items():
        own = sorted([*some, *for_all], key=lambda each: each.began)
        furthest = _search(own, start(key), model)
        if furthest is not None:
            raise NotLinearizable(key, tuple(own), furthest)


def _search(calls: Sequence[Call], start: Hashable, model: Model) -> tuple[Call, ...] | None:
    """Go through the orders, the depths first. Gives None when one explains all calls, else the longest that went well.

    Two shortcuts keep this short where many calls overlap; neither leaves out an order that matters.

    - A call that may come next, is right there and only looks is put next at once: it stands in nobody's way.
    - Of calls that may come next, with the same question and answer, the one that ended first stands for all: in an
      order that begins with another of them, the two can change places.
    """
    must = sum(1 << number for number, each in enumerate(calls) if each.ended < NEVER)
    path: list[tuple[int, Hashable, int]] = []  # what is done, the state, the call that was last
    stack: list[tuple[int, int, Hashable, int]] = [(0, 0, start, -1)]  # first the depth
    seen: set[tuple[int, Hashable]] = {(0, start)}
    furthest: tuple[Call, ...] = ()
    while stack:
        depth, done, state, last = stack.pop()
        del path[depth:]
        path.append((done, state, last))
        if done & must == must:
            return None
        if len(seen) > MOST:
            raise TimeoutError(f"{len(calls)} calls about {calls[0].key} are too much of a riddle")
        if depth > len(furthest):
            furthest = tuple(calls[each] for _, _, each in path[1:])
        branches = []
        for number in _may_be_next(calls, done):
            asked, answer = calls[number].asked, calls[number].answer
            states = [*model.step(state, asked, answer)]
            if states and model.looks(asked, answer):
                branches = [(number, state)]
                break
            branches += [(number, each) for each in states]
        for number, after in reversed(branches):
            then = (done | 1 << number, after)
            if then not in seen:
                seen.add(then)
                stack.append((depth + 1, *then, number))
    return furthest


def _may_be_next(calls: Sequence[Call], done: int) -> list[int]:
    """Number the calls that may come next: those that began before any that is left has ended."""
    first: dict[tuple[Hashable, Hashable], int] = {}
    ended = NEVER
    for number, each in enumerate(calls):
        if each.began > ended:
            break  # and so do all after it
        if done >> number & 1:
            continue
        ended = min(ended, each.ended)
        alike = (each.asked, each.answer)
        if alike not in first or each.ended < calls[first[alike]].ended:
            first[alike] = number
    return [*first.values()]
