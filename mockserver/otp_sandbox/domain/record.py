"""Values that nobody changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """Make a slotted dataclass that the type checker takes as frozen.

    A dataclass that is frozen at run time takes twice as long to make, and several are made in each request.
    """
    return dataclass(slots=True)(cls)
