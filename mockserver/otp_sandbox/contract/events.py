"""What happens at a provider when something falls due in a lane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from otp_sandbox.contract.dialect import Dialect
from otp_sandbox.domain.record import Record
from otp_sandbox.domain.store import Change, Event, Key, State


class EventContext(Record):
    """What an event handler may know of its lane."""

    seed: int
    dialect: Dialect


class EventHandler(Protocol):
    """Decides what an event changes."""

    def keys(self, event: Event) -> Sequence[Key]:
        """Name the keys that it reads. It is a hint: a store fetches them at once."""
        ...

    def __call__(self, event: Event, state: State, context: EventContext) -> Change[bool]:
        """Decide. The verdict says whether anything happened."""
        ...
