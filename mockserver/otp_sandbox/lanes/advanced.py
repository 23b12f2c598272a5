"""How far a clock was moved, and what happened on the way."""

from __future__ import annotations

from dataclasses import dataclass

from otp_sandbox.domain.store import Event


@dataclass(frozen=True, slots=True)
class Advanced:
    """What fired, in order; `more` says that the clock did not get as far as it was to."""

    fired: list[Event]
    more: bool = False
