"""Where lanes can be kept in a proof: what is started for it, and how soon it keeps what happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from equipment.redis_server import Redis, running


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of store.

    Args:
        name: what it is called.
        sync: how soon what was acknowledged outlives a kill, as the setting `store_sync` spells it.
        replicas: how many sandboxes share it.
        lasts: whether it outlives the processes that use it at all.
    """

    name: str
    sync: str = "1s"
    replicas: int = 1
    lasts: bool = True

    @property
    def shared(self) -> bool:
        """Whether it is a Redis, which can be killed as well."""
        return self.name == "redis"

    @property
    def forgets(self) -> float:
        """Seconds before a kill of the store in which what was acknowledged may be lost."""
        if self.at_once:
            return 0
        return 2 if self.shared else 1  # Redis writes every second, or a second later if the disk is slow

    @property
    def settings(self) -> str:
        """What the settings' file says of how soon things are kept; a Redis is told so itself."""
        return "" if self.shared else f'store_sync = "{self.sync}"\n'

    @property
    def at_once(self) -> bool:
        """Whether nothing that was acknowledged may be lost."""
        return self.sync == "0s"

    @contextmanager
    def made(self, folder: Path) -> Iterator[tuple[str, Redis | None]]:
        """Start what it needs, until the block ends; give the setting `store`, and the Redis if it is one."""
        if self.shared:
            with running(sync="always" if self.at_once else "everysec") as server:
                yield server.url_of(0), server
        elif self.name == "sqlite":
            yield f"sqlite:{(folder / 'lanes.sqlite').as_posix()}", None
        else:
            yield "memory", None

    def __str__(self) -> str:
        """Name it in one line."""
        told = [self.name]
        if self.replicas > 1:
            told.append(f"{self.replicas} replicas")
        if self.lasts:
            told.append(f"kept within {self.sync}")
        return ", ".join(told)


PLACES: Final = (
    Place("memory", lasts=False),
    Place("sqlite", "0s"),
    Place("sqlite", "1s"),
    Place("redis", "0s", 3),
    Place("redis", "1s", 2),
)
