"""Lists as a request may write them: in one text with separators, as a JSON array, as a repeated field.

A repeated field and an array of plain values reach the provider joined by commas, any other array as JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import orjson

ENTRIES_MOST: Final = 1_000
"""Entries of a list: recipients, messages that are asked for, values of a pattern."""
_entries: Final = re.compile(r"[^,;|\r\n]+").finditer


def entries(text: str) -> list[str] | None:
    """Split a list at commas, semicolons, upright bars and ends of lines; blanks around and empty entries are dropped.

    Texts in a JSON array are split as well. What is no plain value in it stays one entry, which nothing can read.
    None if there are too many.
    """
    found = []
    for part in _parts(text):
        if entry := part.strip():
            found.append(entry)
            if len(found) > ENTRIES_MOST:
                return None
    return found


def _parts(text: str) -> Iterator[str]:
    array = json_array(text)
    for each in (text,) if array is None else array:
        if _nests(each):
            yield str(each)
        else:
            yield from (found.group() for found in _entries(plain(each)))


def by_comma(text: str) -> list[str] | None:
    """Split the values of a pattern: at commas and nothing else, or as they stand in a JSON array.

    Nothing is trimmed or dropped, because each value belongs to the variable at its place. None if the array holds
    what is no plain value, or there are too many.
    """
    array = json_array(text)
    if array is None:
        values = text.split(",", ENTRIES_MOST)
    elif any(map(_nests, array)):
        return None
    else:
        values = [plain(each) for each in array]
    return values if len(values) <= ENTRIES_MOST else None


def json_array(text: str) -> list[Any] | None:
    """Read a JSON array; None when the text is none."""
    if text.lstrip()[:1] != "[":
        return None
    try:
        read = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return read if isinstance(read, list) else None


def plain(value: object) -> str:
    """Write a plain value of JSON as a field has it: text as it is, null as nothing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _nests(value: object) -> bool:
    return isinstance(value, list | dict)
