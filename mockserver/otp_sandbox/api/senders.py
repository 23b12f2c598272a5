"""How the work of an exchange is done: here and now, or in a thread while the event loop goes on.

The client is written once, as coroutines that await nothing but a sender. With `blocking` they never wait, so they are
over when they have been begun: `done` gives what comes of one.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Protocol, TypeVar

__tracebackhide__ = True  # pytest ends a traceback in the test that asked
T = TypeVar("T")


class Sender(Protocol):
    """Does a piece of work that blocks. `abort` ends it early, from another thread."""

    async def __call__(self, work: Callable[[], T], abort: Callable[[], None]) -> T:
        """Give what the work gives."""
        ...


async def blocking(work: Callable[[], T], abort: Callable[[], None]) -> T:  # noqa: ARG001  (nobody is there to abort)
    """Do it here and now."""
    return work()


async def in_thread(work: Callable[[], T], abort: Callable[[], None]) -> T:
    """Do it in a thread of its own, so that waits do not take the few threads of the loop's pool."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if ended.done():  # it was cancelled
            return
        if error is not None:
            ended.set_exception(error)
        else:
            ended.set_result(result)  # type: ignore[arg-type]  # without an error there is one

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except BaseException as raised:  # noqa: BLE001  (whoever waits gets it)
            error = raised
        with suppress(RuntimeError):  # the loop was closed meanwhile
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="otp-sandbox", daemon=True).start()
    try:
        return await ended
    finally:
        if ended.cancelled():
            abort()


def done(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise RuntimeError("a blocking client has waited")
