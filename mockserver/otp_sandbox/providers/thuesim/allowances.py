"""The limits of an account: numbers that wait at once, and the pause between two of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from otp_sandbox.domain.limits import Limit, too_soon
from otp_sandbox.domain.rentals import RentalBook
from otp_sandbox.domain.store import State
from otp_sandbox.providers.thuesim.account import PROVIDER, Account
from otp_sandbox.providers.thuesim.renting import RENTER


def pauses(account: Account, book: RentalBook, now: datetime) -> bool:
    """Whether the last number was taken less than the account's interval ago; an interval of 0 is no rule."""
    return bool(account.min_interval) and too_soon(book.last_taken, account.min_interval, now)


def limits(account: Account, state: State, now: datetime) -> Iterable[Limit]:
    """Tell how much of each limit is used."""
    book = RENTER.book_of(state)
    yield RENTER.waiting_limit(account, state)
    paused = pauses(account, book, now)
    frees_at = book.last_taken + account.min_interval if paused and book.last_taken is not None else None
    yield Limit(PROVIDER, "taking_numbers", "account", int(paused), 1, frees_at)
