"""Why thuesim refused a rent: when the next one is possible, what can be rented, and what would let it pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from otp_sandbox.contract import Call, Reason, Why, added, listed, shown
from otp_sandbox.domain.store import State
from otp_sandbox.providers.thuesim.account import Account, Service
from otp_sandbox.providers.thuesim.allowances import book_of
from otp_sandbox.providers.thuesim.pool import FILTERS
from otp_sandbox.providers.thuesim.services import composite


def too_soon(call: Call, state: State) -> Why:
    """Tell when the last number was taken, and when the next one can be."""
    account, last = call.account, book_of(state).last_taken
    if last is None:
        return Why("a number was taken just before")
    text = f"the last number was taken at {last}; the next one can be from {last + account.min_interval}"
    return Why(text, {"min_interval": "0s"})


def waiting_limit_reached(call: Call, state: State) -> Why:
    """Tell which numbers wait."""
    waiting = book_of(state).waiting
    text = (
        f"{len(waiting)} numbers wait, of {call.account.waiting_limit}: rentals {listed(each for each, _ in waiting)}"
    )
    return Why(text, {"waiting_limit": len(waiting) + 1})


def service_unknown(key: str, call: Call) -> Why:
    """Tell what can be rented, and how a service is added or let again."""
    account: Account = call.account
    known = listed(f"{each.key} ({each.SERVICE_NAME})" for each in account.offered)
    held = next((each for each in account.services if each.key == key), None)
    if held is not None:
        return Why(f"service {key} is suspended; there are {known}", _service(held, suspended=False))
    remedy = None
    if composite(key) is not None:
        server, _, number = key.partition(".")
        new = {"ID": int(number), "SV": server, "SERVICE_NAME": f"Service {number}", "PRICE": 1000, "Time": "300"}
        remedy = added("services", new)
    return Why(f"serviceId {shown(call.text('serviceId'))} is none that can be rented: {known}", remedy)


def not_enough_balance(service: Service | None, call: Call) -> Why:
    """Tell balance and price."""
    if service is None:
        return Why(f"the balance is {call.account.balance}")
    text = f"the balance is {call.account.balance}, the price of {service.key} {service.PRICE}"
    return Why(text, {"balance": service.PRICE})


def out_of_stock(service: Service | None, call: Call) -> Why:
    """Tell whether the stock or the filters leave no number."""
    if service is not None and service.sold_out:
        return Why(f"the stock of service {service.key} is used up", _service(service, stock=None))
    filters = [f"{name}={shown(call.text(name))}" for name in FILTERS if call.text(name)]
    return Why(f"no number is left with {listed(filters)}" if filters else "no number is left")


def _service(service: Service, **changes: Any) -> Mapping[str, Any]:
    return added("services", {**asdict(service), **changes})


REASONS: Final[Mapping[str, Reason]] = {
    "too_soon": too_soon,
    "waiting_limit_reached": waiting_limit_reached,
    "service_malformed": lambda call, _: Why(
        f"serviceId {shown(call.text('serviceId'))} is not written as this operation takes it: "
        "a first rent names server, dot and id, renting again the bare id"
    ),
    "session_unknown": lambda call, _: Why(f"no rental of this account has the ID {shown(call.text('ID'))}"),
}
