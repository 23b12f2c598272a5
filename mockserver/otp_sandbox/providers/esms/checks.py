"""The checks that several operations share, by cause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from otp_sandbox.contract import Call, Check
from otp_sandbox.domain.accounts import ip_allowed
from otp_sandbox.domain.store import State
from otp_sandbox.providers.esms.phones import fold_all


def account_locked(call: Call, _: State) -> bool:
    """The account is not activated or locked."""
    blocked: bool = call.account.blocked
    return blocked


def ip_not_allowed(call: Call, _: State) -> bool:
    """The caller's address is not on the account's list."""
    allowed = call.account.allowed_ips
    return allowed is not None and not ip_allowed(allowed, call.remote)


def phone_blocked(call: Call, _: State) -> bool:
    """Nothing is sent to this phone."""
    blocked = call.account.blocked_phones
    return bool(blocked) and call.values["Phone"] in fold_all(blocked)


def no_price_list(call: Call, _: State) -> bool:
    """The account cannot pay, whatever it has."""
    return call.account.price is None


def not_enough_balance(call: Call, _: State) -> bool:
    """The balance is below the price of one message, whenever that will be taken; what has a text counts it itself."""
    short: bool = call.account.balance < call.account.price
    return short


CHECKS: Final[Mapping[str, Check]] = {
    "account_locked": account_locked,
    "ip_not_allowed": ip_not_allowed,
    "phone_blocked": phone_blocked,
    "no_price_list": no_price_list,
    "not_enough_balance": not_enough_balance,
}
