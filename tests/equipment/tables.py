"""All tables of the product, and records of every shape that may stand in them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from hypothesis import strategies as st

import otp_sandbox
from otp_sandbox.contract import Provider
from otp_sandbox.domain.messages import MessageDetails
from otp_sandbox.domain.store import Table

_PLAIN: Mapping[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=8),
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    bytes: st.binary(max_size=8),
    NoneType: st.none(),
    date: st.dates(),
    datetime: st.datetimes(
        min_value=datetime(1900, 1, 1),  # noqa: DTZ001  (hypothesis adds the zone)
        max_value=datetime(2900, 1, 1),  # noqa: DTZ001  (as above)
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=7)), timezone(-timedelta(hours=3, minutes=30))]),
    ),
    timedelta: st.timedeltas(-timedelta(days=10_000), timedelta(days=10_000)),
}
_PICKY: Mapping[str, st.SearchStrategy[Any]] = {"Service.SV": st.from_regex(r"[0-9]{2}", fullmatch=True)}
"""Fields that take less than their type says."""


def tables() -> list[Table[Any]]:
    """Find every table that a module of the product has."""
    found = {}
    for module in pkgutil.walk_packages(otp_sandbox.__path__, "otp_sandbox."):
        if not module.name.endswith("__main__"):
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, Table):
                    found[id(value)] = value
    return sorted(found.values(), key=lambda each: each.name)


class Records:
    """Makes records of any type by its hints."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        self._details = [each.details for each in providers if each.details is not None]
        self.of = cache(self._of)

    def _of(self, kind: Any) -> st.SearchStrategy[Any]:  # noqa: PLR0911  (one for each kind of type)
        """Give the strategy of a type."""
        if kind is MessageDetails:
            return st.one_of([self.of(each) for each in self._details])
        if kind in _PLAIN:
            return _PLAIN[kind]
        if is_dataclass(kind) or (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
            return st.deferred(lambda: self._built(kind))
        origin, args = get_origin(kind), get_args(kind)
        if origin is Literal:
            return st.sampled_from(args)
        if origin in (Union, UnionType):
            return st.one_of([self.of(each) for each in args])
        if origin is tuple and args[1:] == (...,):
            return st.lists(self.of(args[0]), max_size=2).map(tuple)
        if origin is tuple:
            return st.tuples(*map(self.of, args))
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return st.dictionaries(self.of(args[0]), self.of(args[1]), max_size=2)
        raise NotImplementedError(kind)

    def _built(self, kind: Any) -> st.SearchStrategy[Any]:
        hints = {name: hint for name, hint in get_type_hints(kind).items() if get_origin(hint) is not ClassVar}
        parts = {name: _PICKY.get(f"{kind.__name__}.{name}", self.of(hint)) for name, hint in hints.items()}
        return st.builds(kind, **parts)
