"""What changed in lanes since it was last written to a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from otp_sandbox.domain.store import Event


class Batch:
    """Rows by their tables, and what is to be deleted before: all of one instant, so that nothing is half done.

    Lanes are named by their numbers. Values are not encoded yet. What was dropped as a whole is not copied: the rows
    are the values of a dictionary that nobody else has any more.
    """

    __slots__ = ("due", "due_dropped", "due_gone", "kept", "kept_dropped", "kept_gone", "lanes", "lanes_gone", "logs")

    def __init__(self) -> None:
        """Start empty."""
        self.lanes_gone: list[int] = []
        self.lanes: list[tuple[int, str, int, int, int, int, dict[str, int]]] = []
        self.logs: list[tuple[int, str, int]] = []
        self.kept_gone: list[int] = []
        self.kept_dropped: list[Mapping[str, int]] = []
        self.kept: list[tuple[int, int, str, str, int | None, int | None, Any]] = []
        self.due_gone: list[int] = []
        self.due_dropped: list[Mapping[int, int]] = []
        self.due: list[tuple[int, int, Event]] = []
