"""Mistakes that somebody could make in the money, the limits and the waiting of thuesim."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from mutants.kit import Decided, Mistake, arrivals, both, events, handler, with_check, written
from mutants.thuesim import made
from mutants.thuesim.reading import WithRental
from mutants.thuesim.rents import AGAIN, RENT, either, told
from otp_sandbox.contract import Call, EventContext
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.rentals import EMPTY_BOOK, RENTAL_BOOKS, RENTALS, Rental, RentalBook
from otp_sandbox.domain.store import Change, Event, Key, State
from otp_sandbox.providers.thuesim.account import Service
from otp_sandbox.providers.thuesim.allowances import pauses
from otp_sandbox.providers.thuesim.renting import RENTER
from otp_sandbox.renting.arrivals import Arrival


def line_open(event: Event, state: State, world: EventContext, change: Change[bool]) -> Change[bool]:
    """Let a message arrive at a rental that is done."""
    rental = state.get(RENTALS, event.id)
    if change.verdict or rental is None or rental.state != "done":
        return change
    return Arrival(RENTER)(event, WithRental(state, replace(rental, state="waiting")), world)


def before_charge(call: Call, _: State, change: Decided) -> Decided:
    return told(change, balance=call.account.balance)


def uncharged(call: Call, state: State, change: Decided) -> Decided:
    change.writes[RENTER.key] = replace(change.writes[RENTER.key], balance=call.account.balance)
    return before_charge(call, state, change)


def refusal_charged(call: Call, _: State, change: Decided) -> Decided:
    service = asked(call)
    if change.verdict.cause == "auth_failed" or service is None:
        return change
    left = call.account.balance - service.PRICE
    change.writes[RENTER.key] = replace(call.account, balance=left)
    return told(change, balance=left)


def off_by_one(call: Call, _: State) -> bool:
    service = asked(call)
    return service is not None and call.account.balance <= service.PRICE


def unrefunded(_: Event, __: State, ___: EventContext, change: Change[bool]) -> Change[bool]:
    change.writes.pop(RENTER.key, None)
    return change


def refunded_anyway(event: Event, state: State, _: EventContext, change: Change[bool]) -> Change[bool]:
    rental = state.get(RENTALS, event.id)
    account: Any = state.get(*RENTER.key)
    if rental is not None and rental.state == "done":
        change.writes[RENTER.key] = replace(account, balance=account.balance + rental.price)
    return change


def asked(call: Call) -> Service | None:
    found: Service | None = call.account.service(call.text("serviceId"))
    return found


def per_kind(operation: str) -> Mistake:
    """Keep an interval of its own for each kind of rent."""
    own: Key = (RENTAL_BOOKS, f"thuesim {operation}")

    def taken(call: Call, _: State, change: Decided) -> Decided:
        change.writes[own] = RentalBook(last_taken=call.now)
        return change

    def too_soon(call: Call, state: State) -> bool:
        return pauses(call.account, state.get(*own) or EMPTY_BOOK, call.now)

    return both(handler(operation, change=taken, keys=lambda _: (own,)), with_check(operation, "too_soon", too_soon))


def restarted(call: Call, state: State, change: Decided) -> Decided:
    if change.verdict.cause != "auth_failed":
        change.writes[RENTER.book] = replace(RENTER.book_of(state), last_taken=call.now)
    return change


def inclusive(call: Call, state: State) -> bool:
    last = RENTER.book_of(state).last_taken
    return bool(call.account.min_interval) and last is not None and call.now - last <= call.account.min_interval


def one_more(call: Call, state: State) -> bool:
    return bool(len(RENTER.book_of(state).waiting) > call.account.waiting_limit)


def all_count(call: Call, state: State) -> bool:
    return bool(RENTER.book_of(state).taken >= call.account.waiting_limit)


def lived(length: Callable[[timedelta], timedelta]) -> Mistake:
    """Let rentals wait otherwise."""

    def spoil(_: Call, __: State, change: Decided) -> Decided:
        for key in written(change, RENTALS):
            held: Rental = change.writes[key]
            until = held.created_at + length(held.expires_at - held.created_at)
            change.writes[key] = replace(held, expires_at=until)
            change.due = [replace(each, at=until) if each.kind == "expiry" else each for each in change.due]
        return change

    return either(handler, change=spoil)


WRITTEN: Final = (
    made("lives-forever", "rentals do not expire", lived(lambda _: timedelta(days=365))),
    made(
        "life-inclusive",
        "a rental still waits at its last instant",
        lived(lambda length: length + timedelta(milliseconds=1)),
    ),
    made("line-open", "messages arrive at what is done", arrivals(line_open)),
    made("free", "rents cost nothing", either(handler, change=uncharged)),
    made("balance-before-charge", "Balance is that before the rent", either(handler, change=before_charge)),
    made(
        "balance-off-by-one",
        "a balance of exactly the price is not enough",
        with_check(RENT, "not_enough_balance", off_by_one),
    ),
    made("refusal-charged", "a refused rent costs the price", handler(RENT, refusal=refusal_charged)),
    made("no-refund", "what expires gives nothing back", events("expiry", unrefunded)),
    made("refund-when-done", "what is done gives its price back too", events("expiry", refunded_anyway)),
    made("interval-inclusive", "five seconds are too soon", either(with_check, "too_soon", inclusive)),
    made("interval-per-kind", "both rents have an interval of their own", both(per_kind(RENT), per_kind(AGAIN))),
    made("interval-restarts", "a refused rent starts the interval anew", either(handler, refusal=restarted)),
    made(
        "limit-off-by-one",
        "one more may wait than the limit says",
        either(with_check, "waiting_limit_reached", one_more),
    ),
    made(
        "limit-counts-all",
        "rentals that have ended count as waiting",
        either(with_check, "waiting_limit_reached", all_count),
    ),
)
