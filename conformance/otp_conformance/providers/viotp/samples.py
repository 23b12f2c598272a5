"""How the published bodies of viotp come about that do not by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from otp_conformance.recipe import Recipe

SAMPLES: Final[Mapping[str, Recipe]] = {}
