"""Lists of rentals, and what filters them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from otp_sandbox.contract import Call
from otp_sandbox.domain.rentals import RENTALS, Rental
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.renting.states import NUMBERS, as_of
from otp_sandbox.renting.times import day_of

_LIMIT: Final = re.compile(r"[0-9]{1,9}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def rentals_of(state: State, provider: str) -> Iterator[Rental]:
    """Give the rentals of a provider, the newest first: others of the lane may rent as well."""
    return (each for each in state.entries(RENTALS) if each.provider == provider)


def find_rental(state: State, provider: str, rental_id: str) -> Rental | None:
    """Find a rental of a provider."""
    rental = state.get(RENTALS, rental_id)
    return rental if rental is not None and rental.provider == provider else None


def filtered(change: Change[Verdict], call: Call, state: State, provider: str, *, by_day: bool) -> Iterator[Rental]:
    """Give the rentals that service and status leave, and the days, where they count; as they are now."""
    service, status = call.text("service"), call.text("status")
    first, last = (_day(change, call, name) if by_day else None for name in ("fromDate", "toDate"))
    for held in rentals_of(state, provider):
        rental = as_of(held, call.now)
        rented = day_of(rental.created_at)
        if (
            (not service or service in (rental.service, rental.service.rpartition(".")[2]))
            and (not status or status == str(NUMBERS[rental.state]))
            and (first is None or rented >= first)
            and (last is None or rented <= last)
        ):
            yield rental


def limit_of(change: Change[Verdict], call: Call) -> int | None:
    """Read how many rows are wanted; None if that is not said, or not a number."""
    text = call.text("limit")
    if not text:
        return None
    if _LIMIT.fullmatch(text):
        return int(text)
    change.warnings.append("limit is not a number of rows: it cuts nothing")
    return None


def _day(change: Change[Verdict], call: Call, name: str) -> date | None:
    text = call.text(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        change.warnings.append(f"{name} is not a day written year-month-day: it filters nothing")
        return None
