"""Decisions about all lanes together: which there are, and who has which id and credential."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from otp_sandbox.contract import Provider
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.store_errors import LaneGone
from otp_sandbox.lanes.lane import LaneRecord
from otp_sandbox.lanes.owners import owned
from otp_sandbox.lanes.tables import DELETIONS, LANES, OWNERS, USES, Deletion

Conflict: TypeAlias = tuple[str, str]
"""A field that asks for what another lane has, and why it is refused."""


class Entries:
    """Makes decisions about what the store knows of all lanes.

    Args:
        providers: say which credentials find a lane.
        shared: whether other processes have to hear of it.
    """

    def __init__(self, providers: Mapping[str, Provider], *, shared: bool) -> None:
        self._providers = providers
        self._shared = shared

    def keys_of(self, record: LaneRecord) -> tuple[Key, ...]:
        """Name what all lanes together know of one."""
        held = owned(self._providers, record.origin.credentials)
        return ((LANES, record.id), *((OWNERS, f"{name} {value}") for name, value in held))

    def enter(self, state: State, record: LaneRecord) -> Change[Conflict | None]:
        """Take a lane in, if its id and its credentials are free; else tell which field is not, and why."""
        held = state.get(LANES, record.id)
        if held is not None:
            return Change(("id", f"lane {record.id} exists") if held.key != record.key else None)
        change: Change[Conflict | None] = Change(None, {(LANES, record.id): record})
        for name, value in owned(self._providers, record.origin.credentials):
            key = f"{name} {value}"
            if state.get(OWNERS, key) is not None:
                own = record.origin.credentials[name]
                locator = next(each for each in self._providers[name].identity.locators if own.get(each) == value)
                return Change((f"credentials.{name}.{locator}", "this credential belongs to another lane"))
            change.writes[OWNERS, key] = record.id
        return change

    def revise(
        self, state: State, lane_id: str, life: str, revised: Callable[[LaneRecord], LaneRecord]
    ) -> Change[LaneRecord]:
        """Change what is known of a lane, by what is known.

        Raises:
            LaneGone: that life of it is over.
        """
        held = state.get(LANES, lane_id)
        if held is None or held.key != life:
            raise LaneGone(life)
        record = revised(held)
        return Change(record, {(LANES, lane_id): record})

    def take_out(self, state: State, record: LaneRecord, life: str | None) -> Change[str | None]:
        """Delete a lane, whichever life of it goes on, or only that one; its credentials are free then.

        Gives the life that is over by that. None where another process was faster, or another life has begun.
        """
        held = state.get(LANES, record.id)
        if held is None or held.created_at != record.created_at or life not in (None, held.key):
            return Change(None)
        writes: dict[Key, Any] = dict.fromkeys(self.keys_of(held))
        if not self._shared:
            return Change(held.key, writes)
        deletion = (DELETIONS, held.id)
        writes |= {(USES, held.id): None, deletion: Deletion(held.id, held.generation)}
        return Change(held.key, writes, moved={deletion})
