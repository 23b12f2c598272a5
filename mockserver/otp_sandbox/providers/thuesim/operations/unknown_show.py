"""A query that does not exist (reference 6-18)."""

from __future__ import annotations

from otp_sandbox.contract import Call, Handler
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim import wire


class UnknownShow(Handler):
    """`show` is missing, or names no query."""

    operations = ("unknown_show",)
    body = staticmethod(wire.status_code)

    def perform(self, call: Call, state: State) -> Change[Verdict]:  # noqa: ARG002  (the hook's signature)
        """Refuse, whatever the token."""
        return Change(Verdict("show_unknown", reason=f"show={call.text('show')} is no query"))
