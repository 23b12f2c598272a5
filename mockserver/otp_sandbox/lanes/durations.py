"""Lengths of time as people write them: `2m1s`, `500ms`, `PT2M1S`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

TEXT_MOST: Final = 100
"""Characters of a length of time: whoever wrote more meant something else."""
_UNITS: Final = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_SHORT: Final = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|d|h|m|s))+", re.ASCII)
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|d|h|m|s)", re.ASCII)
_ISO: Final = re.compile(
    r"P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII
)
PATTERN: Final = rf"^(?:{_SHORT.pattern}|(?=P.*[0-9]){_ISO.pattern})$".replace(r"\d", "[0-9]")
"""What a schema can say of a length of time that is not 0."""


def parse(text: object) -> timedelta:
    """Read a length of time. A bare 0 is allowed.

    Raises:
        ValueError: it is not one; the text says what would be right.
    """
    if text in (0, "0") and not isinstance(text, bool):
        return timedelta(0)
    if isinstance(text, str) and len(text) > TEXT_MOST:
        raise ValueError(f'is longer than {TEXT_MOST} characters; write it like "2m1s"')
    try:
        if isinstance(text, str):
            if _SHORT.fullmatch(text):
                return timedelta(milliseconds=sum(float(n) * _UNITS[unit] for n, unit in _PART.findall(text)))
            iso = _ISO.fullmatch(text)
            if iso is not None and any(iso.groups()):
                days, hours, minutes, seconds = (float(part or 0) for part in iso.groups())
                return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError as error:
        raise ValueError(f"{text!r} is longer than time can be counted") from error
    raise ValueError(f'{text!r} is not a duration; write "2m1s", "500ms" or ISO 8601 like "PT2M1S"')


def spell(length: timedelta) -> str:
    """Write a length of time in the short form; negative ones begin with a minus."""
    left = round(length / timedelta(milliseconds=1))
    sign, left = ("-", -left) if left < 0 else ("", left)
    parts = []
    for unit, size in _UNITS.items():
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return sign + ("".join(parts) or "0s")
