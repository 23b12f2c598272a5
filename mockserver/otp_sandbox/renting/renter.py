"""Who rents: a provider with its numbers and its ids; and how a rental begins there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from otp_sandbox.contract import EventContext
from otp_sandbox.domain import rentals
from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.limits import Limit
from otp_sandbox.domain.rentals import EMPTY_BOOK, RENTAL_BOOKS, Rental, RentalBook
from otp_sandbox.domain.seeds import draw
from otp_sandbox.domain.store import Change, Event, Key, State
from otp_sandbox.renting.offers import Renting, Service, sold_out
from otp_sandbox.renting.pool import Number, Pool


def _tell_nobody(_: Change[Any], __: Any, ___: Rental, ____: EventContext, _____: datetime) -> None:
    """Add nothing."""


@dataclass(frozen=True, slots=True)
class Renter:
    """A provider that rents numbers.

    `first_ids` are the number that its ids begin at, drawn for each lane, at least and at most; `spell_id` makes an id
    of a number and the service. `tell` adds to a change what the customer is told of a rental that has ended; it is
    given the account, the rental, the lane and the time.
    """

    provider: str
    pool: Pool
    first_ids: tuple[int, int]
    spell_id: Callable[[int, Any], str]
    tell: Callable[[Change[Any], Any, Rental, EventContext, datetime], None] = _tell_nobody

    @property
    def key(self) -> Key:
        """Where its account is."""
        return (ACCOUNTS, self.provider)

    @property
    def book(self) -> Key:
        """Where it is written which numbers wait."""
        return (RENTAL_BOOKS, self.provider)

    def account_of(self, state: State) -> Renting[Any]:
        """Give the lane's account."""
        return cast("Renting[Any]", state.get(*self.key))

    def book_of(self, state: State) -> RentalBook:
        """Give the lane's book."""
        return state.get(RENTAL_BOOKS, self.provider) or EMPTY_BOOK

    def waiting_limit(self, account: Renting[Any], state: State) -> Limit:
        """Tell how many numbers wait, of those that may."""
        used = len(self.book_of(state).waiting)
        return Limit(self.provider, "waiting_numbers", "account", used, account.waiting_limit, None)

    def begin(
        self,
        change: Change[Any],
        state: State,
        account: Renting[Any],
        service: Service,
        number: Number,
        *,
        seed: int,
        now: datetime,
        origin: str,
        by_hand: bool = False,
    ) -> Rental:
        """Add to a change that a number is rented now; `change.writes[key]` is the account afterwards."""
        book = self.book_of(state)
        least, most = self.first_ids
        first = least + draw(seed, self.provider, "first id") % (most - least)
        rental = Rental(
            id=self.spell_id(first + book.taken, service),
            provider=self.provider,
            phone=number.phone,
            service=service.key,
            service_name=service.title,
            carrier=number.carrier,
            price=service.cost,
            state="waiting",
            created_at=now,
            expires_at=now + service.lifetime,
            origin=origin,
            by_hand=by_hand,
        )
        change.writes[self.key] = account.charged(service)
        rentals.rent(change, book, rental)
        # An SMS that would come when the rental is over never comes, however far away that is.
        if account.arrival == "auto" and account.arrival_delay < service.lifetime:
            change.due.append(Event(now + account.arrival_delay, "arrival", self.provider, rental.id, number.phone))
        return rental

    def rent_by_hand(
        self, state: State, context: EventContext, now: datetime, origin: str, wanted: str | None
    ) -> Change[Rental | str]:
        """Rent a number that somebody asks for, whatever pause and waiting limit say. A text says why there is none."""
        account, book = self.account_of(state), self.book_of(state)
        service = account.service(wanted) if wanted is not None else next(iter(account.offered), None)
        if service is None:
            return Change(f"{wanted!r} is none of {', '.join(each.key for each in account.offered) or 'no services'}")
        if account.balance < service.cost:
            return Change(f"{service.key} costs {service.cost}, and the balance is {account.balance}")
        number = self.pool.find(context.seed, book.taken, waiting={phone for _, phone in book.waiting})
        if number is None or sold_out(service):
            return Change(f"there is no number left for {service.key}")
        change: Change[Rental | str] = Change("")
        change.verdict = self.begin(
            change, state, account, service, number, seed=context.seed, now=now, origin=origin, by_hand=True
        )
        return change
