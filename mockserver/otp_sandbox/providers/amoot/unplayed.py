"""Paths that the provider's documents have and that are not played, with what they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

UNPLAYED: Final[Mapping[str, str]] = {"/webservice2.asmx": "the older service, by SOAP and by fields"}
