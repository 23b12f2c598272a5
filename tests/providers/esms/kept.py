"""Messages that a lane of eSMS has, in any state, without sending them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from otp_sandbox.domain.messages import MESSAGES, REFUSED, Message, MessageState, Refused
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

REF = "82b0bb8aed914a0aab8deba567c9b8c2"
SENT_AFTER = timedelta(milliseconds=100)
"""A message is sent so long after it was made, and is in its last state after twice this time."""


async def keep(lane: Lane, state: MessageState = "sent", **changes: Any) -> Message:
    """Put a message of now at the end of the log, and give it."""
    now = lane.now
    message = Message(
        id=REF,
        provider="esms",
        operation="SendMultipleMessage_V4_post_json",
        to="+84901888484",
        sender="Baotrixemay",
        text="Cam on quy khach",
        code=None,
        price=850,
        state="queued",
        created_at=now,
        request_id="req-1",
        timeline=(("queued", now),),
    )
    if state != "queued":
        message = message.now_in("sent", now + SENT_AFTER)
    if state not in ("queued", "sent"):
        message = message.now_in(state, now + 2 * SENT_AFTER)
    message = replace(message, **changes)
    key = (MESSAGES, message.id)
    await lane.store.decide("lane", lambda _: Change(None, {key: message}, moved={key}))
    return message


async def keep_refused(lane: Lane, **changes: Any) -> Refused:
    """Put a late refusal of now into its log."""
    refused = replace(Refused(REF, "esms", "+84901888484", lane.now), **changes)
    await lane.write({(REFUSED, refused.id): refused})
    return refused
