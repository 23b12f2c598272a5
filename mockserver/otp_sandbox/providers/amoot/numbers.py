"""Whole numbers as text, and what counts as a number in a pattern (`amoot.numbers-as-text`)."""

from __future__ import annotations

import re
from typing import Final

from otp_sandbox.providers.amoot.phones import DIGITS

_MOST_DIGITS: Final = 18
"""As many as always fit the provider's 64 bits."""
_LONGEST: Final = 40
_LIMIT: Final = 2**63
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


def long_number(text: str) -> int | None:
    """Read a whole number of 64 bits; None for anything else."""
    if len(text) > _LONGEST or whole(text) is None:
        return None
    number = int(text.translate(DIGITS))
    return number if -_LIMIT <= number < _LIMIT else None


def message_number(text: str) -> int | None:
    """Read a MessageID: a whole number of 64 bits above zero (`amoot.delivery-id-invalid`)."""
    number = long_number(text)
    return number if number is not None and number > 0 else None


def numeric(text: str) -> bool:
    """Whether a text is a number, with a fraction or without, in any of these digits."""
    return _number(text.strip().translate(DIGITS)) is not None
