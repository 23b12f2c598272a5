"""Runs a coroutine at once, as far as it goes without waiting."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")


class Begun(Generic[T]):
    """A coroutine that has run as far as it goes without waiting.

    What never waits, as with a store in memory, needs no task: it is `done` at once, and `result` is what it gave.
    Whoever awaits the rest goes on with it. Up to its first wait it may be in no task, where there are no time limits.
    """

    __slots__ = ("_result", "_waited_for", "_work", "done")

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        """Begin.

        Raises:
            Exception: whatever the coroutine raises before it waits.
        """
        self._work = work
        try:
            self._waited_for = work.send(None)
        except StopIteration as ended:
            self.done = True
            self._result: Any = ended.value
        else:
            self.done = False

    @property
    def result(self) -> T:
        """What the coroutine gave, when it is done."""
        return cast("T", self._result)

    def __await__(self) -> Generator[Any, Any, T]:
        """Go on with it, to its end."""
        work = self._work
        while not self.done:
            try:
                try:
                    sent = yield self._waited_for
                except BaseException as error:  # noqa: BLE001  (a cancellation belongs to the coroutine)
                    self._waited_for = work.throw(error)
                else:
                    self._waited_for = work.send(sent)
            except StopIteration as ended:
                self.done = True
                self._result = ended.value
        return self.result
