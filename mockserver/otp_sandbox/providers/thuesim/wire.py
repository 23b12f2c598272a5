"""How thuesim writes its answers.

There are four envelopes, each with its own names and number of success; they stand with their operations.
"""

from __future__ import annotations

from otp_sandbox.contract import Call, Handler, Reply, write_json
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.renting.pages import HTML, SERVER
from otp_specs import Outcome


def render(handler: Handler, call: Call, row: Outcome, verdict: Verdict) -> Reply:
    """Write the answer that a row of the table gives to a call: each operation knows its own body."""
    body = handler.body(call, row, verdict.facts)
    if isinstance(body, Reply):  # a sound, or the page of a host that has none
        return body
    if call.dialect.option("content-type") == "html":
        return Reply(write_json(body), HTML, row.status, server=SERVER)
    return Reply(write_json(body), status=row.status, server=SERVER)
