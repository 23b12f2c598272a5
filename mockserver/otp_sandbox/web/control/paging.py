"""Lists by the page: the entries that `after` and `limit` name, and the cursor from which to go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from otp_sandbox.domain.store import Placed, Table
from otp_sandbox.web.control.endpoint import ControlRequest

T = TypeVar("T")


async def page(
    request: ControlRequest, table: Table[T], where: Callable[[T], bool] | None = None, *, removable: bool = False
) -> tuple[list[T], str]:
    """Give the entries that the query's `after` and `limit` ask for, and the cursor behind them.

    Args:
        request: its query is a `Page`.
        table: the log.
        where: which entries count.
        removable: single entries can be deleted, so that the last one shown may be older than the last one before.
    """
    store, lane, after = request.control.store, request.lane.key, request.query.after
    # Read first: an entry that comes in between is shown again rather than skipped.
    newest = await store.place(lane)
    placed = await store.entries(lane, table, after=after, limit=request.query.limit, where=where)
    start = after if after is not None else newest
    if removable and after is None:
        return [each.entry for each in placed], cursor(placed, start, least=newest)
    return [each.entry for each in placed], cursor(placed, start)


def cursor(placed: Sequence[Placed[Any]], start: int, least: int = 0) -> str:
    """Give the place of the last entry that is shown, else the start."""
    return str(max(placed[-1].place if placed else start, least))
