"""Numbers as eSMS reads and writes them."""

from __future__ import annotations

from typing import Any, Final

import orjson

from otp_sandbox.contract import MISSING, Call
from otp_sandbox.domain.store import Change

_MOST_DIGITS: Final = 9


def integer(text: str) -> int | None:
    """Read a whole number as .NET does, leniently; longer than any sensible one counts as very large."""
    text = text.strip()
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isascii() and digits.isdigit()):
        return None
    number = int(digits) if len(digits) <= _MOST_DIGITS else int(digits.lstrip("0")[: _MOST_DIGITS + 1] or 0)
    return -number if text[0] == "-" else number


def positive_or(default: int, call: Call, name: str, change: Change[Any]) -> int:
    """Give the number above zero that a field has; what is missing or makes no sense is as if it were left out."""
    asked = call.values[name]
    if isinstance(asked, int) and asked >= 1:
        return asked
    if asked is not MISSING:
        change.warnings.append(f"{name} is no positive number: {default} holds")
    return default


def write_money(amount: int) -> orjson.Fragment:
    """Write dong as a number with four decimals."""
    return orjson.Fragment(f"{amount}.0000")
