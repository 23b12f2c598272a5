"""A query that does not exist: `show` is missing, or names none. It is refused whatever the token."""

from __future__ import annotations

from typing import Final

from otp_sandbox.contract import Call, Query
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim.answers import in_envelope


def _refuse(call: Call, _: State) -> Change[Verdict]:
    return Change(Verdict("show_unknown", reason=f"show={call.text('show')} is no query"))


UNKNOWN_SHOW: Final = Query("unknown_show", find=_refuse, body=in_envelope(lambda *_: None))
