"""Why a rent is refused: what waits, what can be rented, and what would let it pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from otp_sandbox.contract import Call, Why, added, listed, shown
from otp_sandbox.domain.rentals import RentalBook
from otp_sandbox.renting.offers import Renting, Service, sold_out


def waiting_limit_reached(book: RentalBook, call: Call) -> Why:
    """Tell which numbers wait."""
    told = listed(rental for rental, _ in book.waiting)
    text = f"{len(book.waiting)} numbers wait, of {call.account.waiting_limit}: rentals {told}"
    return Why(text, {"waiting_limit": len(book.waiting) + 1})


def service_unknown(key: str, call: Call, new: Mapping[str, Any] | None) -> Why:
    """Tell what can be rented, and how a service is let again, or added: `new` is what that would be."""
    account: Renting[Any] = call.account
    known = listed(f"{each.key} ({each.title})" for each in account.offered)
    held = next((each for each in account.services if each.key == key), None)
    if held is not None:
        return Why(f"service {key} is suspended; there are {known}", _service(held, suspended=False))
    text = f"serviceId {shown(call.text('serviceId'))} is none that can be rented: {known}"
    return Why(text, added("services", new) if new is not None else None)


def not_enough_balance(service: Service | None, call: Call) -> Why:
    """Tell balance and price."""
    if service is None:
        return Why(f"the balance is {call.account.balance}")
    text = f"the balance is {call.account.balance}, the price of {service.key} {service.cost}"
    return Why(text, {"balance": service.cost})


def out_of_stock(service: Service | None, call: Call, filters: tuple[str, ...]) -> Why:
    """Tell whether the stock or the filters leave no number."""
    if service is not None and sold_out(service):
        return Why(f"the stock of service {service.key} is used up", _service(service, stock=None))
    given = [f"{name}={shown(call.text(name))}" for name in filters if call.text(name)]
    return Why(f"no number is left with {listed(given)}" if given else "no number is left")


def number_busy(book: RentalBook, phone: str) -> Why:
    """Tell which rental waits for a code at a number."""
    ids = [rental for rental, waiting in book.waiting if waiting == phone]
    return Why(f"{phone} waits for a code already, as rental {', '.join(ids)}")


def _service(service: Any, **changes: Any) -> Mapping[str, Any]:
    return added("services", {**asdict(service), **changes})
