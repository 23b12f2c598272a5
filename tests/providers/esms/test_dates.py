"""Dates of eSMS: year first, Vietnamese time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from otp_sandbox.providers.esms.dates import period_date, sending_date, to_the_second, write_instant

AT = datetime(2025, 1, 1, 6, 0, 0, tzinfo=UTC) - timedelta(hours=7)


@pytest.mark.parametrize("text", ["2025-01-01 06:00:00", "2025/01/01 06:00:00", "  2025-01-01 06:00:00\n"])
def test_a_date_is_vietnamese_time(text: str) -> None:
    """Seven hours before it is that time in UTC; slashes stand on the voice pages."""
    assert sending_date(text) == AT


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "2025-01-01",
        "2025-01-01T06:00:00",
        "2025-01-01 06:00",
        "2025-01-01 06:00:00.5",
        "2025-01-01 06:00:00Z",
        "2025-01-01  06:00:00",
        "2025-1-1 6:00:00",
        "2025-01/01 06:00:00",
        "01-01-2025 06:00:00",
        "2025-02-29 06:00:00",
        "2025-13-01 06:00:00",
        "2025-01-32 06:00:00",
        "2025-01-01 24:00:00",
        "2025-01-01 06:60:00",
        "2025-01-01 06:00:60",
        "0000-01-01 06:00:00",
        "-025-01-01 06:00:00",
        "٢٠٢٥-01-01 06:00:00",
        "1735689600",
        "now",
    ],
)
def test_anything_else_is_no_date(text: str) -> None:
    """Nothing is guessed."""
    assert sending_date(text) is None
    assert period_date(text) is None


@pytest.mark.parametrize("text", ["0001-01-01 00:00:00", "9999-12-31 23:59:59", "2024-02-29 00:00:00"])
def test_the_first_and_the_last_day_of_the_calendar_can_be_compared(text: str) -> None:
    """Though one of them has no counterpart in UTC."""
    date = sending_date(text)

    assert date is not None
    assert (date < AT) == (not text.startswith("9999"))


def test_a_period_is_written_with_dashes_only() -> None:
    """The page has one form."""
    assert period_date("2025-01-01 06:00:00") == AT
    assert period_date("2025/01/01 06:00:00") is None


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2024, 1, 17, 9, 34, 8, 995_000, tzinfo=UTC), "/Date(1705484048995+0700)/"),
        (datetime(2024, 1, 17, 9, 34, 8, 995_999, tzinfo=UTC), "/Date(1705484048995+0700)/"),
        (datetime(2024, 1, 17, 9, 34, 8, tzinfo=UTC), "/Date(1705484048000+0700)/"),
    ],
)
def test_an_instant_is_written_in_milliseconds(at: datetime, text: str) -> None:
    """The sample, to the millisecond; the offset does not shift the number."""
    assert write_instant(at) == text
    assert write_instant(at.astimezone(AT.tzinfo)) == text


def test_parts_of_a_second_are_cut_off() -> None:
    """They are not rounded."""
    assert to_the_second(AT + timedelta(microseconds=999_999)) == AT
