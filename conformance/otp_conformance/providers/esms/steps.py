"""What the cases of eSMS do again and again."""

from __future__ import annotations

from otp_conformance.case import Feature
from otp_conformance.driver import Driver
from otp_conformance.expect import expect

GENCODE = "SendMessageAutoGenCode_V4_get"
CHECKCODE = "CheckCodeGen_V4_get"
PHONE = "0901888484"
OTHER = "0912345678"
ANY_TEXT = {"Brandname": "Sandbox", "message": "{OTP}"}
CODE = [Feature.READ_CODE]


async def sent(esms: Driver, **changes: str | None) -> str:
    """Send a code and read it."""
    expect(await esms.call(GENCODE, **changes), "accepted")
    return await esms.code_sent_to(changes.get("Phone") or PHONE)
