"""The carriers (reference 2.1)."""

from __future__ import annotations

from otp_sandbox.contract import Call, Handler
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim import wire
from otp_sandbox.providers.thuesim.numbers import CARRIERS


class Networks(Handler):
    """`show=networks`."""

    operations = ("networks",)
    body = staticmethod(wire.status_code)

    def perform(self, call: Call, state: State) -> Change[Verdict]:  # noqa: ARG002  (the hook's signature)
        """List the carriers."""
        return Change(Verdict("success", {"carriers": CARRIERS}))
