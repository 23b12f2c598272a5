"""How a request says which eSMS account it comes from: ApiKey and SecretKey, as ordinary fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from otp_sandbox.contract import Call, Check, Credentials, Fields, Identity
from otp_sandbox.domain.seeds import draw, hexadecimal
from otp_sandbox.domain.store import State


def _candidates(fields: Fields, headers: Mapping[str, str]) -> Iterable[str]:  # noqa: ARG001  (no header counts here)
    return (fields.get("ApiKey", ""),)


def _adopt(fields: Fields, headers: Mapping[str, str]) -> Credentials | None:  # noqa: ARG001  (no header counts here)
    key, secret = fields.get("ApiKey"), fields.get("SecretKey")
    return {"ApiKey": key, "SecretKey": secret} if key and secret else None


def _mint(number: int) -> Credentials:
    return {
        "ApiKey": hexadecimal(draw(number, "ApiKey"), 30).upper(),
        "SecretKey": hexadecimal(draw(number, "SecretKey"), 30).upper(),
    }


def authorize_failed(call: Call, _: State) -> bool:
    """Either key is missing or wrong."""
    fields = call.fields
    for name, value in call.credentials.items():  # noqa: SIM110  (a generator costs more than the comparison)
        if fields.get(name) != value:
            return True
    return False


CHECKS: Final[Mapping[str, Check]] = {
    # What cannot be read has no keys either, so this comes first (`esms.body-unreadable`).
    "body_unreadable": lambda call, _: call.unreadable,
    "authorize_failed": authorize_failed,
}
IDENTITY: Final = Identity(
    fields=("ApiKey", "SecretKey"),
    locators=("ApiKey",),
    secrets=frozenset({"apikey", "secretkey", "authorization"}),
    default={"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"},
    mint=_mint,
    candidates=_candidates,
    adopt=_adopt,
    checks=CHECKS,
)
