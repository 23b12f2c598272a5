"""Registration of SMS templates at eSMS, and what phones write to short codes."""

from __future__ import annotations

import base64
import hashlib
from functools import partial
from typing import Any

from otp_conformance.callbacks import NOBODY_LISTENS, list_callbacks, listen, wait_for_callbacks
from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, true
from otp_conformance.providers.esms.names import JSON_SEND, REGISTER
from otp_conformance.providers.esms.steps import ACCOUNTS, CLOCK, NOON, fields_of

registration_case = partial(case, "esms", "registration")
short_code_case = partial(case, "esms", "short code")


async def register(esms: Driver, content: str, **changes: Any) -> int:
    """Ask for a text to be registered, and give its number."""
    answer = expect(await esms.call(REGISTER, Content=content, **changes), "registration_received")
    found: int = answer.json["ServicePreviewId"]
    return found


def new_text(esms: Driver) -> str:
    """Give a text with two places that nobody has registered."""
    return f"{{ma:4}} la ma {esms.mark} cua {{ten khach}}"


async def is_sent(esms: Driver, code: str) -> bool:
    """Whether a message with that text goes through."""
    answer = await esms.call(JSON_SEND, Content=f"{code} la ma {esms.mark} cua Anh Ba")
    return "ErrorMessage" not in expect(answer, "accepted", "template_mismatch").json


@registration_case(
    rule="A text is received under a number of its own; when it is registered, messages may have it.",
    tier=Tier.WAITS,
    needs=CLOCK,
    choices={"esms.registration-decision": "registered"},
    covers=[
        *("esms:registration_received", "esms.registration", "esms.registration-places"),
        *("esms.registration-decision", "esms.registration-decision=registered", "esms:template_mismatch"),
    ],
    kills=["esms.registration-at-once", "esms.registration-no-bound"],
    rows={"number": (2,), "text": ("2",)},
)
async def registered(esms: Driver, kind: Any) -> None:
    await esms.stop_clock(NOON)
    numbers = [await register(esms, new_text(esms), SmsType=kind, ServiceType=kind), await register(esms, esms.mark)]
    await esms.advance("59s")
    before = await is_sent(esms, "1234")
    await esms.advance("1s")

    equal(len(set(numbers)), 2, "different numbers")
    equal((before, await is_sent(esms, "1234"), await is_sent(esms, "12345")), (False, True, False), "what is sent")


@registration_case(
    rule="A text that is refused, or not decided, is no template; a test may decide by itself.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=[*CLOCK, *ACCOUNTS, Feature.CHOICES],
    covers=["esms.registration-decision=failed", "esms.registration-decision=open", "esms.registration-again"],
    rows={"failed": ("failed", 0), "open": ("open", 1)},
)
async def not_registered(esms: Driver, option: str, status: int) -> None:
    await esms.choose(registration_decision=option)
    await register(esms, new_text(esms))
    await esms.advance("61s")
    held = (await esms.account_now())["sms_registrations"]
    equal(([each["status"] for each in held], await is_sent(esms, "1234")), ([status], False), "status, sent")
    again = await esms.call(REGISTER, Content=new_text(esms))
    expect(again, "registration_received" if option == "failed" else "request_in_progress")

    await esms.account(sms_registrations=[{**held[0], "status": 2}])
    true(await is_sent(esms, "1234"), "a message that is sent")


@registration_case(
    rule="The same text is refused while it is received and when it is registered, for its sender name and type alone.",
    tier=Tier.WAITS,
    needs=CLOCK,
    choices={"esms.registration-decision": "registered"},
    covers=["esms.registration-again", "esms:request_in_progress"],
)
async def again(esms: Driver) -> None:
    text = new_text(esms)
    await register(esms, text)
    expect(await esms.call(REGISTER, Content=text), "request_in_progress")
    await register(esms, text, SmsType=8)
    await register(esms, text, Brandname="Sandbox")
    await esms.advance("61s")

    expect(await esms.call(REGISTER, Content=text), "request_in_progress")


@registration_case(
    rule="Only service type 2 is supported, and the sender name must be the account's own.",
    sources=["V2, error table, row 301"],
    tier=Tier.NOTHING,
    covers=["esms.registration-service", "esms:service_type_unsupported", "esms.registration"],
    rows={
        "service": ({"ServiceType": 1}, "service_type_unsupported"),
        "no-service": ({"ServiceType": None}, "service_type_unsupported"),
        "type": ({"SmsType": 1}, "type_not_supported"),
        "name": ({"Brandname": "QC_ONLINE"}, "brandname_unknown"),
    },
)
async def refused(esms: Driver, changes: dict[str, Any], outcome: str) -> None:
    expect(await esms.call(REGISTER, **changes), outcome)


@registration_case(
    rule="The customer is told that a text was received, and what was decided.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=[*CLOCK, Feature.CALLBACKS, Feature.CHOICES],
    covers=["esms.registration-callback"],
    kills=["esms.registration-silent"],
    rows={"registered": ("registered", "2"), "failed": ("failed", "0")},
)
async def told(esms: Driver, option: str, status: str) -> None:
    await esms.choose(registration_decision=option)
    number = await register(esms, new_text(esms), CallbackUrl=NOBODY_LISTENS)
    await esms.advance("61s")

    expected = [[("ServicePreviewId", str(number)), ("Status", each)] for each in ("1", status)]
    equal([fields_of(each) for each in await list_callbacks(esms)], expected, "fields")


@short_code_case(
    rule="A text to a short code is told to the customer with the published fields, in their order, and signed.",
    tier=Tier.READS,
    needs=[*CLOCK, *ACCOUNTS, Feature.CALLBACKS],
    covers=["esms.short-code", "esms.short-code-sign", "esms.short-code-time"],
    kills=["esms.short-code-other-sign"],
)
async def forwarded(esms: Driver) -> None:
    await esms.stop_clock(NOON)
    text = "ABC đăng ký & 1"
    async with listen("/receive_mo") as (url, came):
        await esms.account(short_codes=[{"number": "8041", "url": url, "cpid": "17", "private_key": "key"}])
        received = await esms.control("POST", "/inbound", {"from": "0901888484", "to": "8041", "text": text})
        await wait_for_callbacks(esms)

    parts = f"17{received['id']}{text}20310502120000key"
    sign = base64.b64encode(hashlib.md5(parts.encode(), usedforsecurity=False).digest()).decode()
    expected = [
        ("sender", "84901888484"),
        ("content", text),
        ("serviceNumber", "8041"),
        ("keyword", "ABC"),
        ("sign", sign),
        ("cpid", "17"),
        ("smsid", received["id"]),
        ("receiverTime", "20310502120000"),
    ]
    ((request, body),) = came
    equal((request.method, request.path, body), ("GET", "/receive_mo", ""), "method, path and body")
    equal(list(request.query.items()), expected, "fields")
