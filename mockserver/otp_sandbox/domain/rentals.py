"""Rented numbers and their life: waiting, then done or expired. Both ends are final."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal

from otp_sandbox.domain.faults import Fate
from otp_sandbox.domain.messages import RENTED
from otp_sandbox.domain.record import Record, replace
from otp_sandbox.domain.store import Change, Event, Key, Table

RentalState = Literal["waiting", "done", "expired"]


class Rental(Record):
    """A number that waits for a code. `origin` is the scheme and host that the renting request came with.

    One that was rented `by_hand` has no such request: its addresses are those of whoever asks, where somebody asks.

    `fate` is what a fault wants to go wrong with it.
    """

    id: str
    provider: str
    phone: str
    service: str
    service_name: str
    carrier: str
    price: int
    state: RentalState
    created_at: datetime
    expires_at: datetime
    origin: str
    sms: str | None = None
    code: str | None = None
    is_call: bool = False
    fate: Fate | None = None
    by_hand: bool = False


class RentalBook(Record):
    """Where an account takes its numbers: how many were taken, when the last one, and which are waiting."""

    taken: int = 0
    last_taken: datetime | None = None
    waiting: tuple[tuple[str, str], ...] = ()  # (rental id, phone)

    def busy(self, phone: str) -> bool:
        """Whether a number is waiting for a message now."""
        return any(waiting == phone for _, waiting in self.waiting)

    def without(self, rental_id: str) -> RentalBook:
        """Give the book after a rental has ended."""
        return replace(self, waiting=tuple(each for each in self.waiting if each[0] != rental_id))


RENTALS: Final = Table("rentals", Rental, log=True, weigh=lambda each: 768 + 4 * len(each.sms or ""))
RENTAL_BOOKS: Final = Table("rental_books", RentalBook)
"""By provider."""
EMPTY_BOOK: Final = RentalBook()


def rent(change: Change[Any], book: RentalBook, rental: Rental) -> None:
    """Add to a change what renting means: the number waits, is known to senders, and expires."""
    taken = RentalBook(book.taken + 1, rental.created_at, (*book.waiting, (rental.id, rental.phone)))
    change.writes[RENTAL_BOOKS, rental.provider] = taken
    change.writes[RENTALS, rental.id] = rental
    change.writes[RENTED, rental.phone] = f"{rental.provider} {rental.id}"
    change.due.append(Event(rental.expires_at, "expiry", rental.provider, rental.id))


def end_rental(rental: Rental, book: RentalBook) -> dict[Key, Any]:
    """Give the writes that end a rental: it waits no longer."""
    return {
        (RENTALS, rental.id): rental,
        (RENTAL_BOOKS, rental.provider): book.without(rental.id),
        (RENTED, rental.phone): None,
    }
