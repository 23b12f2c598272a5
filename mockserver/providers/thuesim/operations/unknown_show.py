"""A query that does not exist (reference 6-18)."""

from __future__ import annotations

from mockserver.contract import Call, Handler
from mockserver.domain.refusals import Verdict
from mockserver.domain.store import Change, State
from mockserver.providers.thuesim import wire


class UnknownShow(Handler):
    """`show` is missing, or names no query."""

    operations = ("unknown_show",)
    body = staticmethod(wire.status_code)

    def perform(self, call: Call, state: State) -> Change[Verdict]:  # noqa: ARG002  (the hook's signature)
        """Refuse, whatever the token."""
        return Change(Verdict("show_unknown", reason=f"show={call.text('show')} is no query"))
