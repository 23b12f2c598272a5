"""Lists by the page: entries, the cursor from which to go on, and whether there are more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from otp_sandbox.domain.store import Placed, Table
from otp_sandbox.web.control.endpoint import ControlRequest
from otp_sandbox.web.control.reading import Page

T = TypeVar("T")

USUAL: Final = 100
"""Entries of a list for which no limit is given."""
MOST: Final = 1_000
"""Entries of any list, whatever limit is given: one that is longer would hold everybody else up."""


async def page(
    request: ControlRequest,
    table: Table[T],
    where: Callable[[T], bool] | None = None,
    *,
    removable: bool = False,
    within: str | None = None,
) -> tuple[list[T], str, bool]:
    """Give the entries that the query asks for, the cursor behind them, and whether there are more.

    Those that are left out are newer ones where `after` is given, older ones where it is not.

    Args:
        request: its query is a `Page`.
        table: the log.
        where: which entries count.
        removable: single entries can be deleted, so that the last one shown may be older than the last one before.
        within: whose log it is, by the name in the store, if not the lane's.
    """
    store, lane, after = request.control.store, within or request.lane.key, request.query.after
    # Read first: an entry that comes in between is shown again rather than skipped.
    newest = await store.place(lane)
    limit = limit_of(request.query)
    placed, more = cut(await store.entries(lane, table, after=after, limit=limit + 1, where=where), limit, after)
    start = after if after is not None else newest
    least = newest if removable and after is None else 0
    return [each.entry for each in placed], cursor(placed, start, least), more


def limit_of(query: Page) -> int:
    """Give how many entries a page has at most."""
    return min(query.limit if query.limit is not None else USUAL, MOST)


def cut(found: Sequence[T], limit: int, after: int | None) -> tuple[Sequence[T], bool]:
    """Cut a list that is longer than a page: the newest stay, or with `after` those that come next."""
    more = len(found) > limit
    return (found[-limit:] if after is None else found[:limit], True) if more else (found, False)


def cursor(placed: Sequence[Placed[Any]], start: int, least: int = 0) -> str:
    """Give the place of the last entry that is shown, else the start."""
    return str(max(placed[-1].place if placed else start, least))
