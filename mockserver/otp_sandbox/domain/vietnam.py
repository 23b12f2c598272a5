"""Vietnam's telephone numbers and time, which two providers have in common."""

from __future__ import annotations

import re
from datetime import timedelta, timezone
from typing import Final, NamedTuple

TIME: Final = timezone(timedelta(hours=7))
"""Seven hours ahead of UTC, all year since 1975."""

VIETTEL: Final = ("32", "33", "34", "35", "36", "37", "38", "39", "86", "96", "97", "98")
MOBIFONE: Final = ("70", "76", "77", "78", "79", "89", "90", "93")
VINAPHONE: Final = ("81", "82", "83", "84", "85", "88", "91", "94")
VIETNAMOBILE: Final = ("52", "56", "58", "92")
GTEL: Final = ("59", "99")
ITEL: Final = ("87",)
REDDI: Final = ("55",)
"""The prefixes of the public numbering plan by carrier, without the zero in front."""

_SEPARATORS: Final = str.maketrans("", "", " .-")
_written: Final = re.compile(r"(?:\+?84|0)([1-9][0-9]{8})").fullmatch


class Carrier(NamedTuple):
    """A carrier as a provider numbers and names it."""

    id: int
    name: str
    prefixes: tuple[str, ...]


def fold(text: str) -> str | None:
    """Give the E.164 form of `0xxxxxxxxx`, `84xxxxxxxxx` or `+84xxxxxxxxx`; blanks, dots and dashes do not count."""
    match = _written(text) or _written(text.translate(_SEPARATORS))
    return None if match is None else "+84" + match[1]
