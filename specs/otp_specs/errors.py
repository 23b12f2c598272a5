"""How a spec says that it cannot be used."""

from __future__ import annotations


class SpecError(Exception):
    """A spec cannot be used. The text names file, place and reason in one line."""

    def __init__(self, file: str, place: str, reason: str) -> None:
        """Remember where the reader stopped."""
        super().__init__(f"{file}: {place}: {reason}")
        self.file = file
        self.place = place
        self.reason = reason
