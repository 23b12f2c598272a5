"""The limits of an account: numbers that wait at once, and the pause between two of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from otp_sandbox.domain.limits import Limit, too_soon
from otp_sandbox.domain.rentals import EMPTY_BOOK, RENTAL_BOOKS, RentalBook
from otp_sandbox.domain.store import Key, State
from otp_sandbox.providers.thuesim.account import PROVIDER, Account

BOOK: Key = (RENTAL_BOOKS, PROVIDER)
KEYS: tuple[Key, ...] = (BOOK,)


def book_of(state: State) -> RentalBook:
    """Give the lane's book."""
    return state.get(RENTAL_BOOKS, PROVIDER) or EMPTY_BOOK


def pauses(account: Account, book: RentalBook, now: datetime) -> bool:
    """Whether the last number was taken less than the account's interval ago; an interval of 0 is no rule."""
    return bool(account.min_interval) and too_soon(book.last_taken, account.min_interval, now)


def full(account: Account, book: RentalBook) -> bool:
    """Whether as many numbers are waiting as the account may have."""
    return len(book.waiting) >= account.waiting_limit


def limits(account: Account, state: State, now: datetime) -> Iterable[Limit]:
    """Tell how much of each limit is used."""
    book = book_of(state)
    yield Limit(PROVIDER, "waiting_numbers", "account", len(book.waiting), account.waiting_limit, None)
    paused = pauses(account, book, now)
    frees_at = book.last_taken + account.min_interval if paused and book.last_taken is not None else None
    yield Limit(PROVIDER, "taking_numbers", "account", int(paused), 1, frees_at)
