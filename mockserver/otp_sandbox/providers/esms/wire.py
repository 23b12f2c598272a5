"""How eSMS writes its answers: JSON members in alphabetical order, the code as text (reference 1.6)."""

from __future__ import annotations

from typing import Any, Final

import orjson

from otp_sandbox.contract import Call, Facts, Handler, Reply
from otp_sandbox.domain.verdict import Verdict
from otp_specs import Outcome

OTHER_FAMILY: Final = frozenset({"invalid_request", "invalid_request_ok", "period_invalid"})
"""Rows of the body without a code, for requests that cannot be used at all (reference Q3)."""

TELLS_STATE: Final = "SendMultipleMessage_V4_post_json"
"""The one operation whose refusal of a duplicate has the state of the earlier message (reference Q26)."""

_FINISHED: Final = "5"


def render(handler: Handler, call: Call, row: Outcome, verdict: Verdict) -> Reply:
    """Write the answer that a row of the table gives to a call: each operation knows its own body."""
    if row.name in OTHER_FAMILY:
        return Reply(orjson.dumps({"error": text(call, row, verdict.facts)}), status=row.status)
    body = handler.body(call, row, verdict.facts)
    return Reply(orjson.dumps(body), status=row.status)


def sent(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write the answer of a send, and of a check: the family with `CountRegenerate`."""
    body: dict[str, Any] = {"CodeResult": row.code, "CountRegenerate": 0}
    told = text(call, row, facts)
    if told is not None:
        body["ErrorMessage"] = told
    if "sms_id" in facts:
        body["SMSID"] = facts["sms_id"]
    if row.name == "duplicate_request" and call.operation.name == TELLS_STATE:
        body["SendStatus"] = facts.get("send_status", _FINISHED)  # asked for by a magic value: as published
    return body


def text(call: Call, row: Outcome, facts: Facts) -> str | None:
    """Fill the text of a row; None where it has none."""
    if row.message is None or "{" not in row.message:
        return row.message
    return row.message.format_map({"phone": call.text("Phone"), "code": call.text("Code"), **facts})


def unmatched(method: str, url: str, allowed: tuple[str, ...]) -> Reply:  # noqa: ARG001  (WCF does not repeat them)
    """Answer like a WCF service that has nothing at a path, or not for a method."""
    title, status = ("Method not allowed.", 405) if allowed else ("Endpoint not found.", 404)
    page = (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Service</title></head>'
        f"<body><div><p>{title}</p></div></body></html>"
    )
    headers = {"Allow": ", ".join(allowed)} if allowed else {}
    return Reply(page.encode(), "text/html; charset=UTF-8", status, headers)
