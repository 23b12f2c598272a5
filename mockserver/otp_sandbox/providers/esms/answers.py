"""What the answers of several operations have in common. Members come in alphabetical order."""

from __future__ import annotations

from typing import Any, Final

from otp_sandbox.contract import Call, Facts
from otp_sandbox.providers.esms.carriers import carrier_of
from otp_sandbox.providers.esms.phones import fold
from otp_specs import Outcome

TELLS_STATE: Final = "SendMultipleMessage_V4_post_json"
"""The one operation whose refusal of a duplicate has the state of the earlier message."""

_FINISHED: Final = "5"
_NETWORKS: Final = {"Vinaphone": "VinaPhone", "Vietnammobile": "Vietnammoile"}
"""Carriers that a refusal spells otherwise than the rest (`esms.carrier-named`)."""


def fill_text(call: Call, row: Outcome, facts: Facts) -> str | None:
    """Fill the text of a row; None where it has none."""
    if row.message is None or "{" not in row.message:
        return row.message
    phone = call.text("Phone") or call.text("Phones")
    known = {"phone": phone, "code": call.text("Code"), **facts}
    if "{network}" in row.message:  # whose a phone is costs more than the rest of the answer
        network = carrier_of(fold(phone) or "").name
        known["network"] = _NETWORKS.get(network, network)
    return row.message.format_map(known)


def write_send(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write the answer of a send, and of a check: the family with `CountRegenerate`."""
    body: dict[str, Any] = {"CodeResult": row.code, "CountRegenerate": 0}
    text = fill_text(call, row, facts)
    if text is not None:
        body["ErrorMessage"] = text
    if "sms_id" in facts:
        body["SMSID"] = facts["sms_id"]
    if row.name == "duplicate_request" and call.operation.name == TELLS_STATE:
        body["SendStatus"] = facts.get("send_status", _FINISHED)  # asked for by a magic value: as published
    return body


def write_refusal(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write a refusal as most queries have it; the balance and the state of a send have shapes of their own."""
    return {"CodeResult": row.code, "ErrorMessage": fill_text(call, row, facts)}
