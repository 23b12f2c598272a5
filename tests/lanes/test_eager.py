"""A coroutine that never waits is over at once; the rest of one that waits goes on in whatever awaits it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from otp_sandbox.lanes.eager import Begun


class Steps:
    """What a coroutine has done so far."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.gate: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def at_once(self) -> str:
        await self._inner()
        return "result"

    async def _inner(self) -> None:
        self.done.append("ran")

    async def waits(self) -> str:
        try:
            self.done.append("began")
            told = await self.gate
            self.done.append(told)
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.done.append("cancelled")
            raise
        finally:
            self.done.append("over")
        return "result"


@pytest.fixture
async def steps() -> Steps:
    return Steps()


async def rest(begun: Begun[Any]) -> Any:
    return await begun


async def test_what_never_waits_is_over_at_once(steps: Steps) -> None:
    """It needs no task and no turn of the loop."""
    begun = Begun(steps.at_once())

    assert begun.done
    assert begun.result == "result"
    assert steps.done == ["ran"]


async def test_what_is_over_can_be_awaited_all_the_same(steps: Steps) -> None:
    """More than once; it does not run again."""
    begun = Begun(steps.at_once())

    assert [await begun, await begun] == ["result", "result"]
    assert steps.done == ["ran"]


async def test_nothing_is_a_result() -> None:
    """A coroutine may end with None."""

    async def nothing() -> None:
        pass

    begun = Begun(nothing())

    assert begun.done
    assert begun.result is None  # type: ignore[func-returns-value]


async def test_what_waits_has_begun_and_goes_on_in_a_task(steps: Steps) -> None:
    """From where it was: nothing is done twice."""
    begun = Begun(steps.waits())
    before = begun.done, list(steps.done)
    task = asyncio.create_task(rest(begun))
    await asyncio.sleep(0)
    waiting = list(steps.done)

    steps.gate.set_result("told")

    assert await task == begun.result == "result"
    assert begun.done
    assert before == (False, ["began"])
    assert waiting == ["began"]
    assert steps.done == ["began", "told", "over"]


async def test_what_it_waits_for_may_come_before_anybody_goes_on(steps: Steps) -> None:
    """It is not missed."""
    begun = Begun(steps.waits())

    steps.gate.set_result("told")

    assert await begun == "result"


async def test_a_single_turn_of_the_loop_is_a_wait() -> None:
    """It cannot be taken without a task."""

    async def turns() -> str:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return "result"

    begun = Begun(turns())

    assert not begun.done
    assert await begun == "result"


async def test_it_can_begin_outside_of_a_task(steps: Steps) -> None:
    """In a callback of the loop, as a timer is."""
    begun: list[Begun[str]] = []

    asyncio.get_running_loop().call_soon(lambda: begun.append(Begun(steps.waits())))
    await asyncio.sleep(0)
    steps.gate.set_result("told")

    assert await begun[0] == "result"


async def test_what_fails_at_once_raises_at_once() -> None:
    """There is nothing left to go on with."""

    async def fails() -> None:
        raise ValueError("at once")

    with pytest.raises(ValueError, match="at once"):
        Begun(fails())


async def test_what_fails_later_raises_where_it_is_awaited(steps: Steps) -> None:
    """As any coroutine does."""
    begun = Begun(steps.waits())
    steps.gate.set_exception(ValueError("later"))

    with pytest.raises(ValueError, match="later"):
        await begun

    assert steps.done == ["began", "over"]


async def test_a_cancellation_while_it_waits_is_its_own(steps: Steps) -> None:
    """It can clean up, and nothing goes on."""
    begun = Begun(steps.waits())
    task = asyncio.create_task(rest(begun))
    await asyncio.sleep(0)

    task.cancel()
    ended = await asyncio.gather(task, return_exceptions=True)

    assert isinstance(ended[0], asyncio.CancelledError)
    assert steps.done == ["began", "cancelled", "over"]
    assert steps.gate.cancelled()


async def test_what_takes_no_notice_of_a_cancellation_goes_on() -> None:
    """It waits for the next thing then."""
    gates = [asyncio.get_running_loop().create_future() for _ in range(2)]

    async def stubborn() -> str:
        try:
            await gates[0]
        except asyncio.CancelledError:
            await gates[1]
        return "result"

    begun = Begun(stubborn())
    task = asyncio.create_task(rest(begun))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    before = task.done()
    gates[1].set_result(None)

    assert await task == "result"
    assert before is False


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    async with asyncio.timeout(30):
        yield


async def _locked() -> None:
    async with asyncio.Lock():
        await asyncio.sleep(0)


async def _gathered() -> None:
    await asyncio.gather(*(asyncio.sleep(0) for _ in range(3)))


async def _timed() -> None:
    await asyncio.sleep(0)
    async with _in_time():
        await asyncio.sleep(0)


@pytest.mark.parametrize("work", [_locked, _gathered, _timed])
async def test_what_is_awaited_in_it_is_any_thing_of_the_loop(work: Callable[[], Awaitable[None]]) -> None:
    """A time limit too, if it comes after the first wait: before, there is no task that it could cut."""
    begun = Begun(work())  # type: ignore[arg-type]

    await asyncio.create_task(rest(begun))

    assert begun.done
