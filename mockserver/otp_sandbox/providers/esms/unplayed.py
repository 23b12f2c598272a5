"""Paths that the provider's documents have and that are not played, with what they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_PATHS: Final = {
    "SendZaloMessage_V6": "Zalo ZNS",
    "SendZaloMessage_V6/zalo_uid": "Zalo ZNS by the user's Zalo id",
    "SendZaloMessage_V6/hash_phone": "Zalo ZNS by a hashed phone",
    "SendZaloMessage_V5_post": "Zalo ZNS with names and values",
    "SendZaloMessage_V4_post_json": "Zalo ZNS with values in their order",
    "Send_zns_bulk_v4_post_json": "Zalo ZNS to many",
    "SendZaloFollowerMessage_V4_post_json": "Zalo consult messages as text",
    "SendZaloFollowerMessage_V5_post_json": "Zalo consult and transaction messages",
    "GetZaloMessageStatus": "state of a Zalo message",
    "QueryZnsStatus": "state of a Zalo message by SMSID",
    "SummaryZaloMessage_V4_post_json": "price estimate for Zalo",
}
UNPLAYED: Final[Mapping[str, str]] = {
    **{f"/MainService.svc/json/{path}": what for path, what in _PATHS.items()},
    "/ZaloCallback/GetCallback": "stored Zalo callbacks",
}
