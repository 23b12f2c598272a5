"""The carriers (reference 2.1)."""

from __future__ import annotations

from mockserver.contract import Call, Handler
from mockserver.domain.refusals import Verdict
from mockserver.domain.store import Change, State
from mockserver.providers.thuesim import wire
from mockserver.providers.thuesim.numbers import CARRIERS


class Networks(Handler):
    """`show=networks`."""

    operations = ("networks",)
    body = staticmethod(wire.status_code)

    def perform(self, call: Call, state: State) -> Change[Verdict]:  # noqa: ARG002  (the hook's signature)
        """List the carriers."""
        return Change(Verdict("success", {"carriers": CARRIERS}))
