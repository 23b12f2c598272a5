"""Accounts as JSON: shows them, and applies merge patches that are checked against the provider's account type."""

from __future__ import annotations

from dataclasses import is_dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, get_type_hints

import orjson

from otp_sandbox.lanes import durations

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError


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
        Invalid: what would come out is no account.
    """
    from pydantic import ValidationError  # noqa: PLC0415  (a third of the start-up time)

    if not isinstance(patch, dict):
        raise Invalid([("", "is not an object")])
    kind: Any = type(account)
    values = _merged(show_account(account), patch)
    errors: list[tuple[str, str]] = []
    _read_durations(kind, values, "", errors)
    if errors:
        raise Invalid(errors)
    try:
        return _checker(kind).validate_json(orjson.dumps(values), strict=True)
    except ValidationError as error:
        raise Invalid(wrong_fields(error)) from error


_WRONG_MOST = 1_000


def wrong_fields(error: ValidationError) -> list[tuple[str, str]]:
    """Name what is wrong: fields as dotted paths, and what it is. Of very many only the number is told."""
    count = error.error_count()
    if count > _WRONG_MOST:
        return [("", f"{count} values are not right")]
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    return [(".".join(map(str, each["loc"])), each["msg"].removeprefix("Value error, ")) for each in errors]


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
