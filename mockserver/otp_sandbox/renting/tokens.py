"""How a request says whose it is where a token in its fields is all: which lane it finds, and whether it is right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from otp_sandbox.contract import Call, Check, Credentials, Fields, Identity
from otp_sandbox.domain.store import State


def _candidates(fields: Fields, headers: Mapping[str, str]) -> Iterable[str]:  # noqa: ARG001  (no header counts here)
    return (fields.get("token", ""),)


def _adopt(fields: Fields, headers: Mapping[str, str]) -> Credentials | None:  # noqa: ARG001  (no header counts here)
    token = fields.get("token")
    return {"token": token} if token else None


def auth_failed(call: Call, _: State) -> bool:
    """The token is missing or wrong."""
    return call.fields.get("token") != call.credentials["token"]


_CHECKS: Final[Mapping[str, Check]] = {"auth_failed": auth_failed}


def token_identity(
    mint: Callable[[int], str], mark_in: Callable[[Fields], str | None], mark_of: Callable[[int], str]
) -> Identity:
    """Make the identity of a token that `mint` makes, and of recordings that carry a mark of their lane."""
    return Identity(
        fields=("token",),
        locators=("token",),
        secrets=frozenset({"token"}),
        default={"token": "SANDBOX-TOKEN"},
        mint=lambda number: {"token": mint(number)},
        candidates=_candidates,
        adopt=_adopt,
        checks=_CHECKS,
        mark_in=mark_in,
        mark_of=mark_of,
    )
