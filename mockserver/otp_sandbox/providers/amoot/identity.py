"""How a request says which Amoot account it comes from, and whether it may come (`amoot.credential-order`).

The Authorization header is tried first, then Token, then UserName with Password; any of them that is valid lets the
request in, and else the first one that is there says what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from otp_sandbox.contract import Call, Check, Credentials, Fields, Identity
from otp_sandbox.domain.accounts import ip_allowed
from otp_sandbox.domain.seeds import draw, hexadecimal
from otp_sandbox.domain.store import State
from otp_sandbox.providers.amoot.account import Token, User, method_allowed

_TOKEN_DIGITS: Final = 40
_has_form_of_token: Final = re.compile(rf"[0-9A-Fa-f]{{{_TOKEN_DIGITS}}}").fullmatch


def _in_header(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Give the tokens that the header may mean: it as it is, and without a leading Bearer."""
    header = headers.get("Authorization", "")
    if not header:
        return ()
    scheme, _, rest = header.partition(" ")
    rest = rest.strip()
    return (header, rest) if rest and scheme.lower() == "bearer" else (header,)


def _candidates(fields: Fields, headers: Mapping[str, str]) -> Iterable[str]:
    return (*_in_header(headers), fields.get("Token", ""), fields.get("UserName", ""))


def _adopt(fields: Fields, headers: Mapping[str, str]) -> Credentials | None:
    token = next(reversed(_in_header(headers)), None) or fields.get("Token")
    if token:
        return {"Token": token}
    user_name, password = fields.get("UserName"), fields.get("Password")
    return {"UserName": user_name, "Password": password} if user_name and password else None


def _mint(number: int) -> Credentials:
    return {
        "Token": hexadecimal(draw(number, "Token"), _TOKEN_DIGITS).upper(),
        "UserName": f"user-{hexadecimal(draw(number, 'UserName'), 8)}",
        "Password": hexadecimal(draw(number, "Password"), 16),
    }


def _by_token(call: Call) -> bool:
    """Whether the request was let in by its token: only then the settings of the token count."""
    token = call.credentials["Token"]
    return call.text("Token") == token or token in _in_header(call.headers)


def _by_user(call: Call) -> bool:
    return all(call.text(name) == call.credentials[name] for name in ("UserName", "Password"))


def _stranger(call: Call) -> str | None:
    """Name the cause why nobody is known by these credentials, or None if somebody is."""
    if _by_token(call) or _by_user(call):
        return None
    tokens = _in_header(call.headers) or ((call.text("Token"),) if call.text("Token") else ())
    if tokens:
        return "token_not_exists" if any(map(_has_form_of_token, tokens)) else "token_invalid"
    match bool(call.text("UserName")), bool(call.text("Password")):
        case False, False:
            return "credentials_missing"
        case False, True:
            return "user_name_empty"
        case True, False:
            return "password_empty"
    return "wrong_password" if call.text("UserName") == call.credentials["UserName"] else "user_not_exists"


def _is_stranger(cause: str) -> Check:
    return lambda call, _: _stranger(call) == cause


def _token(wrong: Callable[[Call, Token], bool]) -> Check:
    return lambda call, _: wrong(call, call.account.token) and _by_token(call)


def _user(wrong: Callable[[Call, User], bool]) -> Check:
    return lambda call, _: wrong(call, call.account.user)


def _ip_not_allowed(call: Call, settings: Token | User) -> bool:
    return not ip_allowed(settings.allowed_ips, call.remote)


def _method_not_allowed(call: Call, settings: Token | User) -> bool:
    return not method_allowed(settings.allowed_methods, call.operation.name)


def system_disabled(call: Call, _: State) -> bool:
    """The whole service is switched off."""
    disabled: bool = call.account.system_disabled
    return disabled


CHECKS: Final[Mapping[str, Check]] = {
    "system_disabled": system_disabled,
    "token_not_exists": _is_stranger("token_not_exists"),
    "credentials_missing": _is_stranger("credentials_missing"),
    "token_invalid": _is_stranger("token_invalid"),
    "user_name_empty": _is_stranger("user_name_empty"),
    "password_empty": _is_stranger("password_empty"),
    "user_not_exists": _is_stranger("user_not_exists"),
    "wrong_password": _is_stranger("wrong_password"),
    "token_disabled": _token(lambda _, token: not token.active),
    "token_expired": _token(lambda call, token: token.expires_at is not None and call.now >= token.expires_at),
    "token_not_allow_ip": _token(_ip_not_allowed),
    "token_not_allow_method": _token(_method_not_allowed),
    "user_disabled": _user(lambda _, user: user.disabled),
    "user_expired": _user(lambda _, user: user.expired),
    "user_mobile_not_verified": _user(lambda _, user: user.mobile_not_verified),
    "user_web_service_banned": _user(lambda _, user: user.web_service_banned),
    "user_not_allow_web_service": _user(lambda _, user: user.not_allow_web_service),
    "user_not_allow_ip": _user(_ip_not_allowed),
    "user_not_allow_http": _user(lambda call, user: user.not_allow_http and not call.secure),
    "user_not_allow_method": _user(_method_not_allowed),
}
IDENTITY: Final = Identity(
    fields=("Token", "UserName", "Password"),
    locators=("Token", "UserName"),
    secrets=frozenset({"token", "username", "password", "authorization"}),
    default={"Token": "SANDBOX-TOKEN", "UserName": "sandbox", "Password": "sandbox"},
    mint=_mint,
    candidates=_candidates,
    adopt=_adopt,
    checks=CHECKS,
)
