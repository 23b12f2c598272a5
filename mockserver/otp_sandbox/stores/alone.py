"""What a store of a single process says of other processes: there are none."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime


class Alone:
    """The part of the port that is about other processes."""

    @property
    def shared(self) -> bool:
        return False

    @property
    def real_now(self) -> Callable[[], datetime] | None:
        return None

    async def last_used(self, lane: str) -> datetime | None:  # noqa: ARG002  (the port says so)
        return None

    def lock(self, name: str) -> AbstractAsyncContextManager[None]:  # noqa: ARG002  (there is nobody to keep out)
        return nullcontext()

    def remind(self, lane: str, at: datetime) -> None:
        pass

    async def overdue(self) -> list[str]:
        return []
