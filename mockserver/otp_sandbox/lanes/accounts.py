"""Accounts as JSON: shown, patched (JSON merge patch) and checked against the provider's account type."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any, get_type_hints

import orjson

from otp_sandbox.lanes import durations


class Invalid(Exception):
    """An account would not be one. `errors` are (field as a dotted path, what is wrong)."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{field}: {detail}" for field, detail in errors))
        self.errors = errors


def shown(account: Any) -> Any:
    """Give an account, or a part of it, as JSON values."""
    if is_dataclass(account):
        return {each.name: shown(getattr(account, each.name)) for each in fields(account)}
    if isinstance(account, tuple):
        return [shown(each) for each in account]
    if isinstance(account, timedelta):
        return durations.spell(account)
    if isinstance(account, datetime):
        return account.isoformat()
    return account


def patched(account: Any, patch: Any) -> Any:
    """Apply a JSON merge patch to an account. Null is the value null: accounts have no members to remove.

    Raises:
        Invalid: what would come out is no account.
    """
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415  (a third of the start-up time)

    if not isinstance(patch, dict):
        raise Invalid([("", "is not an object")])
    wanted = _merged(shown(account), patch)
    errors: list[tuple[str, str]] = []
    _read_durations(type(account), wanted, "", errors)
    if errors:
        raise Invalid(errors)
    try:
        return TypeAdapter(type(account)).validate_json(orjson.dumps(wanted), strict=True)
    except ValidationError as error:
        raise Invalid([(".".join(map(str, each["loc"])), each["msg"]) for each in error.errors()]) from error


def _merged(old: Any, patch: Any) -> Any:
    if not isinstance(patch, dict) or not isinstance(old, dict):
        return patch
    return {**old, **{key: _merged(old.get(key), value) for key, value in patch.items()}}


def _read_durations(kind: type[Any], values: dict[str, Any], place: str, errors: list[tuple[str, str]]) -> None:
    for name, hint in get_type_hints(kind).items():
        if name not in values:
            continue
        if hint is timedelta or (hint == timedelta | None and values[name] is not None):
            try:
                # The checker takes ISO 8601 only.
                values[name] = f"PT{durations.parse(values[name]).total_seconds():f}S"
            except ValueError as error:
                errors.append((f"{place}{name}", str(error)))
        elif isinstance(hint, type) and is_dataclass(hint) and isinstance(values[name], dict):
            _read_durations(hint, values[name], f"{place}{name}.", errors)
