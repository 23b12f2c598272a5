"""How viotp writes its answers."""

from __future__ import annotations

from otp_sandbox.contract import Call, Handler, Reply, write_json
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.renting.pages import SERVER
from otp_specs import Outcome


def render(handler: Handler, call: Call, row: Outcome, verdict: Verdict) -> Reply:
    """Write the answer that a row of the table gives to a call: JSON, a sound, or the page of a host that has none."""
    body = handler.body(call, row, verdict.facts)
    return body if isinstance(body, Reply) else Reply(write_json(body), status=row.status, server=SERVER)
