"""Lists as a request may write them: in one text with separators, as a JSON array, as a repeated field.

A repeated field and an array of plain values reach the provider joined by commas, any other array as JSON.
"""

from __future__ import annotations

import re
from typing import Any, Final

import orjson

_separator: Final = re.compile(r"[,;|\r\n]").split


def entries(text: str) -> list[str]:
    """Split a list at commas, semicolons, upright bars and ends of lines; blanks around and empty entries are dropped.

    Texts in a JSON array are split as well. What is no plain value in it stays one entry, which nothing can read.
    """
    array = json_array(text)
    if array is None:
        parts = _separator(text)
    else:
        parts = [part for each in array for part in ([str(each)] if _nests(each) else _separator(plain(each)))]
    return [entry for part in parts if (entry := part.strip())]


def by_comma(text: str) -> list[str] | None:
    """Split the values of a pattern: at commas and nothing else, or as they stand in a JSON array.

    Nothing is trimmed or dropped, because each value belongs to the variable at its place. None if the array holds
    what is no plain value.
    """
    array = json_array(text)
    if array is None:
        return text.split(",")
    return None if any(map(_nests, array)) else [plain(each) for each in array]


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
