"""Periodic sends of Amoot: when they fall due, and that a clock which is moved by years meets no crowd of events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.lanes.accounts import Invalid
from otp_sandbox.providers.amoot.account import PROVIDER
from otp_sandbox.providers.amoot.courses import COURSES, COURSES_MOST, END, EVENT, TYPES, Course, next_time
from otp_sandbox.providers.amoot.dates import TEHRAN

INSTANTS = st.datetimes(datetime(1950, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  (hypothesis adds the zone)
LONGEST = {"Daily": 1, "Weekly": 7, "Monthly": 31, "Yearly": 366}


def course(begins_at: datetime, kind: Any = "Daily") -> Course:
    """Make a course."""
    return Course(1, 1, kind, begins_at, "T", "+989120000000", "Test", "public", None, "CourseCreateSimple", "req-1")


@given(INSTANTS, INSTANTS, st.sampled_from(TYPES), st.sampled_from(["gregorian", "jalali"]))
def test_the_next_time_is_the_first_one_after(begins_at: datetime, after: datetime, kind: Any, calendar: str) -> None:
    """At the same time of the day; none is left out, and none comes twice."""
    made = course(begins_at, kind)
    at = next_time(made, after, calendar)

    assert at is not None
    assert at > after
    assert at >= begins_at
    assert (at + timedelta(hours=3, minutes=30)).time() == begins_at.astimezone(TEHRAN).time()
    if at > begins_at:
        assert at - max(after, begins_at) <= timedelta(days=LONGEST[kind])
        assert next_time(made, at - datetime.resolution, calendar) == at


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("calendar", ["gregorian", "jalali"])
def test_nothing_falls_due_at_the_end_of_the_calendar(kind: Any, calendar: str) -> None:
    assert next_time(course(END - timedelta(hours=1), kind), END - timedelta(minutes=1), calendar) is None
    assert next_time(course(datetime(1900, 1, 1, tzinfo=UTC), kind), datetime.max.replace(tzinfo=UTC), calendar) is None


async def test_a_course_has_one_event_at_any_time(lane: Any) -> None:
    """However often it rests and goes on, and however long nobody looked."""
    await lane.answer("CourseCreateSimple")
    for active in ("false", "true") * 5:
        await lane.answer("CourseSetActive", CourseID="100001", Active=active)
    lane.wait(days=4 * 365)
    fired = await lane.fire()

    assert [event.kind for event, _ in fired].count(EVENT) == 4 * 365
    assert sum(happened for _, happened in fired) == 2 * 1000  # sent and delivered, as far as the credit goes


async def test_a_course_that_is_gone_does_nothing(lane: Any) -> None:
    await lane.answer("CourseCreateSimple")
    await lane.write({(COURSES, "100001"): None})
    lane.wait(days=3)

    assert [happened for _, happened in await lane.fire()] == [False]
    assert await lane.due() == []


async def test_a_lane_holds_so_many_courses_at_most(lane: Any) -> None:
    for _ in range(COURSES_MOST + 1):
        await lane.answer("CourseCreateSimple")
    (group,) = orjson.loads((await lane.answer("CourseList")).body)["Data"]

    assert [each["CourseID"] for each in group["Courses"]] == list(range(100_002, 100_002 + COURSES_MOST))


async def test_where_every_group_is_known_those_that_are_used_are_listed(lane: Any) -> None:
    """So is one that the account has no more."""
    await lane.answer("CourseCreateSimple")
    lane.patch({"course_groups": None})
    await lane.answer("CourseCreateSimple", CourseGroupID="42")

    rows = orjson.loads((await lane.answer("CourseList")).body)["Data"]
    assert [(each["CourseGroupID"], each["Title"], len(each["Courses"])) for each in rows] == [
        (1, "1", 1),
        (42, "42", 1),
    ]


@pytest.mark.parametrize(
    ("groups", "place"),
    [
        ([{"id": 0, "title": "a"}], "course_groups"),
        ([{"id": 1}], "course_groups"),
        ([{"id": number, "title": ""} for number in range(1, 1002)], "course_groups"),
    ],
)
async def test_groups_of_an_account_have_bounds(lane: Any, groups: list[Any], place: str) -> None:
    with pytest.raises(Invalid) as refused:
        lane.patch({"course_groups": groups})

    assert refused.value.errors[0][0].startswith(place)


async def test_what_a_course_reads_is_named(lane: Any) -> None:
    """So that a store fetches it at once."""
    await lane.answer("CourseCreateSimple")
    lane.wait(days=1, hours=1)
    await lane.fire()

    assert lane.store.unnamed == []
    assert (await lane.get((ACCOUNTS, PROVIDER))).credit == 999_000
