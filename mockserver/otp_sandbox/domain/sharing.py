"""What a store offers so that several processes can play one sandbox."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol


class Sharing(Protocol):
    """The part of the port that is about other processes; a store of a single process has nothing to do here."""

    @property
    def shared(self) -> bool:
        """Whether other processes may change the same lanes at the same time."""
        ...

    @property
    def real_now(self) -> Callable[[], datetime] | None:
        """The real time as all processes have it that share the store; None where each has its own machine's."""
        ...

    async def last_used(self, lane: str) -> datetime | None:
        """Tell when a process appended something to a lane, in real time; None where no other one can have."""
        ...

    def lock(self, name: str) -> AbstractAsyncContextManager[None]:
        """Keep other processes out of what has this name. Within this one, whoever calls sees to that himself."""
        ...

    def remind(self, lane: str, at: datetime) -> None:
        """See to it that some process looks at a lane at a real instant, whatever becomes of this one."""
        ...

    async def overdue(self) -> list[str]:
        """Name the lanes that somebody has to look at now. Each is named to one process, again after some seconds."""
        ...
