"""How keys are spelled."""

from __future__ import annotations

from typing import Final

ALL: Final = "{*}"
"""What the keys that are about all lanes have behind the prefix. No lane is called so."""


def base_of(prefix: str, life: str) -> str:
    """Give what the keys of one life of a lane begin with. Those of all lives of a lane lie in one slot."""
    lane, _, generation = life.partition("#")
    return f"{prefix}{{{lane}}}{generation}"
