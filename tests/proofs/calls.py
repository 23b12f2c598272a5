"""What the clients of the proofs call."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from proofs.replicas import Sandboxes

ESMS: Final = "/MainService.svc/json"
KEYS: Final = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
CONTROL: Final = "/_sandbox/v1"
ACCEPTED: Final = "100"


async def gencode(all_of_them: Sandboxes, phone: str) -> str:
    """Have eSMS send a code; give the number of the message."""
    fields = {"Phone": phone, "Brandname": "Sandbox", "Type": "2", "message": "{OTP}", **KEYS}
    answer = await all_of_them.ask(f"{ESMS}/SendMessageAutoGenCode_V4_get?{urlencode(fields)}")
    assert answer["CodeResult"] == ACCEPTED, answer
    return str(answer["SMSID"])


async def checkcode(all_of_them: Sandboxes, phone: str, code: str) -> str:
    """Have eSMS check a code; give its verdict."""
    fields = urlencode({"Phone": phone, "Code": code, **KEYS})
    return str((await all_of_them.ask(f"{ESMS}/CheckCodeGen_V4_get?{fields}"))["CodeResult"])


async def quick_otp(all_of_them: Sandboxes, mobile: str) -> str:
    """Have Amoot make and send a code; give the number of the message."""
    fields = {"Token": "SANDBOX-TOKEN", "Mobile": mobile, "CodeLength": "5", "OptionalCode": ""}
    answer = await all_of_them.ask("/rest/SendQuickOTP", fields)
    assert answer["Status"] == "Success", answer
    return str(answer["Data"]["MessageID"])


async def rent(all_of_them: Sandboxes, service: str) -> str:
    """Rent a number at thuesim; give the rental's id."""
    answer = await all_of_them.ask(f"/api/register-service/?serviceId={service}&token=SANDBOX-TOKEN")
    assert answer["ResponseCode"] == 1, answer
    return str(answer["RequestLog"]["ID"])


async def codes_of(all_of_them: Sandboxes, phone: str) -> list[dict[str, Any]]:
    """Give the codes of a phone, the newest last."""
    codes: list[dict[str, Any]] = (await all_of_them.ask(f"{CONTROL}/codes/{phone}"))["codes"]
    return codes
