"""The balance (reference 2.0)."""

from __future__ import annotations

from otp_sandbox.contract import Call, Handler
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim import wire
from otp_sandbox.providers.thuesim.operations.common import account_of


class Balance(Handler):
    """`show=balance`."""

    operations = ("balance",)
    body = staticmethod(wire.status_code)

    def perform(self, call: Call, state: State) -> Change[Verdict]:  # noqa: ARG002  (the hook's signature)
        """Tell what is left."""
        return Change(Verdict("success", {"balance": account_of(call).balance}))
