"""Texts and templates: what fits, and what it costs to see that."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_sandbox.providers.esms import templates
from otp_sandbox.providers.esms.account import Brandname


@pytest.mark.parametrize(
    ("template", "text", "fits"),
    [
        ("{P1,8} la ma", "12345678 la ma", True),
        ("{P1,8} la ma", "123456789 la ma", False),
        ("{P1,8} la ma", "1 la ma", True),
        ("{P1,8} la ma", " la ma", False),
        ("{P1,8} la ma", "1 la ma ", False),
        ("ma {P1,3}", "ma 123", True),
        ("ma {P1,3}", "ma 1234", False),
        ("ma {P1,3}", "ma ", False),
        ("ma", "ma", True),
        ("ma", "mama", False),
        ("", "", True),
        ("", "a", False),
        ("{P1,2}{P2,2}", "a", False),
        ("{P1,2}{P2,2}", "ab", True),
        ("{P1,2}{P2,2}", "abcd", True),
        ("{P1,2}{P2,2}", "abcde", False),
        ("{P1,0}", "", False),
        ("{P1,0}", "a", False),
        ("a{P1,5}a{P2,1}a", "aaaaaaa", True),
        ("a{P1,5}a{P2,1}a", "aaaa", False),
        ("{P1,5}ab{P2,5}", "ababab", True),
        ("{P1,3}\n{P2,3}", "a\nb", True),
        ("{P1,3}", "a\nb", False),
        ("{P1,3}x", "\nx", False),
        ("{P1,9}x{P2,9}", "ax\nbx\n", False),
        ("a.c {P1,3}", "abc 1", False),
        ("{P1}", "{P1}", True),
        ("{P1,1234567890}", "{P1,1234567890}", True),
    ],
)
def test_a_text_fits_a_template_or_not(template: str, text: str, *, fits: bool) -> None:
    """Compared whole; each place takes one character to so many, and no end of a line."""
    assert templates.fits((template,), text) is fits


def test_blanks_around_a_template_and_a_text_do_not_count() -> None:
    assert Brandname("B", ("  {P1,8} la ma\n",)).takes(" 123 la ma ")


_TEMPLATES = st.lists(st.sampled_from(["a", "ab", "b", "\n", "{P1,1}", "{P2,2}", "{P1,5}", "{P9,30}"]), max_size=6).map(
    "".join
)


@given(template=_TEMPLATES, text=st.text(alphabet="ab\n", max_size=12))
def test_it_is_what_a_regular_expression_says(template: str, text: str) -> None:
    """Of any template and text, as far as such an expression comes to an end."""
    parts = re.split(r"\{P\d+,(\d+)\}", template.strip())
    pattern = "".join(f".{{1,{part}}}" if index % 2 else re.escape(part) for index, part in enumerate(parts))

    assert templates.fits((template,), text) is (re.fullmatch(pattern, text) is not None)


def _steps(template: str, text: str) -> int:
    calls = 0

    def count(*_: Any) -> None:
        nonlocal calls
        calls += 1

    templates.fits((template,), "")
    sys.setprofile(count)
    try:
        assert not templates.fits((template,), text)
    finally:
        sys.setprofile(None)
    return calls


def test_more_places_cost_no_more_than_their_number() -> None:
    """Five places of 100 took two seconds as a regular expression, and each further one a hundred times more."""
    text = "a" * 400 + "b"

    assert _steps("{P1,100} a" * 40, " a" * 2000 + "b") <= 2.5 * _steps("{P1,100} a" * 20, " a" * 1000 + "b") * 2
    assert _steps("{P1,100}a" * 20 + "c", text) <= 2.5 * _steps("{P1,100}a" * 10 + "c", text)


def test_a_longer_text_costs_no_more_than_its_length() -> None:
    """Twice the text, twice the steps."""
    template = "{P1,90000}a{P2,90000}a{P3,90000}c"

    assert _steps(template, "a" * 8000) <= 2.2 * _steps(template, "a" * 4000)


def test_a_text_that_is_longer_than_any_that_fits_is_not_looked_at() -> None:
    """Nobody has to go through it."""
    assert _steps("{P1,100}a" * 5, "a" * 60_000) < 20
