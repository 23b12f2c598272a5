"""All that a lane holds, as a store gives it and takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from otp_sandbox.domain.store import Event, Table


class Standing(Protocol):
    """A log entry with its place, however a store has it."""

    @property
    def place(self) -> int:
        """The place."""
        ...

    @property
    def entry(self) -> Any:
        """The entry."""
        ...


class Content(msgspec.Struct):
    """All that a lane holds, by table and key.

    Records stand in the order in which a bounded table forgets them, log entries and events in theirs. `place` is that
    of the newest entry that ever was, `counts` are the numbers that were given last.
    """

    records: dict[Table[Any], dict[str, Any]] = {}
    logs: dict[Table[Any], Mapping[str, Standing]] = {}
    due: list[Event] = []
    place: int = 0
    counts: dict[str, int] = {}
