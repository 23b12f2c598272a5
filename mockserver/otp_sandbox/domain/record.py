"""Values that nobody changes."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar, dataclass_transform

import msgspec

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Record(msgspec.Struct, frozen=True, gc=False):
    """The base of values that are made in each request, or kept in a store.

    They are made ten times as fast as frozen dataclasses, and a store can write them as bytes. The garbage collector
    does not look at them: nothing that a record holds may lead back to it.
    """


@dataclass_transform(frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """Make a dataclass with slots that the type checker takes as frozen, for what pydantic has to check: accounts.

    One that is frozen at run time takes twice as long to make, and every send makes an account.
    """
    return dataclasses.dataclass(slots=True)(cls)


def replace(value: T, **changes: Any) -> T:
    """Give a record, or a frozen dataclass, with some of its fields changed."""
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.replace(value, **changes)
    return dataclasses.replace(value, **changes)  # type: ignore[type-var]  # it is one of the two
