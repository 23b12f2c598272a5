"""What the cases of Amoot do again and again."""

from __future__ import annotations

from datetime import timedelta, timezone

from otp_conformance.case import Feature
from otp_conformance.driver import Driver
from otp_conformance.good_calls import good_fields
from otp_specs import load

SEND = "SendOTP"
GOOD = good_fields(load("amoot"), SEND)
UNKNOWN = "0123456789ABCDEF0123456789ABCDEF01234567"
TEHRAN = timezone(timedelta(hours=3, minutes=30))
MESSAGES = [Feature.MESSAGES]


def of(amoot: Driver, name: str) -> str:
    """Give a credential of the lane."""
    return amoot.world.credentials["amoot"][name]


def without_token(amoot: Driver, **changes: str | None) -> dict[str, str]:
    """Give the fields of a good call without its token."""
    return amoot.fields(SEND, {"Token": None, **changes})


async def latest(amoot: Driver) -> dict[str, object]:
    """Give the newest message of the lane."""
    return (await amoot.messages())[-1]
