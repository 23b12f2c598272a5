"""Runs a coroutine at once, as far as it goes without waiting."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


def run_now(work: Coroutine[Any, Any, T], later: Callable[[Coroutine[Any, Any, T]], object]) -> T | None:
    """Run a coroutine until it ends, or until it has to wait.

    What never waits, as with a store in memory, needs no task and is over when this returns. Else the rest of it is
    handed to `later`, and None comes back.
    """
    try:
        waited_for = work.send(None)
    except StopIteration as ended:
        value: T = ended.value
        return value
    later(_go_on(work, waited_for))
    return None


async def _go_on(work: Coroutine[Any, Any, T], waited_for: Any) -> T:
    return await _Rest(work, waited_for)


class _Rest(Generic[T]):
    """The rest of a coroutine that already waits for something."""

    def __init__(self, work: Coroutine[Any, Any, T], waited_for: Any) -> None:
        self._work = work
        self._waited_for = waited_for

    def __await__(self) -> Generator[Any, Any, T]:
        work, waited_for = self._work, self._waited_for
        while True:
            try:
                try:
                    sent = yield waited_for
                except BaseException as error:  # noqa: BLE001  (a cancellation belongs to the coroutine)
                    waited_for = work.throw(error)
                else:
                    waited_for = work.send(sent)
            except StopIteration as ended:
                value: T = ended.value
                return value
