"""How a request says which thuesim account it comes from: the token, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from otp_sandbox.contract import Call, Check, Credentials, Fields, Identity
from otp_sandbox.domain.seeds import draw, hexadecimal
from otp_sandbox.domain.store import State
from otp_sandbox.providers.thuesim.recordings import mark_in, mark_of


def _candidates(fields: Fields, headers: Mapping[str, str]) -> Iterable[str]:  # noqa: ARG001  (no header counts here)
    return (fields.get("token", ""),)


def _adopt(fields: Fields, headers: Mapping[str, str]) -> Credentials | None:  # noqa: ARG001  (no header counts here)
    token = fields.get("token")
    return {"token": token} if token else None


def _mint(number: int) -> Credentials:
    user = 10_000 + draw(number, "thuesim user") % 90_000
    return {"token": f"{user}-{hexadecimal(draw(number, 'thuesim token'), 32)}"}


def auth_failed(call: Call, _: State) -> bool:
    """The token is missing or wrong."""
    return call.fields.get("token") != call.credentials["token"]


CHECKS: Final[Mapping[str, Check]] = {"auth_failed": auth_failed}
IDENTITY: Final = Identity(
    fields=("token",),
    locators=("token",),
    secrets=frozenset({"token"}),
    default={"token": "SANDBOX-TOKEN"},
    mint=_mint,
    candidates=_candidates,
    adopt=_adopt,
    checks=CHECKS,
    mark_in=mark_in,
    mark_of=mark_of,
)
