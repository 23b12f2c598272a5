"""Ids of rentals: a number, a dot and the server, which the second schema leaves out."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from otp_sandbox.contract import Call, Dialect
from otp_sandbox.domain.rentals import Rental
from otp_sandbox.domain.store import Change, State
from otp_sandbox.providers.thuesim.account import PROVIDER
from otp_sandbox.providers.thuesim.answers import second_schema
from otp_sandbox.renting.histories import find_rental, rentals_of

_RENTAL_ID: Final = re.compile(r"[0-9]{1,18}(?:\.[0-9]{2})?")
_FLOAT: Final = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,18})?(?:[eE]\+?[0-9]{1,2})?")


def rental_id(text: str) -> str | None:
    """Read the id of a rental. It stays text: a float would lose a zero at its end.

    The server may be missing; whether that will do depends on the schema that is played: see `lacks_server`.
    """
    return text if _RENTAL_ID.fullmatch(text) else None


def lacks_server(call: Call, name: str) -> bool:
    """Whether an id can be read, but has no server where clients are told one."""
    text = call.value(name)
    return text is not None and "." not in text and not second_schema(call.dialect)


def rental_named(call: Call, name: str, state: State) -> Rental | None:
    """Find the rental that an id means; without a server, ids differ before the dot."""
    text = call.value(name)
    if text is None or lacks_server(call, name):
        return None
    if "." in text:
        return find_rental(state, PROVIDER, text)
    return next((each for each in rentals_of(state, PROVIDER) if bare_id(each) == text), None)


def warn_of_float(call: Call, name: str, state: State, change: Change[Any]) -> None:
    """Warn in a change when an id is one that a client has read as a float.

    Then a zero at its end is lost (`88237016.1` for `88237016.10`), or it has an exponent. The servers that an account
    starts with have no zero at their end.
    """
    text = call.text(name)
    told = None if second_schema(call.dialect) else told_as_float(text)
    if told is not None and find_rental(state, PROVIDER, told) is not None:
        change.warnings.append(f"{name} {text} is rental {told}, read as a float: take ids as text")


def told_as_float(text: str) -> str | None:
    """Give the id that a client may have read as a float; None where this is no float, or an id as it was told."""
    told = f"{Decimal(text):.2f}" if _FLOAT.fullmatch(text) else text
    return told if told != text else None


def bare_id(rental: Rental) -> str:
    """Give the id of a rental without the server."""
    return rental.id.partition(".")[0]


def told_id(rental: Rental, dialect: Dialect) -> str:
    """Give the id of a rental as text, as the rent has told it."""
    return bare_id(rental) if second_schema(dialect) else rental.id


def service_id(rental: Rental) -> int:
    """Give the id of a rental's service without the server."""
    return int(rental.service.rpartition(".")[2])
