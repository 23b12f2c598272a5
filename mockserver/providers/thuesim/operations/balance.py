"""The balance (reference 2.0)."""

from __future__ import annotations

from mockserver.contract import Call, Handler
from mockserver.domain.refusals import Verdict
from mockserver.domain.store import Change, State
from mockserver.providers.thuesim import wire
from mockserver.providers.thuesim.operations.common import account_of


class Balance(Handler):
    """`show=balance`."""

    operations = ("balance",)
    body = staticmethod(wire.status_code)

    def perform(self, call: Call, state: State) -> Change[Verdict]:  # noqa: ARG002  (the hook's signature)
        """Tell what is left."""
        return Change(Verdict("success", {"balance": account_of(call).balance}))
