"""Accounts as JSON: shows them, and applies merge patches that are checked against the provider's account type."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import is_dataclass
from datetime import timedelta
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, get_type_hints

import orjson

from otp_sandbox.lanes import durations

if TYPE_CHECKING:
    from pydantic import TypeAdapter

DEPTH_MOST: Final = 16
ENTRIES_MOST: Final = 10_000
TEXT_MOST: Final = 10_000
VALUES_MOST: Final = 100_000
"""A patch at most: objects in objects, members of one, characters of a text, values altogether."""


class Invalid(Exception):
    """An account would not be one. `errors` are (field as a dotted path, what is wrong)."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{field}: {detail}" for field, detail in errors))
        self.errors = errors


def show_account(account: Any) -> Any:
    """Give an account as JSON values; lengths of time are spelled as everywhere in the control API."""
    return orjson.loads(orjson.dumps(account, default=durations.spell))


def patch_account(account: Any, patch: Any) -> Any:
    """Apply a JSON merge patch to an account. Null is the value null: accounts have no members to remove.

    Raises:
        Invalid: what would come out is no account, or the patch is larger than any account needs.
    """
    from pydantic import ValidationError  # noqa: PLC0415  (a third of the start-up time)

    if not isinstance(patch, dict):
        raise Invalid([("", "is not an object")])
    _check_size(patch)
    kind: Any = type(account)
    values = _merged(show_account(account), patch)
    errors: list[tuple[str, str]] = []
    _read_durations(kind, values, "", errors)
    if errors:
        raise Invalid(errors)
    try:
        return _checker(kind).validate_json(orjson.dumps(values), strict=True)
    except ValidationError as error:
        raise Invalid(
            [
                (".".join(map(str, each["loc"])), each["msg"].removeprefix("Value error, "))
                for each in error.errors(include_url=False, include_input=False)
            ]
        ) from error


def _check_size(patch: dict[str, Any]) -> None:
    """Hold a patch to what can be written again, before anything is made of it.

    Raises:
        Invalid: it is too deep or too large, or holds a number that JSON writers have not; the place is named.
    """
    left: list[tuple[tuple[str, ...], Any]] = [((), patch)]
    count = 0
    while left:
        place, value = left.pop()
        wrong = _what_is_wrong(value, len(place))
        if wrong:
            raise Invalid([(".".join(place), wrong)])
        if isinstance(value, dict | list):
            count += len(value)
            if count > VALUES_MOST:
                raise Invalid([(place[0] if place else "", f"holds more than {VALUES_MOST} values with what is in it")])
            members: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
            left += [((*place, str(name)), member) for name, member in members]


def _what_is_wrong(value: Any, depth: int) -> str | None:
    match value:
        case str() if len(value) > TEXT_MOST:
            return f"is longer than {TEXT_MOST} characters"
        case float() if not isfinite(value):
            return "is no number"
        case int() if not -(2**63) <= value < 2**63:
            return "is no whole number of 64 bits"
        case dict() | list() if depth > DEPTH_MOST:
            return f"is nested more than {DEPTH_MOST} deep"
        case dict() | list() if len(value) > ENTRIES_MOST:
            return f"has more than {ENTRIES_MOST} members"
    return None


@cache
def _checker(kind: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter  # noqa: PLC0415  (as above)

    return TypeAdapter(kind)


def _merged(old: Any, patch: Any) -> Any:
    if not isinstance(patch, dict) or not isinstance(old, dict):
        return patch
    return {**old, **{key: _merged(old.get(key), value) for key, value in patch.items()}}


_DURATIONS = (timedelta, timedelta | None)


def _read_durations(kind: Any, values: dict[str, Any], place: str, errors: list[tuple[str, str]]) -> None:
    for name, hint in _hints(kind).items():
        value = values.get(name)
        if hint in _DURATIONS:
            if name in values and (value is not None or hint is timedelta):
                try:
                    # The checker takes ISO 8601 only.
                    values[name] = f"PT{durations.parse(value).total_seconds():f}S"
                except ValueError as error:
                    errors.append((f"{place}{name}", str(error)))
        elif isinstance(value, dict):
            _read_durations(hint, value, f"{place}{name}.", errors)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    """Name the fields that hold lengths of time, and those that hold other records."""
    return {name: hint for name, hint in get_type_hints(kind).items() if hint in _DURATIONS or is_dataclass(hint)}
