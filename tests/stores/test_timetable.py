"""The timetable against the plainest one: a list that is sorted each time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_sandbox.domain.store import Event
from otp_sandbox.stores.timetable import Timetable

START = datetime(2026, 1, 1, tzinfo=UTC)
OFTEN_TOGETHER = st.integers(0, 40).map(lambda number: START + timedelta(milliseconds=100 * number))
ANY_TIME = st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  (the strategy puts the zone there)
STEPS = st.lists(st.one_of(OFTEN_TOGETHER, ANY_TIME, st.none()), max_size=200)


def event(at: datetime, number: int) -> Event:
    return Event(at, "delivery", "esms", str(number))


@given(STEPS)
def test_events_come_by_their_instant_and_then_as_they_were_added(steps: list[datetime | None]) -> None:
    timetable, waiting = Timetable(1000), []
    for number, at in enumerate(steps):
        if at is not None:
            timetable.add(event(at, number))
            waiting.append(event(at, number))
            waiting.sort(key=lambda each: each.at)
        elif waiting:
            assert timetable.first() == waiting.pop(0)
            timetable.take()
        assert (len(timetable), timetable.first_at) == (len(waiting), waiting[0].at if waiting else None)
    taken = []
    while (first := timetable.first()) is not None:
        taken.append(first)
        timetable.take()
    assert taken == waiting


@pytest.mark.parametrize("apart", [timedelta(), timedelta(milliseconds=1), timedelta(seconds=1)])
@pytest.mark.parametrize("backwards", [False, True])
def test_thousands_are_taken_in_order(apart: timedelta, *, backwards: bool) -> None:
    """More than are cleared away in one go."""
    timetable = Timetable(10_000)
    events = [event(START + number * apart, number) for number in range(5_000)]
    for each in reversed(events) if backwards else events:
        timetable.add(each)
    found = []
    while (first := timetable.first()) is not None:
        found.append(first)
        timetable.take()
    by_age = sorted(events, key=lambda each: (each.at, -int(each.id) if backwards else int(each.id)))
    assert found == by_age


@given(st.lists(OFTEN_TOGETHER, max_size=60), st.integers(2, 10))
def test_a_full_one_keeps_the_next_event(instants: list[datetime], most: int) -> None:
    timetable = Timetable(most)
    for number, at in enumerate(instants):
        timetable.add(event(at, number))
        assert len(timetable) == min(number + 1, most)
        assert timetable.first_at == min(instants[: number + 1])
