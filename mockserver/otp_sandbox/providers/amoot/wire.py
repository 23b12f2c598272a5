"""How Amoot writes its answers: the name of the status, and the data or what stands for none (reference 2.5, 4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from otp_sandbox.contract import Call, Facts, Handler, Reply
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot.statuses import of_cause, written
from otp_specs import Outcome


def render(handler: Handler, call: Call, row: Outcome, verdict: Verdict) -> Reply:
    """Write the answer that a row of the table gives to a call: each operation knows its own body."""
    body = handler.body(call, row, verdict.facts)
    return Reply(orjson.dumps(body), status=row.status)


def unmatched(method: str, url: str, allowed: tuple[str, ...]) -> Reply:
    """Answer like an ASP.NET service that has nothing at a path, or not for a method."""
    if allowed:
        message = f"The requested resource does not support http method '{method}'."
        return Reply(orjson.dumps({"Message": message}), status=405, headers={"Allow": ", ".join(allowed)})
    message = f"No HTTP resource was found that matches the request URI '{url}'."
    return Reply(orjson.dumps({"Message": message}), status=404)


def code(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write a message with its code; null when nothing was sent."""
    status = written(call, row)
    data = None
    if "message_id" in facts:
        data = {"Mobile": facts["mobile"], "MessageID": facts["message_id"], "Code": facts["code"], "Status": status}
    return {"Status": status, "Data": data}


def text(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write a text with a row for each recipient; a refusal has the same keys, and one page all the same."""
    status = written(call, row)
    return {
        "MessageText": facts.get("text"),
        "SMSPagesCount": facts.get("parts", 1),
        "CampaignID": facts.get("campaign_id", 0),
        "Price": facts.get("price", 0),
        **_rows(call, facts, status),
    }


def pattern(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write a pattern as a text, or in the older shape of rows alone (5.2-18)."""
    status = written(call, row)
    older = call.dialect.option("pattern-answer") == "rows"
    return _rows(call, facts, status) if older else text(call, row, facts)


def _rows(call: Call, facts: Facts, status: str | int | None) -> dict[str, Any]:
    rows: Any = facts.get("rows", ())
    refused = of_cause(call, "mobile_invalid")
    return {
        "Status": status,
        "Data": [
            {"Mobile": mobile, "MessageID": message_id, "Status": status if message_id else refused}
            for mobile, message_id in rows
        ],
    }


def campaigns(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write the campaigns of a call; null when nothing was sent. Here the data comes first (4.B.5)."""
    status = written(call, row)
    if "campaigns" not in facts:
        return {"Data": None, "Status": status}
    made: Any = facts["campaigns"]
    data = {
        "CampaignsCreated": len(made),
        "TotalCampaignNumbersCreated": facts["sent"],
        "FailedCount": facts["failed"],
        "Campaigns": [
            {
                "Numbers": _numbers(each["numbers"]),
                "Status": status,
                "MessageText": each["text"],
                "ID": each["campaign_id"],
                "SMSPagesCount": each["parts"],
            }
            for each in made
        ],
    }
    return {"Data": data, "Status": status}


def _numbers(numbers: Iterable[tuple[int, int]]) -> list[dict[str, int]]:
    return [{"ID": message_id, "Number": mobile} for message_id, mobile in numbers]
