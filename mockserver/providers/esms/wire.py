"""How eSMS writes its answers: JSON members in alphabetical order, the code as text (reference 1.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from mockserver.contract import Call, Reply
from mockserver.domain.refusals import Verdict
from specs import Outcome


def render(call: Call, row: Outcome, verdict: Verdict) -> Reply:
    """Write the answer that a row of the table gives to a call."""
    text = _text(call, row, verdict.facts)
    if row.name in OTHER_FAMILY:
        return Reply(orjson.dumps({"error": text}), status=row.status)
    body: dict[str, Any] = {"CodeResult": row.code, "CountRegenerate": 0}
    if text is not None:
        body["ErrorMessage"] = text
    if "sms_id" in verdict.facts:
        body["SMSID"] = verdict.facts["sms_id"]
    return Reply(orjson.dumps(body), status=row.status)


OTHER_FAMILY = frozenset({"invalid_request", "invalid_request_ok"})
"""Rows of the body without a code, for requests that cannot be used at all (reference Q3)."""


def _text(call: Call, row: Outcome, facts: Mapping[str, object]) -> str | None:
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
