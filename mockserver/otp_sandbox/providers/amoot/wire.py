"""How Amoot writes its answers, and what its server says where nothing is."""

from __future__ import annotations

import orjson

from otp_sandbox.contract import Call, Handler, Reply
from otp_sandbox.domain.verdict import Verdict
from otp_specs import Outcome


def render(handler: Handler, call: Call, row: Outcome, verdict: Verdict) -> Reply:
    """Write the answer that a row of the table gives to a call: each operation knows its own body."""
    return Reply(orjson.dumps(handler.body(call, row, verdict.facts)), status=row.status)


def write_unmatched(method: str, url: str, allowed: tuple[str, ...]) -> Reply:
    """Answer like an ASP.NET service that has nothing at a path, or not for a method."""
    if allowed:
        message = f"The requested resource does not support http method '{method}'."
        return Reply(orjson.dumps({"Message": message}), status=405, headers={"Allow": ", ".join(allowed)})
    message = f"No HTTP resource was found that matches the request URI '{url}'."
    return Reply(orjson.dumps({"Message": message}), status=404)
