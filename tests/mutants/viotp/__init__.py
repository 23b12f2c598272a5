"""Mistakes in viotp that no rule derives."""

from typing import Final

from mutants.kit import maker

made: Final = maker("viotp")
