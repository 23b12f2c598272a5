"""The limits of an account: numbers that wait at once, and the pause between two of them (reference 4.3, 4.4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from mockserver.domain.limits import Limit, too_soon
from mockserver.domain.rentals import DESKS, EMPTY_DESK, Desk
from mockserver.domain.store import Key, State
from mockserver.providers.thuesim.account import Account

DESK: Key = (DESKS, "thuesim")
KEYS: tuple[Key, ...] = (DESK,)


def desk_of(state: State) -> Desk:
    """Give the lane's desk; whoever asks named its key."""
    return state.get(DESKS, "thuesim") or EMPTY_DESK


def pauses(account: Account, desk: Desk, now: datetime) -> bool:
    """Whether the last number was taken less than the account's interval ago; an interval of 0 is no rule."""
    return bool(account.min_interval) and too_soon(desk.last_taken, account.min_interval, now)


def full(account: Account, desk: Desk) -> bool:
    """Whether as many numbers are waiting as the account may have."""
    return len(desk.waiting) >= account.waiting_limit


def limits(account: Account, state: State, now: datetime) -> Iterable[Limit]:
    """Tell how much of each limit is used."""
    desk = desk_of(state)
    yield Limit("thuesim", "waiting_numbers", "account", len(desk.waiting), account.waiting_limit, None)
    paused = pauses(account, desk, now)
    frees_at = desk.last_taken + account.min_interval if paused and desk.last_taken is not None else None
    yield Limit("thuesim", "taking_numbers", "account", int(paused), 1, frees_at)
