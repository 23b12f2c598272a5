"""What several operations of thuesim read."""

from __future__ import annotations

import re
from typing import Final, cast

from mockserver.contract import Call
from mockserver.providers.thuesim.account import Account

_RENTAL_ID: Final = re.compile(r"[0-9]{1,18}\.[0-9]{2}")


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
    """Read the id of a rental. It stays text: a float would lose a zero at its end."""
    return text if _RENTAL_ID.fullmatch(text) else None
