"""Templates of texts: fixed parts, and places that take some characters of any kind.

`{P1,8}`, as the provider writes it, takes 1 to 8 characters; `{P1:8}` and `{P:8}` say the same. `{P}` takes any number.
`{OTP}` and `{CODE}` take a code.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

CODE_LENGTH_MAX: Final = 20
_IN_BRACES: Final = re.compile(r"(\{[^{}]*\})")
_read_place: Final = re.compile(r"\{P\d*(?:[,:](?P<most>[1-9]\d{0,4}))?\}").fullmatch
_LINE_END: Final = re.compile("\n")
_CODE_PLACES: Final = ("{OTP}", "{CODE}")


class Place(NamedTuple):
    """Takes 1 to `most` characters, None any number; `is_code` says that a code stands there."""

    most: int | None
    is_code: bool = False


def check(template: str) -> str:
    """Let a template pass.

    Raises:
        ValueError: something in braces is no place.
    """
    for part in _IN_BRACES.findall(template):
        if part not in _CODE_PLACES and _read_place(part) is None:
            raise ValueError(f"{part} is no place; places are {{OTP}}, {{CODE}}, {{P}}, {{P:6}} and {{P1,8}}")
    return template


def fits(templates: tuple[str, ...], text: str) -> bool:
    """Whether a text, compared whole, fits one of the templates."""
    return (_fits_again if len(text) <= _SHORT else _fits)(templates, text)


def _fits(templates: tuple[str, ...], text: str) -> bool:
    return any(
        _ends(_parts(template), text) is not None
        for template in templates
        if (most := _longest(template)) is None or len(text) <= most
    )


_SHORT: Final = 512
_fits_again: Final = lru_cache(maxsize=1024)(_fits)
"""A backend sends the same text again and again."""


def code_in(templates: tuple[str, ...], text: str) -> str | None:
    """Give what stands in a text where a template that it fits has its code; None where none says so."""
    for template in templates:
        parts = _parts(template)
        ends = _ends(parts, text) if any(isinstance(part, Place) and part.is_code for part in parts) else None
        if ends is not None:
            return _code(parts, ends, text)
    return None


@lru_cache(maxsize=256)
def _parts(template: str) -> tuple[str | Place, ...]:
    return tuple(map(_read, filter(None, _IN_BRACES.split(template.strip()))))


def _read(part: str) -> str | Place:
    if part in _CODE_PLACES:
        return Place(CODE_LENGTH_MAX, is_code=True)
    place = _read_place(part)
    return part if place is None else Place(int(place["most"]) if place["most"] else None)


@lru_cache(maxsize=256)
def _longest(template: str) -> int | None:
    """Give the characters of the longest text that fits; None where a place takes any number."""
    most = 0
    for part in _parts(template):
        if isinstance(part, str):
            most += len(part)
        elif part.most is None:
            return None
        else:
            most += part.most
    return most


_Ends = list[tuple[int, int]]
"""Where a part may end: stretches of positions, both ends included, in order and apart."""


def _ends(parts: tuple[str | Place, ...], text: str) -> list[_Ends] | None:
    """Tell where each part may end, the start before them; None if the whole does not fit.

    Takes time as long as the text is, for each part: a pattern of several places would take far longer.
    """
    ends: list[_Ends] = [[(0, 0)]]
    line_ends = [*(found.start() for found in _LINE_END.finditer(text)), len(text)]
    for part in parts:
        step = _end_fixed(ends[-1], part, text) if isinstance(part, str) else _end_place(ends[-1], part, line_ends)
        if not step:
            return None
        ends.append(step)
    return ends if ends[-1][-1][1] == len(text) else None


def _end_fixed(starts: _Ends, part: str, text: str) -> _Ends:
    found = []
    for first, last in starts:
        at = text.find(part, first, last + len(part))
        while at != -1:
            found.append((at + len(part), at + len(part)))
            at = text.find(part, at + 1, last + len(part))
    return _joined(found)


def _end_place(starts: _Ends, place: Place, line_ends: list[int]) -> _Ends:
    """Tell where a place may end. It takes no end of a line."""
    found = []
    for first, last in starts:
        start = first
        for index in range(bisect_left(line_ends, first), len(line_ends)):
            end = line_ends[index]
            latest = min(last, end - 1)
            if start <= latest:
                found.append((start + 1, end if place.most is None else min(latest + place.most, end)))
            start = end + 1
            if start > last:
                break
    return _joined(found)


def _joined(stretches: Iterable[tuple[int, int]]) -> _Ends:
    joined: _Ends = []
    for first, last in stretches:
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _code(parts: tuple[str | Place, ...], ends: list[_Ends], text: str) -> str | None:
    """Walk back from the end, and give what stands in the first place of a code."""
    code, end = None, len(text)
    for part, starts in zip(reversed(parts), reversed(ends[:-1]), strict=True):
        if isinstance(part, str):
            start = end - len(part)
        else:
            least = end - part.most if part.most is not None else 0
            start = next(min(last, end - 1) for first, last in reversed(starts) if first < end and last >= least)
            code = text[start:end] if part.is_code else code
        end = start
    return code
