"""Answers are compared with what was kept of them: byte for byte, but for what was masked or cut."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_sandbox.play.journal import BODY_MOST
from otp_sandbox.replay.difference import first_difference, same


@given(st.text("ab*", max_size=12), st.text("ab*", max_size=12))
def test_a_mask_stands_for_anything(kept: str, answer: str) -> None:
    expected = re.fullmatch(".*".join(map(re.escape, kept.split("***"))), answer) is not None

    assert same(kept.encode(), answer.encode()) is expected


def test_many_masks_take_no_time() -> None:
    """Whatever a client wrote into a text is in the answer that repeats it."""
    kept = b"*** " * 4_000

    assert same(kept + b"1", kept + b"1")
    assert not same(kept + b"1", kept + b"2")


@pytest.mark.parametrize(("more", "expected"), [(0, False), (1, True)])
def test_what_was_cut_is_compared_as_far_as_it_was_kept(more: int, expected: bool) -> None:  # noqa: FBT001
    kept = b"x" * (BODY_MOST - 1 + more)

    assert same(kept, kept + b"more") is expected


def test_a_mask_is_no_difference_that_is_told() -> None:
    """Nor is the secret shown that stands in its place."""
    told = first_difference(b'{"Token":"***","Code":"1"}', b'{"Token":"SECRET","Code":"2"}')

    assert told == 'Code was "1" and is "2"'
