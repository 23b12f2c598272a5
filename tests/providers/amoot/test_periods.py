"""Times of Amoot that must be right: those of periods are read strictly, those of answers written in Tehran time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from otp_sandbox.providers.amoot.dates import TEHRAN, exact_time, to_millisecond, write_time

AT = datetime(2023, 7, 23, 13, 40, tzinfo=TEHRAN)
PERIODS = ["GetMessages", "RecieveMessages"]


@pytest.mark.parametrize(
    "text",
    [
        "2023-07-23T13:40:00+03:30",
        "2023-07-23T13:40:00 03:30",
        "2023-07-23T10:10:00.000Z",
        "2023-07-23T13:40:00.0000000+03:30",
        "2023-07-23 13:40:00",
        "2023-07-23 13:40",
        "2023/07/23 13:40:00",
        "7/23/2023 1:40:00 PM",
        "07/23/2023 13:40:00",
        "1402-05-01 13:40:00",
        "1402/05/01 13:40",
        "۱۴۰۲/۰۵/۰۱ ۱۳:۴۰:۰۰",
        " 2023-07-23 13:40:00 ",
    ],
)
def test_the_spellings_are_those_of_the_sending_time(text: str) -> None:
    """With and without an offset, in both calendars."""
    assert exact_time(text) == AT


@pytest.mark.parametrize(
    ("text", "day"), [("2023-07-23", AT.replace(hour=0, minute=0)), ("1402/05/01", AT.replace(hour=0, minute=0))]
)
def test_a_day_alone_is_its_midnight(text: str, day: datetime) -> None:
    assert exact_time(text) == day


@pytest.mark.parametrize(
    "text",
    [
        " ",
        "0",
        "now",
        "2023-02-01-18:50",
        "2023-02-30 00:00:00",
        "2023-07-23 24:00:00",
        "2023-07-23T13:40:60",
        "1402-13-01 00:00:00",
        "1402-12-30 00:00:00",  # no leap year
        "23:59",
        "1690105200",
        "2023-07-23 13:40:00 Tehran",
        "2023-07-23T13:40:00+24:00",
        "0000-00-00 00:00:00",
        pytest.param("1" * 5000, id="very-long"),
    ],
)
def test_anything_else_is_no_time(text: str) -> None:
    """Zero is not now here, and no day is made up."""
    assert exact_time(text) is None


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999", "1/1/0001 12:00:00 AM"])
def test_the_first_and_the_last_moment_of_dotnet_are_times(text: str) -> None:
    """Programs send them for everything; they can be compared although they leave the calendar in another zone."""
    at = exact_time(text)

    assert at is not None
    assert (at < AT) == text.startswith(("0001", "1/1"))


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (datetime(2025, 10, 25, 11, 46, 59, 590_000, UTC), "2025-10-25T15:16:59.59"),
        (datetime(2025, 10, 25, 11, 46, 59, 500_000, UTC), "2025-10-25T15:16:59.5"),
        (datetime(2025, 10, 25, 11, 46, 59, 56_000, UTC), "2025-10-25T15:16:59.056"),
        (datetime(2025, 10, 25, 11, 46, 59, 123_999, UTC), "2025-10-25T15:16:59.123"),
        (datetime(2025, 10, 25, 11, 46, 59, 999, UTC), "2025-10-25T15:16:59"),
        (datetime(2025, 10, 25, 11, 46, 0, 0, UTC), "2025-10-25T15:16:00"),
        (datetime(2025, 10, 25, 20, 30, 0, 0, UTC), "2025-10-26T00:00:00"),
        (datetime(2025, 7, 1, 0, 0, 0, 0, UTC), "2025-07-01T03:30:00"),  # no summer time
        (None, "0001-01-01T00:00:00"),
    ],
)
def test_a_time_is_written_in_tehran_without_zone_and_zeros_at_its_end(at: datetime | None, written: str) -> None:
    """Three digits of a second at most; what is not set is the first moment of .NET."""
    assert write_time(at) == written


def test_what_is_written_is_read_again_to_the_millisecond() -> None:
    """So the times of answers can be used as the ends of periods."""
    at = AT + timedelta(microseconds=123_456)

    assert exact_time(write_time(at)) == to_millisecond(at) == AT + timedelta(milliseconds=123)


@pytest.mark.parametrize("name", PERIODS)
@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({}, "success"),
        ({"FromDateTime": None}, "from_missing"),
        ({"FromDateTime": ""}, "from_missing"),
        ({"FromDateTime": "0"}, "from_date_time_invalid"),
        ({"FromDateTime": "yesterday"}, "from_date_time_invalid"),
        ({"ToDateTime": None}, "to_missing"),
        ({"ToDateTime": ""}, "to_missing"),
        ({"ToDateTime": "2023-02-01-18:50"}, "to_date_time_invalid"),
        ({"FromDateTime": "x", "ToDateTime": "y"}, "from_date_time_invalid"),
        ({"FromDateTime": "x", "ToDateTime": None}, "from_date_time_invalid"),
        ({"FromDateTime": None, "ToDateTime": "y"}, "from_missing"),
        ({"FromDateTime": "2025-10-22 00:00:00", "ToDateTime": "2025-10-22 00:00:00"}, "success"),
        (
            {"FromDateTime": "2025-10-22 00:00:00.0000010", "ToDateTime": "2025-10-22 00:00:00"},
            "from_date_time_is_after_than_to_date_time",
        ),
        (
            {"FromDateTime": "2025-10-22 00:00:00", "ToDateTime": "2025-10-21T20:29:59Z"},
            "from_date_time_is_after_than_to_date_time",
        ),
        ({"FromDateTime": "2025-10-22 00:00:00", "ToDateTime": "2025-10-21T20:30:00Z"}, "success"),
        ({"FromDateTime": "1404/07/29", "ToDateTime": "10/22/2025 12:00:00 AM"}, "success"),
        ({"FromDateTime": "0001-01-01T00:00:00", "ToDateTime": "9999-12-31T23:59:59.9999999"}, "success"),
    ],
)
async def test_a_period_is_checked_strictly(lane: Any, name: str, changes: dict[str, Any], cause: str) -> None:
    """The beginning first, then the end, then whether they are the right way round; both at once is a period."""
    assert (await lane.send(name, **changes)).cause == cause


@pytest.mark.parametrize("name", PERIODS)
async def test_a_refused_period_has_an_empty_list(lane: Any, name: str) -> None:
    """By name, as everywhere."""
    reply = await lane.answer(name, FromDateTime="2025-10-23 00:00:00")

    assert reply.body == b'{"Status":"FromDateTimeIsAfterThanToDateTime","Data":[]}'
