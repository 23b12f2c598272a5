"""What the answers of Amoot share: how a status is written, and what stands around the data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from otp_sandbox.contract import Body, Call, Facts
from otp_specs import Outcome


def write_status(call: Call, row: Outcome) -> str | int | None:
    """Write a status: by its name, or by its number where that is chosen (`amoot.status-format`)."""
    return row.code if call.dialect.option("status-format") == "number" else row.message


def status_of(call: Call, cause: str) -> str | int | None:
    """Write the status of a single recipient or message, by cause or name of a row."""
    return write_status(call, call.dialect.row(call.operation, cause))


def one(write: Callable[[Call, Any], Any]) -> Body:
    """Give the body that has one thing, the fact `item`, as its data, and null in a refusal."""

    def body(call: Call, row: Outcome, facts: Facts) -> Any:
        item = facts.get("item")
        return {"Status": write_status(call, row), "Data": write(call, item) if item is not None else None}

    return body


def many(write: Callable[[Call, Any], Any]) -> Body:
    """Give the body that has an array, the fact `items`, as its data, and an empty one in a refusal."""

    def body(call: Call, row: Outcome, facts: Facts) -> Any:
        items: Any = facts.get("items", ())
        return {"Status": write_status(call, row), "Data": [write(call, each) for each in items]}

    return body


def write_text(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write a text with a row for each recipient; a refusal has the same keys, and one page all the same."""
    return {
        "MessageText": facts.get("text"),
        "SMSPagesCount": facts.get("parts", 1),
        "CampaignID": facts.get("campaign_id", 0),
        "Price": facts.get("price", 0),
        **write_rows(call, row, facts),
    }


def write_rows(call: Call, row: Outcome, facts: Facts) -> dict[str, Any]:
    """Write the rows alone."""
    status, invalid = write_status(call, row), status_of(call, "mobile_invalid")
    rows: Any = facts.get("rows", ())
    return {
        "Status": status,
        "Data": [
            {"Mobile": mobile, "MessageID": message_id, "Status": status if message_id else invalid}
            for mobile, message_id in rows
        ],
    }
