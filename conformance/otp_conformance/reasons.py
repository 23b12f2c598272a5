"""Reasons for having no case that providers share."""

from __future__ import annotations

from typing import Final

MAGIC: Final = "reachable by a magic value only: the sandbox has no list of its own to fill"
HIDDEN: Final = "not observable from outside"
NEVER: Final = "says that something never happens"
LINE: Final = "about the line to the host, not about what is played"
