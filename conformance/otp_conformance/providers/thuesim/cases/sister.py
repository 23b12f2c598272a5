"""Reading the code where it is numbered as the sister service does: a Status inside data, and -2 for a wrong id."""

from __future__ import annotations

from otp_conformance.case import Level, Tier
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.thuesim.steps import (
    ARRIVALS,
    CLOCK,
    call_arrives,
    read,
    rented,
    text_arrives,
    unhurried,
    wire_case,
)

VIOTP = (
    r'\{{"status_code":200,"success":true,"message":"successful","data":\{{"ID":"{id}(\.01)?","Phone":"{nine}",'
    r'"ServiceID":4,"ServiceName":"Yahoo","Status":{status},"Price":470,'
    r'"CreatedTime":"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{{0,2}}[1-9])?","IsSound":{sound},'
    r'"SmsContent":{sms},"Code":{code}\}}\}}'
)


@wire_case(
    "thuesim",
    "code",
    rule="Numbered as the sister service does, a rental has a Status inside data.",
    sources=["V", "S252-S279", "6-4"],
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=[*ARRIVALS, *CLOCK],
    choices={"thuesim.code-numbers": "viotp"},
    covers=["thuesim.code-numbers=viotp"],
    kills=["thuesim.code-as-number"],
    rows={
        "waiting": ("", 0, "null", "null"),
        "done": ("text", 1, '"059809 la ma"', '"059809"'),
        "call": ("call", 1, r'"https?://[^"]+\.wav[^"]*"', '"059809"'),
        "expired": ("time", 2, "null", "null"),
    },
)
async def sister(thuesim: Driver, what: str, status: int, sms: str, code: str) -> None:
    await unhurried(thuesim)
    rental = await rented(thuesim)
    if what == "text":
        await text_arrives(thuesim, rental, "059809 la ma")
    elif what == "call":
        await call_arrives(thuesim, rental)
    elif what == "time":
        await thuesim.advance("300s")

    answer = await read(thuesim, rental)

    sound = "true" if what == "call" else "false"
    facts = {"id": rental.bare_id, "nine": rental.nine, "status": status, "sound": sound, "sms": sms, "code": code}
    matches(answer.text, VIOTP.format(**facts), "body")


@wire_case(
    "thuesim",
    "code",
    rule="Numbered as the sister service does, a wrong id is -2.",
    sources=["V", "S235", "6-4, 6-14"],
    level=Level.SHOULD,
    tier=Tier.READS,
    choices={"thuesim.code-numbers": "viotp"},
    covers=["thuesim.code-numbers=viotp", "thuesim:session_unknown_viotp", "thuesim.minus-two"],
    rows={"unknown": ("1.01",), "word": ("first",), "missing": (None,)},
)
async def sister_wrong_id(thuesim: Driver, spelled: str | None) -> None:
    answer = expect(await thuesim.call("code", ID=spelled), "session_unknown_viotp")

    body = '{"status_code":-2,"success":false,"message":"Mã phiên không đúng","data":null}'
    equal(answer.text, body, "body")
