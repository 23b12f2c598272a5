"""`SendDateTime` of Amoot: every documented spelling is read, and none is ever an error."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otp_sandbox.providers.amoot import dates
from otp_sandbox.providers.amoot.dates import TEHRAN, sending_time

NOW = datetime(2023, 7, 23, 9, 0, tzinfo=UTC)
AT = datetime(2023, 7, 23, 13, 40, tzinfo=TEHRAN)


@pytest.mark.parametrize(
    "text",
    [
        "2023-07-23T13:40:00+03:30",
        "2023-07-23T13:40:00+0330",
        "2023-07-23T13:40:00 03:30",
        "2023-07-23T13:40:00.0000000+03:30",
        "2023-07-23 13:40:00.000000+03:30",
        "2023-07-23 13:40:00 +03:30",
        "2023-07-23 13:40:00  03:30",
        "2023-07-23 13:40 03:30",
        "2023-07-23T10:10:00Z",
        "2023-07-23T10:10:00.000Z",
        "2023-07-23t10:10:00z",
        "2023-07-23T10:10:00 00:00",
        "2023-07-23T10:10:00-00:00",
        "2023-07-23T05:10:00-05:00",
        "2023-07-24T00:10:00+14:00",
        "2023-07-23 13:40:00",
        "2023-07-23 13:40",
        "2023-07-23T13:40",
        "2023-7-23 13:40:0",
        "2023/07/23 13:40:00",
        "2023/07/23 13:40",
        "2023/7/23 1:40:00 PM",
        "  2023-07-23 13:40:00\n",
    ],
)
def test_a_date_with_the_year_first_is_read(text: str) -> None:
    """PHP, JavaScript, Python and the documents write these; without an offset it is Tehran's time."""
    assert sending_time(text, NOW) == AT


@pytest.mark.parametrize(
    "text",
    [
        "7/23/2023 1:40:00 PM",
        "7/23/2023 1:40:00 pm",
        "7/23/2023 1:40:00PM",
        "7/23/2023 1:40:00\u202fPM",  # the narrow space of newer .NET
        "7/23/2023 1:40 PM",
        "07/23/2023 13:40:00",
        "07/23/2023 13:40",
        "7/23/2023 1:40:00 PM +03:30",
        "7/23/2023 1:40:00 PM  03:30",
        "23/07/2023 13:40:00",
        "23/7/2023 1:40:00 PM",
    ],
)
def test_a_date_as_csharp_writes_it_is_read(text: str) -> None:
    """The month comes first, and the day does where the first number cannot be a month."""
    assert sending_time(text, NOW) == AT


def test_a_date_that_could_be_either_has_the_month_first() -> None:
    """The provider's C# samples are American."""
    assert sending_time("8/9/2023 13:40:00", NOW) == datetime(2023, 8, 9, 13, 40, tzinfo=TEHRAN)


@pytest.mark.parametrize(("written", "hour"), [("12:30 AM", 0), ("1:30 AM", 1), ("12:30 PM", 12), ("11:30 PM", 23)])
def test_twelve_in_the_morning_is_midnight_and_twelve_in_the_afternoon_is_noon(written: str, hour: int) -> None:
    """The twelve-hour clock has no zero."""
    assert sending_time(f"7/24/2023 {written}", NOW) == datetime(2023, 7, 24, hour, 30, tzinfo=TEHRAN)


@pytest.mark.parametrize(
    "text",
    [
        "1402/05/01 13:40:00",
        "1402/5/1 13:40",
        "1402-05-01 13:40:00",
        "1402-05-01T13:40:00+03:30",
        "1402/05/01 01:40:00 ب.ظ",
        "۱۴۰۲/۰۵/۰۱ ۱۳:۴۰:۰۰",
        "١٤٠٢/٠٥/٠١ ١٣:٤٠:٠٠",
        "5/1/1402 1:40:00 PM",
    ],
)
def test_a_year_of_the_persian_calendar_is_jalali(text: str) -> None:
    """A C# program on a Persian machine writes these; 1402/05/01 is 2023-07-23."""
    assert sending_time(text, NOW) == AT


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1403/12/30 00:00", datetime(2025, 3, 20, tzinfo=TEHRAN)),
        ("1500/01/01 00:00", datetime(2121, 3, 21, tzinfo=TEHRAN)),
        ("1402/12/30 00:00", NOW),  # not a leap year
        ("1402/07/31 00:00", NOW),
        ("1501/01/01 00:00", NOW),  # Gregorian, and past
        ("1299/01/01 00:00", NOW),
        ("1300/01/01 00:00", NOW),  # Jalali, and past
    ],
)
def test_the_persian_calendar_has_its_own_limits(text: str, at: datetime) -> None:
    """Days that it does not have mean now; years outside 1300 to 1500 are not its own."""
    assert sending_time(text, NOW) == at


def test_persian_and_arabic_digits_are_read_in_a_gregorian_date() -> None:
    """Digits may be mixed."""
    assert sending_time("۲۰۲۳-٠٧-23T۱۳:٤٠:00+۰۳:۳۰", NOW) == AT


@pytest.mark.parametrize(
    ("fraction", "microsecond"),
    [("1", 100_000), ("123", 123_000), ("123456", 123_456), ("1234567", 123_456), ("9999999", 999_999)],
)
def test_a_fraction_is_cut_to_microseconds(fraction: str, microsecond: int) -> None:
    """.NET writes seven digits."""
    assert sending_time(f"2023-07-23T13:40:00.{fraction}+03:30", NOW) == AT.replace(microsecond=microsecond)


def test_a_date_without_a_time_is_its_midnight() -> None:
    """In Tehran, where the day begins at half past eight in the evening of UTC."""
    midnight = datetime(2023, 7, 23, 20, 30, tzinfo=UTC)
    assert sending_time("2023-07-24", NOW) == midnight
    assert sending_time("7/24/2023", NOW) == midnight


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "0",
        "۰",
        "null",
        "now",
        "True",
        "1690106400",
        "2099",
        "2099-02-01-18:50",  # the form of the vendor's own constant
        "2023-02-01-18:50",
        "2099-07-23T",
        "2099-07-23T13",
        "2099-07-23 13:40:00.",
        "2099-07-23T13:40:0003:30",
        "2099-07-23T13:40:00 0330",
        "2099-07-23T13:40:00+3",
        "2099-07-23T13:40:00+03:60",
        "2099-07-23T13:40:00+24:00",
        "2099-07-23T13:40:00-99:00",
        "2099-07-23T13:40:00Z+03:30",
        "2099-07/23 13:40:00",
        "2099-13-01 13:40:00",
        "2099-00-01 13:40:00",
        "2099-02-29 13:40:00",
        "2099-07-00 13:40:00",
        "2099-07-23 24:00:00",
        "2099-07-23 25:00:00",
        "2099-07-23 13:60:00",
        "2099-07-23 13:40:60",
        "7/23/2099 13:40:00 PM",
        "13/13/2099 13:40:00",
        "0000-07-23 13:40:00",
        "0/0/0000 0:00:00 AM",
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59.9999999",
        "9999-12-31T23:59:59-12:00",
        "9999-01-01T00:00:00Z",
        "10000-01-01 00:00:00",
        "99999999999999999999",
        "2099-07-23 13:40:00\x00",
        "２０９９-07-23 13:40:00",
    ],
)
def test_what_cannot_be_read_means_now(text: str) -> None:
    """There is no status for a wrong date, and the vendor's own module sends one."""
    assert sending_time(text, NOW) == NOW


def test_the_year_before_the_last_is_still_a_time() -> None:
    """Only the year 9999 has no room behind it."""
    assert sending_time("9998-12-31T23:59:59Z", NOW) == datetime(9998, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("away", [timedelta(seconds=1), timedelta(microseconds=1), timedelta(days=1)])
def test_a_time_in_the_future_is_kept_and_a_time_in_the_past_means_now(away: timedelta) -> None:
    """The border is the present instant itself."""
    assert sending_time((NOW + away).isoformat(), NOW) == NOW + away
    assert sending_time(NOW.isoformat(), NOW) == NOW
    assert sending_time((NOW - away).isoformat(), NOW) == NOW


def test_the_offset_decides_what_is_past() -> None:
    """The same wall clock is past in Tehran and future in UTC."""
    noon = NOW.astimezone(TEHRAN)
    assert sending_time("2023-07-23T12:00:00+03:30", noon) == noon
    assert sending_time("2023-07-23T12:00:00Z", noon) == datetime(2023, 7, 23, 12, 0, tzinfo=UTC)


def test_a_long_text_is_refused_quickly() -> None:
    """White space and digits without end do not make the reading slow."""
    for filling in (" ", "0", "۰", " 0", "-"):
        for head in ("2099-07-23", "2099-07-23 13:40:00", "2099-07-23 13:40:00.1", "7/23/2099 1:40:00 PM"):
            assert sending_time(head + filling * 100_000 + "x", NOW) == NOW


def test_the_persian_calendar_is_imported_only_for_a_persian_date() -> None:
    """Its import is slow, and starting up has to be quick."""
    script = (
        "import sys; from datetime import UTC, datetime; from otp_sandbox.providers.amoot.dates import sending_time; "
        "sending_time('2023-07-23 13:40', datetime.now(UTC)); assert 'jdatetime' not in sys.modules; "
        "sending_time('1402/05/01 13:40', datetime.now(UTC)); assert 'jdatetime' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


instants = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001  (hypothesis wants them naive)
texts = st.one_of(
    st.text(),
    st.from_regex(dates._YEAR_FIRST, fullmatch=True),
    st.from_regex(dates._YEAR_LAST, fullmatch=True),
    st.from_regex(r"1[345][0-9]{2}/[01]?[0-9]/[0-3]?[0-9] [0-2]?[0-9]:[0-5][0-9]", fullmatch=True),
)


@settings(deadline=None, derandomize=True)
@given(texts, instants)
def test_any_text_gives_a_time_that_is_not_past(text: str, now: datetime) -> None:
    """No text whatever is an error, and the time can be shown in Tehran or UTC."""
    at = sending_time(text, now)
    assert at >= now
    assert at.tzinfo is not None
    if at != now:
        assert at.astimezone(TEHRAN) == at.astimezone(UTC) == at


@settings(deadline=None, derandomize=True)
@given(
    st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(9998, 12, 30), timezones=st.just(TEHRAN)),  # noqa: DTZ001  (hypothesis wants them naive)
    st.sampled_from(
        ["{0:%Y-%m-%d %H:%M:%S}", "{0:%Y/%m/%d %H:%M:%S}", "{0:%m/%d/%Y %H:%M:%S}", "{0:%m/%d/%Y %I:%M:%S %p}"]
    ),
)
def test_a_future_second_survives_every_form(at: datetime, form: str) -> None:
    """Writing a time of Tehran and reading it gives it back."""
    assert sending_time(form.format(at), NOW) == at.replace(microsecond=0)
