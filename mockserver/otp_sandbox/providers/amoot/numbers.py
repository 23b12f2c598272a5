"""Whole numbers as text, and what counts as a number in a pattern (reference 2.2)."""

from __future__ import annotations

import re
from typing import Final

from otp_sandbox.providers.amoot.phones import DIGITS

_MOST_DIGITS: Final = 18
"""As many as always fit the provider's 64 bits."""
_whole: Final = re.compile(r"([+-]?)([0-9]+)").fullmatch
_number: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?").fullmatch


def whole(text: str) -> int | None:
    """Read a whole number in decimal digits, Persian and Arabic ones too; None when it is none.

    Blanks around it do not count. What has more digits than 64 bits hold counts as very large.
    """
    match = _whole(text.strip().translate(DIGITS))
    if match is None:
        return None
    digits = match[2].lstrip("0")
    number = int(digits or "0") if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS
    return -number if match[1] == "-" else number


def numeric(text: str) -> bool:
    """Whether a text is a number, with a fraction or without, in any of these digits."""
    return _number(text.strip().translate(DIGITS)) is not None
