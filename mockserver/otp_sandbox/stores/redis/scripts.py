"""The scripts that run in the server, each in one step. What they take and give stands at their heads, in `lua/`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha1
from importlib.resources import files
from typing import Final

GONE: Final = -1
"""What scripts answer first where the lane does not exist."""
DONE, CHANGED, DUE = 0, 1, 2
"""What `commit` answers first."""


@dataclass(frozen=True, slots=True)
class Script:
    """A script, and the name under which the server knows it."""

    source: str
    sha: str


@cache
def _read(*names: str) -> Script:
    folder = files(__package__) / "lua"
    source = "\n".join((folder / f"{name}.lua").read_text("utf-8") for name in names)
    return Script(source, sha1(source.encode(), usedforsecurity=False).hexdigest())


class Scripts:
    """All of them."""

    def __init__(self) -> None:
        """Read them."""
        self.begin = _read("common", "begin")
        self.forget = _read("common", "forget")
        self.fetch = _read("common", "fetch")
        self.commit = _read("common", "writing", "commit")
        self.clear = _read("common", "writing", "clear")
        self.cut = _read("common", "writing", "cut")
        self.load = _read("common", "writing", "load")
        self.numbers = _read("common", "numbers")
        self.news = _read("common", "news")
        self.entries = _read("common", "entries")
        self.content = _read("common", "content")
        self.overdue = _read("overdue")
        self.relock = _read("relock")
        self.unlock = _read("unlock")

    def __iter__(self) -> Iterator[Script]:
        return iter(vars(self).values())
