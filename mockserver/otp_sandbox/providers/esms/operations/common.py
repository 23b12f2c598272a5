"""What all operations of eSMS share: checks of the account, and how numbers are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from otp_sandbox.contract import Call, Check
from otp_sandbox.domain.accounts import ip_allowed
from otp_sandbox.domain.store import State

_MOST_DIGITS: Final = 9


def account_locked(call: Call, _: State) -> bool:
    """The account is not activated or locked."""
    blocked: bool = call.account.blocked
    return blocked


def ip_not_allowed(call: Call, _: State) -> bool:
    """The caller's address is not on the account's list."""
    allowed = call.account.allowed_ips
    return allowed is not None and not ip_allowed(allowed, call.remote)


COMMON: Mapping[str, Check] = {"account_locked": account_locked, "ip_not_allowed": ip_not_allowed}


def integer(text: str) -> int | None:
    """Read a whole number as .NET does, leniently; longer than any sensible one counts as very large."""
    text = text.strip()
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isascii() and digits.isdigit()):
        return None
    number = int(digits) if len(digits) <= _MOST_DIGITS else int(digits.lstrip("0")[: _MOST_DIGITS + 1] or 0)
    return -number if text[0] == "-" else number
