"""How a lane's id says which mutant it is: `mutant.NAME.anything`, or a mark for names that no id can hold."""

from __future__ import annotations

from hashlib import blake2s
from typing import Final

PREFIX: Final = "mutant."


def mark(name: str) -> str:
    """Give the mark of a name."""
    return blake2s(name.encode(), digest_size=8).hexdigest()


def lane_prefix(name: str) -> str:
    """Give the beginning of the ids of its lanes."""
    return f"{PREFIX}{mark(name)}"
