"""Mistakes that somebody could make in letting callers of Amoot in."""

from __future__ import annotations

from typing import Final

from mutants.amoot import made
from mutants.amoot.codes import SEND
from mutants.kit import credential, handler, with_fields, without_fields
from otp_sandbox.contract import Call
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import State
from otp_sandbox.providers.amoot.identity import CHECKS


def without_header(call: Call) -> Call:
    return replace(call, headers={})


def no_bearer(call: Call) -> Call:
    bearer = call.headers.get("Authorization", "").lower().startswith("bearer ")
    return without_header(call) if bearer else call


def first_only(call: Call) -> Call:
    if call.headers.get("Authorization"):
        return without_fields(call, "Token", "UserName", "Password")
    return without_fields(call, "UserName", "Password") if call.text("Token") else call


def last_told(call: Call) -> Call:
    if call.text("UserName"):
        return without_fields(without_header(call), "Token")
    return without_header(call) if call.text("Token") else call


def password_ignored(call: Call) -> Call:
    return with_fields(call, Password=call.credentials["Password"]) if call.text("Password") else call


def users_refused(call: Call) -> Call:
    return without_fields(call, "UserName", "Password")


def inclusive(call: Call, state: State) -> bool:
    token = call.account.token
    return bool(CHECKS["token_expired"](call, state)) and call.now > token.expires_at


WRITTEN: Final = (
    made("header-ignored", "the header is not looked at", handler(SEND, call=without_header)),
    made("bearer-refused", "Bearer is not taken", handler(SEND, call=no_bearer)),
    made("users-refused", "a user name with its password does not do", handler(SEND, call=users_refused)),
    made("first-credential-only", "only the first credential is tried", handler(SEND, call=first_only)),
    made("last-credential-told", "the last credential is told", handler(SEND, call=last_told)),
    made("password-ignored", "the password is not looked at", handler(SEND, call=password_ignored)),
    made("token-expiry-inclusive", "a token is good at its last instant", credential("token_expired", inclusive)),
)
