"""How big a store is, told from outside."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

IN_FILE: Final = "sqlite:"
BESIDE: Final = ("", "-wal", "-shm", "-journal")
"""What SQLite has beside its file."""
Size = tuple[int, int]


def sizer(store: str) -> Callable[[], Size]:
    """Give what tells of a store, as the setting names it, how many bytes it takes and how many keys it has.

    Where there is nothing to tell, that is 0: what is in memory counts as memory, and a file has no keys.
    """
    if store.startswith(IN_FILE):
        path = store.removeprefix(IN_FILE)
        return lambda: (sum(_bytes(Path(path + end)) for end in BESIDE), 0)
    if store == "memory":
        return lambda: (0, 0)
    import redis  # noqa: PLC0415  (only whoever has such a store has it)

    server = redis.Redis.from_url(store)
    return lambda: (int(server.info("memory")["used_memory"]), int(server.dbsize()))


def _bytes(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0
