"""What can be wrong with a store."""

from __future__ import annotations


class LaneGone(Exception):
    """A lane was deleted, or brought back to its beginning, while something was still going on in it."""


class StoreUnusable(Exception):
    """A store cannot be opened; the text says in one line which and why."""


class StoreTrouble(Exception):
    """A store cannot keep anything just now; the text says why. It is tried again without a restart."""
