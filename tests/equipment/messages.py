"""Messages in any state, without sending them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from otp_sandbox.domain.messages import Message, MessageState


def message(*timeline: tuple[MessageState, datetime], **changes: Any) -> Message:
    """Make a message that came through these states; it was made with the first, and is in the last."""
    usual = {
        "operation": "send",
        "sender": "Sandbox",
        "text": "Test",
        "code": None,
        "price": 1000,
        "state": timeline[-1][0],
        "created_at": timeline[0][1],
        "request_id": "req-1",
        "timeline": timeline,
    }
    return Message(**{**usual, **changes})
