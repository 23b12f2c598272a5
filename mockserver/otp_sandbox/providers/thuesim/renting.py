"""How a rental begins: the account is charged, the number is taken, and what will come of it is due."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, cast

from otp_sandbox.contract import EventContext
from otp_sandbox.domain import rentals
from otp_sandbox.domain.rentals import Rental
from otp_sandbox.domain.seeds import draw
from otp_sandbox.domain.store import Change, Event, State
from otp_sandbox.providers.thuesim.account import KEY, PROVIDER, Account, Service
from otp_sandbox.providers.thuesim.allowances import book_of
from otp_sandbox.providers.thuesim.pool import Number, find

_FIRST_ID: Final = 80_000_000
_FIRST_IDS: Final = 9_000_000


def begin(
    change: Change[Any],
    state: State,
    account: Account,
    service: Service,
    number: Number,
    *,
    seed: int,
    now: datetime,
    origin: str,
    by_hand: bool = False,
) -> Rental:
    """Add to a change that a number is rented now; `change.writes[KEY]` is the account afterwards."""
    book = book_of(state)
    first = _FIRST_ID + draw(seed, PROVIDER, "first id") % _FIRST_IDS
    rental = Rental(
        id=f"{first + book.taken}.{service.SV}",
        provider=PROVIDER,
        phone=number.phone,
        service=service.key,
        service_name=service.SERVICE_NAME,
        carrier=number.carrier,
        price=service.PRICE,
        state="waiting",
        created_at=now,
        expires_at=now + service.lifetime,
        origin=origin,
        by_hand=by_hand,
    )
    change.writes[KEY] = account.charged(service)
    rentals.rent(change, book, rental)
    # An SMS that would come when the rental is over never comes, however far away that is.
    if account.arrival == "auto" and account.arrival_delay < service.lifetime:
        change.due.append(Event(now + account.arrival_delay, "arrival", PROVIDER, rental.id, detail=rental.phone))
    return rental


def rent_by_hand(
    state: State, context: EventContext, now: datetime, origin: str, wanted: str | None
) -> Change[Rental | str]:
    """Rent a number that somebody asks for, whatever pause and waiting limit say. A text says why there is none."""
    account, book = cast("Account", state.get(*KEY)), book_of(state)
    service = account.service(wanted) if wanted is not None else next(iter(account.offered), None)
    if service is None:
        return Change(f"{wanted!r} is none of {', '.join(each.key for each in account.offered) or 'no services'}")
    if account.balance < service.PRICE:
        return Change(f"{service.key} costs {service.PRICE}, and the balance is {account.balance}")
    waiting = {phone for _, phone in book.waiting}
    number = find(context.seed, book.taken, carries=(), wanted=(), unwanted=(), waiting=waiting)
    if number is None or service.sold_out:
        return Change(f"there is no number left for {service.key}")
    change: Change[Rental | str] = Change("")
    change.verdict = begin(
        change, state, account, service, number, seed=context.seed, now=now, origin=origin, by_hand=True
    )
    return change
