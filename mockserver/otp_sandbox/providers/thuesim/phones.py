"""Spellings of a Vietnamese number, as thuesim takes and prints them (reference 4.8)."""

from __future__ import annotations

import re
from typing import Final

_SEPARATORS: Final = str.maketrans("", "", " .-")
_ANY: Final = re.compile(r"(?:\+?84|0|)([1-9][0-9]{8})")
_TEN_DIGITS: Final = re.compile(r"0([1-9][0-9]{8})")


def fold(text: str) -> str | None:
    """Give the E.164 form of any spelling; blanks, dots and dashes do not count."""
    return _e164(_ANY, text.translate(_SEPARATORS))


def ten_digits(text: str) -> str | None:
    """Give the E.164 form of the one spelling that renting again takes: the zero and nine digits."""
    return _e164(_TEN_DIGITS, text)


def national(phone: str) -> str:
    """Give the nine digits of an E.164 number."""
    return phone.removeprefix("+84")


def _e164(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.fullmatch(text)
    return "+84" + found.group(1) if found is not None else None
