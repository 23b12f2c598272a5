"""What was done to a lane by hand: a bounded log of the writes of the control API, for whoever plays it again."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from otp_sandbox.domain.record import Record
from otp_sandbox.domain.store import Store, Table

BODY_MOST: Final = 64 * 1024
"""Characters of a body that is kept."""


class ControlWrite(Record):
    """A write that succeeded: below the lane, as JSON, secrets masked.

    `at` is the lane's time when it came, `then` the one when it was done: some move the clock. `body` is None where it
    was longer than what is kept.
    """

    id: str
    at: datetime
    then: datetime
    method: str
    path: str
    body: str | None


CONTROL_WRITES: Final = Table(
    "control_writes", ControlWrite, log=True, weigh=lambda each: 512 + len(each.path) + len(each.body or "")
)


async def note_write(
    store: Store, lane: str, *, at: datetime, then: datetime, method: str, path: str, body: str
) -> None:
    """Keep a write.

    Raises:
        LaneGone: the lane was deleted or reset by it, or meanwhile.
    """
    number = await store.count(lane, CONTROL_WRITES.name)
    kept = body if len(body) <= BODY_MOST else None
    write = ControlWrite(f"write-{number}", at, then, method, path, kept)
    await store.append(lane, CONTROL_WRITES, write.id, write)
