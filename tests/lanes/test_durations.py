"""Lengths of time as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_sandbox.lanes import durations

MILLISECOND = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        (0, timedelta(0)),
        ("0", timedelta(0)),
        ("0s", timedelta(0)),
        ("500ms", timedelta(milliseconds=500)),
        ("2m1s", timedelta(minutes=2, seconds=1)),
        ("1d2h3m4s5ms", timedelta(days=1, hours=2, minutes=3, seconds=4, milliseconds=5)),
        ("1.5s", timedelta(milliseconds=1500)),
        ("90m", timedelta(minutes=90)),
        ("5ms1m", timedelta(minutes=1, milliseconds=5)),
        ("PT2M1S", timedelta(minutes=2, seconds=1)),
        ("PT0.5S", timedelta(milliseconds=500)),
        ("P1D", timedelta(days=1)),
        ("P1DT2H3M4.5S", timedelta(days=1, hours=2, minutes=3, seconds=4, milliseconds=500)),
        ("PT36H", timedelta(hours=36)),
        ("PT0S", timedelta(0)),
    ],
)
def test_a_length_is_read_as_it_is_written(text: object, length: timedelta) -> None:
    """Short or ISO 8601, with fractions, in any order of the short units."""
    assert durations.parse(text) == length


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "5", "5x", "s", "1s ", " 1s", "-5s", "+5s", "1,5s", "1.s", ".5s", "1e3s", "5S", "2m1"),
        *("P", "PT", "pt5s", "P1M", "P1Y", "P1W", "PT1S1M", "PT5", "-PT5S", "٥s", "1s\n", "PT5S\n"),
        *(5, 1.5, True, False, None, [], {}, ["5s"], timedelta(seconds=5)),
    ],
)
def test_what_is_no_length_is_refused_with_examples(text: object) -> None:
    """The text shows what was given and what would be right."""
    with pytest.raises(ValueError, match="is not a duration; write") as refusal:
        durations.parse(text)

    assert str(refusal.value).startswith(repr(text))
    assert '"2m1s"' in str(refusal.value)


@pytest.mark.parametrize("text", ["1000000000d", "9" * 99 + "s", "P1000000000D", "P" + "9" * 98 + "D"])
def test_what_is_longer_than_can_be_counted_is_refused(text: str) -> None:
    """It is no other error than a wrong text."""
    with pytest.raises(ValueError, match="is longer than time can be counted"):
        durations.parse(text)


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(0), "0s"),
        (timedelta(minutes=2, seconds=1), "2m1s"),
        (timedelta(milliseconds=500), "500ms"),
        (timedelta(seconds=300), "5m"),
        (timedelta(hours=24), "1d"),
        (timedelta(days=1, hours=2, minutes=3, seconds=4, milliseconds=5), "1d2h3m4s5ms"),
        (timedelta(minutes=-2), "-2m"),
        (timedelta(days=-1, milliseconds=-500), "-1d500ms"),
        (timedelta(microseconds=400), "0s"),
        (timedelta(microseconds=600), "1ms"),
    ],
)
def test_a_length_is_written_short(length: timedelta, text: str) -> None:
    """The largest units first, none that is zero, to the millisecond."""
    assert durations.spell(length) == text


@given(st.integers(0, 100 * 365 * 86_400_000))
def test_what_is_written_reads_back(milliseconds: int) -> None:
    """Spelling and reading are each other's inverse, for a hundred years."""
    length = milliseconds * MILLISECOND

    assert durations.parse(durations.spell(length)) == length


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text does anything else."""
    try:
        length = durations.parse(text)
    except ValueError as error:
        assert "duration" in str(error) or "longer" in str(error)  # noqa: PT017  (either is right)
    else:
        assert length >= timedelta(0)


def test_a_text_that_is_too_long_is_not_looked_at() -> None:
    """Nor is it repeated."""
    assert durations.parse("1s" * 50) == timedelta(seconds=50)

    with pytest.raises(ValueError, match="is longer than 100 characters") as refusal:
        durations.parse("1s" * 50 + "1")

    assert "1s1s" not in str(refusal.value)
