"""What is wrong with values of the right types: members that nobody knows, numbers and instants that break later."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from math import isfinite
from typing import Any, Final, TypeAlias

import msgspec

Wrong: TypeAlias = tuple[str, str]
"""A place, as a dotted path, and what is wrong there."""
_NUMBER_MOST: Final = 2**63


def unknown_members(place: str, sent: Any, known: Any) -> Iterator[Wrong]:
    """Find the members of JSON that are not there when it is written again."""
    if isinstance(sent, dict) and isinstance(known, dict):
        for name, value in sent.items():
            if name not in known:
                yield f"{place}.{name}", "is not known here"
            elif isinstance(value, dict | list):
                yield from unknown_members(f"{place}.{name}", value, known[name])
    elif isinstance(sent, list) and isinstance(known, list | tuple):
        for number, (value, other) in enumerate(zip(sent, known, strict=False)):
            if isinstance(value, dict | list):
                yield from unknown_members(f"{place}.{number}", value, other)


def wrong_values(place: str, value: Any, providers: Collection[str]) -> Iterator[Wrong]:
    """Find what a lane cannot work with: numbers that JSON writers have not, instants without an offset, strangers."""
    if isinstance(value, Mapping):
        members: Iterable[tuple[Any, Any]] = value.items()
    elif isinstance(value, list | tuple):
        members = enumerate(value)
    else:
        wrong = _what_is_wrong(value)
        if wrong:
            yield place, wrong
        members = _members(value)
    for name, each in members:
        if name == "provider" and isinstance(each, str) and each not in providers:
            yield f"{place}.provider", "is no provider here"
        if each is not None and not isinstance(each, str):
            yield from wrong_values(f"{place}.{name}", each, providers)


def _what_is_wrong(value: Any) -> str | None:
    match value:
        case int() if not -_NUMBER_MOST <= value < _NUMBER_MOST:
            return "is no whole number of 64 bits"
        case float() if not isfinite(value):
            return "is no number"
        case datetime() if value.tzinfo is None:
            return "has no offset"
    return None


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    names: Iterable[str] = ()
    if isinstance(value, msgspec.Struct):
        names = value.__struct_fields__
    elif is_dataclass(value):
        names = (each.name for each in fields(value))
    return ((name, getattr(value, name)) for name in names)
