"""The derived mutants that no case finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LIVING: Final[Mapping[str, str]] = {}
