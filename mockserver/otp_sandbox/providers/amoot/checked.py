"""How pydantic checks what stands in an account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Aware:
    """Tells pydantic that an instant has an offset: without one it could not be compared with the lane's time."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return {**handler(source), "tz_constraint": "aware"}


def few(most: int) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """Make what lets lists pass that have no more entries than there may be, each with an `id` of its own.

    Raises:
        ValueError: by what is made, for any other list.
    """

    def check(entries: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(entries) > most:
            raise ValueError(f"has {most} entries at most")
        if len({each.id for each in entries}) < len(entries):
            raise ValueError("has two entries with the same id")
        return entries

    return check
