"""Mistakes that somebody could make in letting callers of Amoot in."""

from __future__ import annotations

from typing import Final

from mutants.amoot_mistakes import (
    SEND,
    first_only,
    halves_alike,
    ignored,
    inclusive,
    last_told,
    made,
    no_bearer,
    password_ignored,
    same_error,
    users_refused,
    without_header,
)
from mutants.kit import (
    both,
    credential,
    handler,
    never,
    order,
)

MUTANTS: Final = (
    made("header-ignored", "authentication", "the header is not looked at", handler(SEND, call=without_header)),
    made("bearer-refused", "authentication", "Bearer is not taken", handler(SEND, call=no_bearer)),
    made(
        "users-refused",
        "authentication",
        "a user name with its password does not do",
        handler(SEND, call=users_refused),
    ),
    made(
        "first-credential-only", "authentication", "only the first credential is tried", handler(SEND, call=first_only)
    ),
    made("last-credential-told", "authentication", "the last credential is told", handler(SEND, call=last_told)),
    made(
        "one-token-error",
        "authentication",
        "an unknown token is Token_Invalid",
        same_error("token_not_exists", "token_invalid"),
    ),
    made(
        "half-credentials-alike",
        "authentication",
        "a missing password is UserName_Empty",
        both(credential("user_name_empty", halves_alike), credential("password_empty", never)),
    ),
    made("password-ignored", "authentication", "the password is not looked at", handler(SEND, call=password_ignored)),
    made(
        "password-choice-ignored",
        "authentication",
        "a wrong password is User_NotExists, whatever is chosen",
        wrong_password="user_not_exists",
    ),
    made("token-state-ignored", "authentication", "a switched off token does", credential("token_disabled", never)),
    made("token-expiry-ignored", "authentication", "an expired token does", credential("token_expired", never)),
    made(
        "token-expiry-inclusive",
        "authentication",
        "a token is good at its last instant",
        credential("token_expired", inclusive),
    ),
    ignored("token-ip-ignored", "token_not_allow_ip", "addresses of the token are not looked at"),
    ignored("token-method-ignored", "token_not_allow_method", "methods of the token are not looked at"),
    ignored("user-ip-ignored", "user_not_allow_ip", "addresses of the user are not looked at"),
    ignored("user-method-ignored", "user_not_allow_method", "methods of the user are not looked at"),
    ignored("disabled-ignored", "user_disabled", "a disabled user may send"),
    ignored("expired-ignored", "user_expired", "an expired user may send"),
    ignored("mobile-not-verified-ignored", "user_mobile_not_verified", "an unverified user may send"),
    ignored("web-service-banned-ignored", "user_web_service_banned", "a banned user may send"),
    ignored("not-allow-web-service-ignored", "user_not_allow_web_service", "a user without web service may send"),
    ignored("not-allow-http-ignored", "user_not_allow_http", "plain HTTP is always allowed"),
    ignored("system-ignored", "system_disabled", "a disabled system sends"),
    made(
        "order-token-user",
        "authentication",
        "the user is checked before the token",
        order(SEND, "token_disabled", "user_disabled"),
    ),
)
