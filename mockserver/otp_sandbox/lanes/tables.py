"""What the store keeps of all lanes together, and the accounts that each lane was made with."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from otp_sandbox.domain.record import Record
from otp_sandbox.domain.store import Table
from otp_sandbox.lanes.lane import LaneRecord

ALL_LANES: Final = "*"
"""The name in the store of what is known of all lanes. No lane can have it."""
LANES: Final = Table("lanes", LaneRecord, log=True, most=1_000_000)
OWNERS: Final = Table("owners", str)
"""The id of the lane that a credential belongs to, by `provider credential`."""


class Deletion(Record):
    """A lane was deleted; `generation` is the number of its last life."""

    id: str
    generation: int


DELETIONS: Final = Table("deletions", Deletion, log=True, most=10_000)
"""The last ones of a store that several processes share, by the lane's id: a log tells only that entries are gone."""
USES: Final = Table("uses", datetime)
"""When somebody has looked at a lane, in real time and roughly, by its id: also in shared stores only."""
ORIGINS: Final = Table[Any]("origins", None)
"""In each lane: the accounts that it was made with, by provider."""
OF_ALL_LANES: Final = frozenset({LANES.name, OWNERS.name, DELETIONS.name, USES.name})
