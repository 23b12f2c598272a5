"""What a message of eSMS costs, and when that is taken."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from otp_sandbox.contract import Call
from otp_sandbox.domain.messages import Channel
from otp_sandbox.domain.segments import count_segments
from otp_sandbox.domain.store import Change
from otp_sandbox.providers.esms.account import KEY


class Cost(NamedTuple):
    """What a message costs, and how that comes about."""

    price: int
    told: str


def cost_of(call: Call, text: str, *, channel: Channel = "sms", receivers: int = 1) -> Cost:
    """Tell what a text costs: an SMS by its segments, or one price for any message (`esms.price`)."""
    parts = None if channel != "sms" or call.dialect.option("price") == "per-message" else count_segments(text)
    return _cost(call.account.price or 0, parts, receivers)


@lru_cache(maxsize=1024)
def _cost(price: int, parts: int | None, receivers: int) -> Cost:
    """Work it out once: what a backend sends has the same few lengths."""
    each = f"{price} for a message" if parts is None else f"{parts} segment{'s'[: parts != 1]} at {price}"
    price *= (parts or 1) * receivers
    told = each if receivers == 1 else f"{receivers} receivers, each {each}"
    return Cost(price, f"the price is {price}: {told}")


def charge(change: Change[Any], call: Call, price: int) -> None:
    """Take a price, if it is taken now (`esms.charging`)."""
    if call.dialect.option("charging") == "on-acceptance":
        change.writes[KEY] = call.account.charged(price)
