"""Accounts as JSON: shows them, and applies merge patches that are checked against the provider's account type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import timedelta
from functools import cache
from math import isfinite
from types import UnionType
from typing import TYPE_CHECKING, Any, Final, Union, get_args, get_origin, get_type_hints

import orjson

from otp_sandbox.lanes import durations

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError

DEPTH_MOST: Final = 16
ENTRIES_MOST: Final = 10_000
TEXT_MOST: Final = 10_000
"""A patch at most: objects in objects, members of one, characters of a text."""


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

    Where there is a list, `{"add": [...]}` puts entries at its end; one of the same identity takes the former's place.

    Raises:
        Invalid: what would come out is no account, or the patch is larger than any account needs.
    """
    from pydantic import ValidationError  # noqa: PLC0415  (a third of the start-up time)

    if not isinstance(patch, dict):
        raise Invalid([("", "is not an object")])
    _check_size(patch)
    kind: Any = type(account)
    errors: list[tuple[str, str]] = []
    values = _merged(kind, show_account(account), patch, "", errors)
    _read_durations(kind, values, "", errors)
    if errors:
        raise Invalid(errors)
    try:
        return _checker(kind).validate_json(orjson.dumps(values), strict=True)
    except ValidationError as error:
        raise Invalid(wrong_fields(error)) from error


_WRONG_MOST = 100


def wrong_fields(error: ValidationError) -> list[tuple[str, str]]:
    """Name what is wrong: fields as dotted paths, and what it is. Of very many only the number is told."""
    count = error.error_count()
    if count > _WRONG_MOST:
        return [("", f"{count} values are not right")]
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    return [(".".join(map(str, each["loc"])), each["msg"].removeprefix("Value error, ")) for each in errors]


def _check_size(patch: dict[str, Any]) -> None:
    """Hold a patch to what can be written again, before anything is made of it.

    Raises:
        Invalid: it is too deep or too large, or holds a number that JSON writers have not; the place is named.
    """
    left: list[tuple[tuple[str, ...], Any]] = [((), patch)]
    while left:
        place, value = left.pop()
        wrong = _what_is_wrong(value, len(place))
        if wrong:
            raise Invalid([(".".join(place), wrong)])
        if isinstance(value, dict | list):
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


def _merged(kind: Any, old: Any, patch: Any, place: str, errors: list[tuple[str, str]]) -> Any:
    """Merge a patch into the members of a record of a kind."""
    if not isinstance(patch, dict) or not isinstance(old, dict):
        return patch
    hints: Mapping[str, Any] = _all_hints(kind) if isinstance(kind, type) and is_dataclass(kind) else {}
    merged = dict(old)
    for key, value in patch.items():
        held, hint, where = old.get(key), hints.get(key), f"{place}{key}"
        if isinstance(value, dict) and "add" in value and _is_list(hint):
            merged[key] = _added(hint, held, value, where, errors)
        else:
            merged[key] = _merged(hint, held, value, f"{where}.", errors)
    return merged


def _added(hint: Any, held: Any, patch: dict[str, Any], place: str, errors: list[tuple[str, str]]) -> Any:
    """Give a list with entries added."""
    entries = patch["add"]
    if len(patch) > 1 or not isinstance(entries, list):
        errors.append((place, 'takes a list, or {"add": [...]} with the entries to add'))
    elif held is None:
        errors.append((place, "is null, which means all: there is nothing to add to"))
    else:
        identify = _identity(hint)
        merged = {identify(each): each for each in held} | {identify(each): each for each in entries}
        if len(merged) <= ENTRIES_MOST:
            return list(merged.values())
        errors.append((place, f"would have more than {ENTRIES_MOST} members"))
    return held


def _is_list(hint: Any) -> bool:
    return any(get_origin(each) is tuple for each in _alternatives(hint))


def _alternatives(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _identity(hint: Any) -> Callable[[Any], str]:
    """Say which entries of a list are the same: those with the members that their kind names, else with all."""
    (entry,) = [get_args(each)[0] for each in _alternatives(hint) if get_origin(each) is tuple]
    names: tuple[str, ...] = getattr(entry, "identity", ())
    defaults = {each.name: each.default for each in fields(entry) if each.default is not MISSING} if names else {}

    def identify(value: Any) -> str:
        if names and isinstance(value, dict):
            value = [value.get(name, defaults.get(name)) for name in names]
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()

    return identify


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
def _all_hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    """Name the fields that hold lengths of time, and those that hold other records."""
    return {name: hint for name, hint in _all_hints(kind).items() if hint in _DURATIONS or is_dataclass(hint)}
