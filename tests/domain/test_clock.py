"""A lane's clock tells its time from the real one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from otp_sandbox.domain.clock import Clock

REAL = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("clock", "now"),
    [
        pytest.param(Clock(), REAL, id="real"),
        pytest.param(Clock("offset", MINUTE), REAL + MINUTE, id="ahead"),
        pytest.param(Clock("offset", -MINUTE), REAL - MINUTE, id="behind"),
        pytest.param(Clock("frozen", frozen_at=REAL - 9 * MINUTE), REAL - 9 * MINUTE, id="frozen"),
    ],
)
def test_each_mode_tells_its_own_time(clock: Clock, now: datetime) -> None:
    """A running clock follows the real time at its distance, a frozen one shows one instant."""
    told = clock.now(REAL)

    assert told == now


def test_only_a_frozen_clock_stands_still() -> None:
    """Real and offset clocks go on with the real time."""
    clocks = [Clock(), Clock("offset", MINUTE), Clock("frozen", frozen_at=REAL)]

    passed = [clock.now(REAL + MINUTE) - clock.now(REAL) for clock in clocks]

    assert passed == [MINUTE, MINUTE, timedelta(0)]
    assert [clock.runs for clock in clocks] == [True, True, False]


@pytest.mark.parametrize("clock", [Clock(), Clock("offset", -MINUTE)], ids=["real", "offset"])
@pytest.mark.parametrize("by", [5 * MINUTE, timedelta(0), -5 * MINUTE], ids=["on", "by nothing", "back"])
def test_a_running_clock_that_is_moved_keeps_running(clock: Clock, by: timedelta) -> None:
    """It shows the wanted instant now, and a minute later a minute more."""
    moved = clock.moved_to(REAL + by, REAL)

    assert moved.mode == "offset"
    assert moved.now(REAL) == REAL + by
    assert moved.now(REAL + MINUTE) == REAL + by + MINUTE


def test_a_frozen_clock_that_is_moved_stays_frozen() -> None:
    """It shows the wanted instant, and goes on showing it."""
    moved = Clock("frozen", frozen_at=REAL).moved_to(REAL + MINUTE, REAL)

    assert moved == Clock("frozen", frozen_at=REAL + MINUTE)
    assert moved.now(REAL + 9 * MINUTE) == REAL + MINUTE


def test_moving_a_clock_leaves_the_old_one_as_it_was() -> None:
    """Clocks are values."""
    clock = Clock("frozen", frozen_at=REAL)

    clock.moved_to(REAL + MINUTE, REAL)

    assert clock.frozen_at == REAL
