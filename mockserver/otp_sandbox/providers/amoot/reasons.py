"""Why Amoot refused a call: what was sent, what the account has, and what would let it pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from otp_sandbox.contract import Call, Reason, Why, added, listed, shown
from otp_sandbox.domain.accounts import without
from otp_sandbox.domain.store import State
from otp_sandbox.providers.amoot.phones import fold


def _unknown_line(field: str) -> Reason:
    def explain(call: Call, _: State) -> Why:
        line = call.text(field)
        return Why(f"{field} {shown(line)} is none of {listed(call.account.lines)}", added("lines", line))

    return explain


def _mobile_black_listed(call: Call, _: State) -> Why:
    def is_mobile(text: str) -> bool:
        return bool(fold(text) == call.values["Mobile"])

    left = without(call.account.black_list, is_mobile)
    return Why(f"{shown(call.text('Mobile'))} stands in black_list", {"black_list": left})


def credit_not_enough(price_of: Callable[[Call, State], int]) -> Reason:
    """Explain a credit that is lower than the price of the call."""

    def explain(call: Call, state: State) -> Why:
        price = price_of(call, state)
        return Why(f"the credit is {call.account.credit}, the price {price}", {"credit": price})

    return explain


def _set(holder: str, name: str, value: Any, text: str) -> Reason:
    """Explain a refusal by a setting of the token, or of the user."""
    return lambda *_: Why(text, {holder: {name: value}})


def _expired(call: Call, _: State) -> Why:
    return Why(f"the token expired at {call.account.token.expires_at}", {"token": {"expires_at": None}})


def _ip(holder: str) -> Reason:
    def explain(call: Call, _: State) -> Why:
        allowed = getattr(call.account, holder).allowed_ips
        text = f"the caller is {call.remote}; {holder}.allowed_ips are {listed(allowed)}"
        return Why(text, {holder: added("allowed_ips", call.remote)})

    return explain


def _method(holder: str) -> Reason:
    def explain(call: Call, _: State) -> Why:
        name, allowed = call.operation.name, getattr(call.account, holder).allowed_methods
        text = f"{name} is none of {holder}.allowed_methods: {listed(allowed)}"
        return Why(text, {holder: added("allowed_methods", name)})

    return explain


REASONS: Final[Mapping[str, Reason]] = {
    "system_disabled": lambda *_: Why("the service is switched off", {"system_disabled": False}),
    "token_disabled": _set("token", "active", value=True, text="the token is not active"),
    "token_expired": _expired,
    "token_not_allow_ip": _ip("token"),
    "token_not_allow_method": _method("token"),
    "user_disabled": _set("user", "disabled", value=False, text="the user is disabled"),
    "user_expired": _set("user", "expired", value=False, text="the user has expired"),
    "user_mobile_not_verified": _set("user", "mobile_not_verified", value=False, text="the mobile is not verified"),
    "user_web_service_banned": _set("user", "web_service_banned", value=False, text="the user is banned"),
    "user_not_allow_web_service": _set("user", "not_allow_web_service", value=False, text="the user may not call"),
    "user_not_allow_ip": _ip("user"),
    "user_not_allow_http": _set("user", "not_allow_http", value=False, text="the call came without encryption"),
    "user_not_allow_method": _method("user"),
    "account_is_demo": _set("user", "demo", value=False, text="the account is a demo"),
    "organisation_undeclared": _set("user", "organisation_undeclared", value=False, text="no organisation is declared"),
    "line_number_not_exist": _unknown_line("LineNumber"),
    "backup_line_number_not_exist": _unknown_line("BackupLineNumber"),
    "mobile_black_listed": _mobile_black_listed,
}
