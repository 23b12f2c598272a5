"""The handles on lanes that this process has, with the index of their credentials."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from otp_sandbox.contract import Provider
from otp_sandbox.lanes.lane import Alone, Lane, LaneRecord
from otp_sandbox.lanes.owners import Owners
from otp_sandbox.lanes.secrets import Secrets


class KnownLanes:
    """The lanes as this process knows them. The store has them.

    Args:
        providers: say which credentials find a lane.
        secrets: are told of all credentials.
        real_now: the real time.
        alone: keeps other processes out while something is done to a lane.
    """

    def __init__(
        self, providers: Mapping[str, Provider], secrets: Secrets, real_now: Callable[[], datetime], alone: Alone
    ) -> None:
        self._providers = providers
        self._real_now = real_now
        self._alone = alone
        self.lanes: dict[str, Lane] = {}
        self.owners = Owners(providers, secrets)

    def take_in(self, record: LaneRecord) -> Lane:
        """Know what the store has of a lane: a new one, or what has become of one that is known."""
        lane = self.lanes.get(record.id)
        if lane is not None and lane.created_at != record.created_at:  # deleted, and another one made in its place
            self.drop(lane)
            lane = None
        if lane is None:
            lane = self.lanes[record.id] = Lane(record, self._providers, self._real_now, self._alone)
            self.owners.add(lane)
        elif lane.record != record:
            self.change(lane, record)
        return lane

    def change(self, lane: Lane, record: LaneRecord) -> None:
        """Know what has become of a lane."""
        life, seed = lane.key, lane.seed
        if record.key != life:
            lane.stop_timer()
            lane.moving = asyncio.Lock()  # whoever holds the old one may wait for a customer's answer
        lane.record = record
        if self.lanes.get(lane.id) is lane:
            self.owners.mark_anew(lane, seed)

    def drop(self, lane: Lane) -> None:
        """Know a lane no more; whoever waits for it finds out."""
        if self.lanes.get(lane.id) is lane:
            del self.lanes[lane.id]
            self.owners.discard(lane)
        lane.end()
