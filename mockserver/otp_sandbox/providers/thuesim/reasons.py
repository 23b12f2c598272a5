"""Why thuesim refused a call: when the next rent is possible, and how services are named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from otp_sandbox.contract import Call, Reason, Why, shown
from otp_sandbox.domain.store import State
from otp_sandbox.providers.thuesim.renting import RENTER


def too_soon(call: Call, state: State) -> Why:
    """Tell when the last number was taken, and when the next one can be."""
    account, last = call.account, RENTER.book_of(state).last_taken
    if last is None:
        return Why("a number was taken just before")
    text = f"the last number was taken at {last}; the next one can be from {last + account.min_interval}"
    return Why(text, {"min_interval": "0s"})


REASONS: Final[Mapping[str, Reason]] = {
    "too_soon": too_soon,
    "service_malformed": lambda call, _: Why(
        f"serviceId {shown(call.text('serviceId'))} is not written as this operation takes it: "
        "a first rent names server, dot and id, renting again the bare id"
    ),
    "session_unknown": lambda call, _: Why(f"no rental of this account has the ID {shown(call.text('ID'))}"),
}
