"""What changed in lanes since it was last written to a file."""

from __future__ import annotations

from typing import Any

from otp_sandbox.domain.store import Event


class Batch:
    """Rows by their tables, and what is to be deleted before: all of one instant, so that nothing is half done.

    Lanes are named by their numbers. Values are not encoded yet.
    """

    __slots__ = (
        "cleared",
        "entries",
        "entries_gone",
        "events",
        "events_gone",
        "lanes",
        "lanes_gone",
        "logs",
        "records",
        "records_gone",
    )

    def __init__(self) -> None:
        """Start empty."""
        self.lanes_gone: list[tuple[int]] = []
        self.cleared: list[tuple[int, str]] = []
        self.lanes: list[tuple[int, str, int, int, int, int, dict[str, int]]] = []
        self.records_gone: list[tuple[int, str, str]] = []
        self.records: list[tuple[int, str, str, int, Any]] = []
        self.entries_gone: list[tuple[int, str, str]] = []
        self.entries: list[tuple[int, str, str, int, int, Any]] = []
        self.logs: list[tuple[int, str, int]] = []
        self.events_gone: list[tuple[int, int]] = []
        self.events: list[tuple[int, int, Event]] = []
