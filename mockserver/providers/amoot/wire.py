"""How Amoot writes its answers: the name of the status, and the data or null (reference 2.5, 4.A.1)."""

from __future__ import annotations

import orjson

from mockserver.contract import Call, Reply
from mockserver.domain.refusals import Verdict
from specs import Outcome


def render(call: Call, row: Outcome, verdict: Verdict) -> Reply:
    """Write the answer that a row of the table gives to a call."""
    status = row.code if call.dialect.option("status-format") == "number" else row.message
    facts, data = verdict.facts, None
    if "message_id" in facts:
        data = {"Mobile": facts["mobile"], "MessageID": facts["message_id"], "Code": facts["code"], "Status": status}
    return Reply(orjson.dumps({"Status": status, "Data": data}), status=row.status)


def unmatched(method: str, url: str, allowed: tuple[str, ...]) -> Reply:
    """Answer like an ASP.NET service that has nothing at a path, or not for a method."""
    if allowed:
        message = f"The requested resource does not support http method '{method}'."
        return Reply(orjson.dumps({"Message": message}), status=405, headers={"Allow": ", ".join(allowed)})
    message = f"No HTTP resource was found that matches the request URI '{url}'."
    return Reply(orjson.dumps({"Message": message}), status=404)
