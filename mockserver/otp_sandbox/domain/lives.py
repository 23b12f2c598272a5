"""How a store, and each lane in it, begins and ends."""

from __future__ import annotations

from typing import Protocol


class Lives(Protocol):
    """The part of the port that is about what there is at all."""

    @property
    def trouble(self) -> str | None:
        """Why nothing can be kept just now, if so: whatever would change something then raises `StoreTrouble`."""
        ...

    async def open(self) -> None:
        """Make ready.

        Raises:
            StoreUnusable: it cannot be; nothing of what was there is changed.
        """
        ...

    async def close(self) -> None:
        """Let go of files and connections."""
        ...

    async def keep(self) -> None:
        """Wait until everything that was done so far outlives this process, if anything in this store does.

        Raises:
            StoreTrouble: it does not.
        """
        ...

    async def begin(self, lane: str, after: str | None = None) -> None:
        """Let a lane exist; one that exists stays as it is.

        A new one takes over the places and counts of another, so that they never go back.
        """
        ...

    async def forget(self, lane: str) -> None:
        """Forget a lane altogether; whoever waits in it goes on. A lane that does not exist is no error."""
        ...

    async def lanes(self) -> list[str]:
        """Name the lanes that exist."""
        ...
