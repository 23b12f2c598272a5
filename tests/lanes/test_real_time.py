"""The real time as lanes have it: it follows the machine's clock, but never goes back."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from otp_sandbox.lanes.real_time import never_back

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def test_it_is_the_machine_s_clock(real: Any) -> None:
    """To the microsecond, forward steps too: a machine that slept has been away."""
    now = never_back(real)
    told = []
    for step in (timedelta(0), timedelta(microseconds=1), HOUR):
        real.passes(step)
        told.append(now() - real.now)

    assert told == [timedelta(0)] * 3


def test_nothing_is_asked_before_the_time_is(real: Any) -> None:
    """A store that has the time tells it only when it is open; what its machine said before is no step back."""
    now = never_back(real)
    real.passes(-HOUR)

    assert now() == real.now


def test_after_a_step_back_it_goes_on_from_where_it_was(real: Any, caplog: pytest.LogCaptureFixture) -> None:
    """At the pace of the machine's clock; the log says so once."""
    now = never_back(real)
    before = now()

    real.passes(-HOUR)
    at_once = now()
    real.passes(5 * SECOND)
    later = now()

    assert at_once == before
    assert later == before + 5 * SECOND
    assert [each.getMessage() for each in caplog.records] == [
        "the machine's clock went back by 1:00:00; lanes go on from where they were"
    ]


def test_a_second_step_back_is_one_too(real: Any) -> None:
    """Steps add up."""
    now = never_back(real)
    before = now()

    for _ in range(2):
        real.passes(-HOUR)
        now()
    real.passes(SECOND)

    assert now() == before + SECOND


def test_a_tiny_step_back_is_not_told(real: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Clocks of virtual machines do that all the time."""
    now = never_back(real)
    before = now()
    real.passes(-timedelta(milliseconds=999))

    with caplog.at_level(logging.DEBUG):
        told = now()

    assert told == before
    assert caplog.records == []


def test_it_is_told_in_utc() -> None:
    """By default it is the machine's own."""
    before = datetime.now(UTC)

    told = never_back()()

    assert before <= told
    assert told.tzinfo is UTC
