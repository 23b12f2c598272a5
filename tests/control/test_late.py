"""Time that passed while no timer rang: the machine slept, or its clock was set."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from otp_sandbox.lanes import common_events, schedule
from otp_sandbox.lanes.bells import BREATH

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Slept:
    """A real clock that stands until it is set; timers know nothing of it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, **length: float) -> None:
        self.now += timedelta(**length)


@pytest.fixture
def clock() -> Slept:
    return Slept()


@pytest.fixture
async def sandbox(start: Callable[..., Awaitable[Any]], clock: Slept) -> Any:
    """A sandbox on a laptop that sleeps."""
    return await start(now=clock)


async def test_a_rental_that_expired_meanwhile_is_shown_so_and_paid_back(world: Any, clock: Slept) -> None:
    """Whichever is looked at first."""
    await world.control("PATCH", "/accounts/thuesim", {"arrival": "manual"})
    before = (await world.get("/accounts/thuesim"))["balance"]
    await world.rent()

    clock.sleep(hours=1)
    after = (await world.get("/accounts/thuesim"))["balance"]

    assert after == before
    assert [each["state"] for each in (await world.get("/rentals"))["rentals"]] == ["expired"]


@pytest.mark.parametrize(
    ("path", "shows"),
    [
        ("/messages", lambda answer: answer["messages"][0]["state"] == "delivered"),
        ("/messages/latest", lambda answer: answer["state"] == "delivered"),
        ("/messages/wait?timeout=0", lambda answer: answer["messages"][0]["state"] == "delivered"),
        ("/codes", lambda answer: answer["codes"] == [] or answer["codes"][0]["state"] == "expired"),
        ("/clock", lambda answer: answer["next_due"] is None),
    ],
)
async def test_every_read_shows_what_has_happened_by_now(
    world: Any, clock: Slept, path: str, shows: Callable[[Any], bool]
) -> None:
    await world.gencode()

    clock.sleep(days=1)

    assert shows(await world.get(path))


async def test_what_was_due_before_a_change_comes_before_it(world: Any, clock: Slept) -> None:
    """A refund does not come on top of a balance that is set."""
    await world.control("PATCH", "/accounts/thuesim", {"arrival": "manual"})
    await world.rent()
    clock.sleep(hours=1)

    await world.control("PATCH", "/accounts/thuesim", {"balance": 0})

    assert (await world.get("/accounts/thuesim"))["balance"] == 0


async def test_an_advance_tells_what_was_due_before_it(world: Any, clock: Slept) -> None:
    await world.gencode()
    clock.sleep(seconds=1)

    moved = await world.advance("1s")

    assert [each["kind"] for each in moved["fired"]] == ["delivery"]


async def test_a_timer_of_before_does_not_ring_late(world: Any, clock: Slept, sandbox: Any) -> None:
    """After a look the timer is set anew; it never waits longer than a minute."""
    lane = sandbox.registry.default
    await world.send_otp(SendDateTime="2026-03-01 18:30:00")
    first = lane.timer
    clock.sleep(hours=2, minutes=59, seconds=30)

    await world.get("/messages")
    second = lane.timer

    assert first is not None
    assert second is first  # what it waits for has not come
    assert first.when() - asyncio.get_running_loop().time() <= (schedule.GLANCE + BREATH).total_seconds()

    clock.sleep(seconds=30)
    await world.get("/messages")
    assert lane.timer is not first


async def test_what_goes_wrong_does_not_hide_the_rest(
    world: Any, clock: Slept, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged; the lane can be looked at."""

    def broken(*_: Any) -> Any:
        raise ValueError("this event is broken")

    monkeypatch.setitem(common_events.COMMON, "expiry", common_events.CommonEvent(common_events._recipient, broken))
    await world.gencode()
    clock.sleep(days=1)

    answer = await world.control("GET", "/messages/latest")

    assert answer.status == 200
    assert "this event is broken" in caplog.text
