"""Messages of eSMS that are sent later: at a date, and after an approval."""

from __future__ import annotations

from functools import partial

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, true
from otp_conformance.providers.esms.names import FORM_SEND, GET_SEND, JSON_SEND, XML_SEND
from otp_conformance.providers.esms.steps import (
    MESSAGES,
    MOVED,
    NOON,
    ask_status,
    read_message,
    send_message,
)

send_date_case = partial(case, "esms", "send date")
approval_case = partial(case, "esms", "approval")

DATED = {name: (name,) for name in (JSON_SEND, GET_SEND, XML_SEND)}


@send_date_case(
    rule="A message with a SendDate to come is accepted at once, waits, and is sent at that time, in Vietnamese time.",
    tier=Tier.WAITS,
    needs=MOVED,
    covers=["esms.send-date", "esms.send-date-zone"],
    kills=["esms.dates-ignored", "esms.dates-utc"],
    rows={
        f"{name}-{what}": (name, date)
        for name in DATED
        for what, date in {"dashes": "2031-05-02 12:30:00", "slashes": "2031/05/02 12:30:00"}.items()
    },
)
async def send_date(esms: Driver, name: str, date: str) -> None:
    await esms.stop_clock(NOON)
    sms_id = await send_message(esms, name, SendDate=date)
    seen = [(await read_message(esms, sms_id))["state"]]
    for by in ("29m59s", "1s", "2s"):
        await esms.advance(by)
        seen.append((await read_message(esms, sms_id))["state"])

    equal(seen, ["queued", "queued", "sent", "delivered"], "states")


@send_date_case(
    rule="A SendDate that has passed, or that cannot be read, counts as left out.",
    level=Level.SHOULD,
    needs=MOVED,
    covers=["esms.send-date-past"],
    kills=["esms.dates-strict", "esms.dates-past-waits"],
    rows={
        f"{name}-{what}": (name, date)
        for name in DATED
        for what, date in {
            "now": "2031-05-02 12:00:00",
            "past": "2022-08-03 10:00:00",
            "word": "tomorrow",
            "no-day": "2032-13-45 00:00:00",
            "empty": "",
        }.items()
    },
)
async def send_date_past(esms: Driver, name: str, date: str) -> None:
    await esms.stop_clock(NOON)

    equal((await read_message(esms, await send_message(esms, name, SendDate=date)))["state"], "sent", "state")


@send_date_case(
    rule="The form has no SendDate: a message that names one is sent at once.",
    sources=["V2, form page"],
    level=Level.SHOULD,
    needs=MESSAGES,
    covers=["esms.transports-alike"],
)
async def form_has_none(esms: Driver) -> None:
    held = await read_message(esms, await send_message(esms, FORM_SEND, SendDate="2099-01-01 00:00:00"))

    true(held["state"] != "queued", "a message that does not wait", held["state"])


@approval_case(
    rule="Where messages await approval, they have state 1, then 2, then 5.",
    level=Level.SHOULD,
    needs=[*MOVED, Feature.CHOICES],
    choices={"esms.send-status-life": "one-two-five"},
    covers=["esms.send-status-life=one-two-five"],
    rows={name: (name,) for name in DATED},
)
async def approval(esms: Driver, name: str) -> None:
    await esms.stop_clock(NOON)
    sms_id = await send_message(esms, name)
    seen = [await ask_status(esms, sms_id)]
    for by in ("4s", "1s", "2s"):
        await esms.advance(by)
        seen.append(await ask_status(esms, sms_id))

    equal(seen, [1, 1, 2, 5], "states")
