"""A lane: a world of its own. Tests each take one and run in parallel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from otp_sandbox.contract import Credentials, Dialect, EventContext, Provider
from otp_sandbox.domain.clock import Clock

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class LaneOrigin:
    """What a lane was made with; a reset brings it back."""

    seed: int
    credentials: Mapping[str, Credentials]
    accounts: Mapping[str, Any]
    clock: Clock
    choices: Mapping[str, str]
    ttl: timedelta


@dataclass(slots=True)
class Lane:
    """A lane's identity, clock and choices. What happened in it is in the store."""

    id: str
    origin: LaneOrigin
    providers: Mapping[str, Provider]
    real_now: Callable[[], datetime]
    clock: Clock
    choices: Mapping[str, str]
    created_at: datetime
    used_at: datetime
    requests: int = 0
    timer: asyncio.TimerHandle | None = None
    timer_at: datetime | None = None
    timer_clock: Clock | None = None
    moving: asyncio.Lock = field(default_factory=asyncio.Lock)
    _dialects: dict[str, Dialect] = field(default_factory=dict)

    @property
    def seed(self) -> int:
        """The number that all draws of this lane begin with."""
        return self.origin.seed

    def now(self) -> datetime:
        """Tell the lane's time."""
        return self.clock.now(self.real_now())

    def dialect(self, provider: str) -> Dialect:
        """Give a provider's spec under this lane's choices."""
        dialect = self._dialects.get(provider)
        if dialect is None:
            dialect = self._dialects[provider] = Dialect(self.providers[provider].spec, self.choices)
        return dialect

    def world(self, provider: str) -> EventContext:
        """Give what an event handler may know of this lane."""
        return EventContext(self.seed, self.dialect(provider))

    def choose(self, choices: Mapping[str, str]) -> None:
        """Put other choices in force."""
        self.choices = choices
        self._dialects.clear()

    def next_request_id(self) -> str:
        """Number a request."""
        self.requests += 1
        return f"req-{self.requests}"
