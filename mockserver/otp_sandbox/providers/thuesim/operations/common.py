"""What several operations of thuesim read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, cast

from otp_sandbox.contract import Call
from otp_sandbox.domain.rentals import RENTALS, Rental
from otp_sandbox.domain.store import Key, State
from otp_sandbox.providers.thuesim.account import Account
from otp_sandbox.providers.thuesim.envelope import second_schema

_RENTAL_ID: Final = re.compile(r"[0-9]{1,18}(?:\.[0-9]{2})?")
_SERVERS: Final = tuple(f"{number:02}" for number in range(100))


def account_of(call: Call) -> Account:
    """Give the lane's account."""
    return cast("Account", call.account)


def readable(call: Call, name: str) -> str | None:
    """Give what the reader made of a field, or None when it is missing or malformed.

    A row is checked for its own cause before those that share it, so checks meet such values too.
    """
    value = call.values[name]
    return value if isinstance(value, str) else None


def rental_id(text: str) -> str | None:
    """Read the id of a rental. It stays text: a float would lose a zero at its end.

    The server may be missing; whether that will do depends on the schema that is played: see `lacks_server`.
    """
    return text if _RENTAL_ID.fullmatch(text) else None


def lacks_server(call: Call, name: str) -> bool:
    """Whether an id can be read, but has no server where clients are told one."""
    text = readable(call, name)
    return text is not None and "." not in text and not second_schema(call.dialect)


def rental_keys(call: Call, name: str) -> Sequence[Key]:
    """Name the records that a rental's id may mean: without a server, one on each."""
    text = readable(call, name)
    if text is None or lacks_server(call, name):
        return ()
    return tuple((RENTALS, each) for each in ((text,) if "." in text else (f"{text}.{each}" for each in _SERVERS)))


def rental_named(call: Call, name: str, state: State) -> Rental | None:
    """Find the rental that an id means; ids differ before the dot, so there is one at most."""
    found = (cast("Rental | None", state.get(*key)) for key in rental_keys(call, name))
    return next((each for each in found if each is not None), None)
