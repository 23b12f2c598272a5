"""GetDeliveries: lists of numbers, and what becomes of those that are none."""

from __future__ import annotations

from typing import Any

from otp_conformance.case import Level, Tier, case
from otp_conformance.driver import JSON, Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.amoot.report_steps import DELIVERIES, NEVER, NOBODYS, data, sent_id


@case(
    "amoot",
    "delivery",
    rule="A list has a row for each number in its order, twice for one that stands twice, whatever separates them.",
    sources=["4.B.8", "2.2", "D, JSON samples"],
    level=Level.SHOULD,
    sends=2,
    covers=["amoot.deliveries-order", "amoot.list-separators", "amoot.list-several"],
    kills=["amoot.deliveries-sorted", "amoot.deliveries-once", "amoot.deliveries-comma-only"],
    rows={
        "comma": (",",),
        "semicolon": (";",),
        "bar": ("|",),
        "line": ("\r\n",),
        "blanks": (" , ,; ",),
        "array": (list,),
        "repeated": (None,),
    },
)
async def lists(amoot: Driver, separator: Any) -> None:
    first, second = await sent_id(amoot), await sent_id(amoot)
    low, high = sorted((first, second))
    asked = [high, low, high]
    if separator is None:
        query = "&".join(f"ListMessageID={each}" for each in asked)
        token = amoot.fields(DELIVERIES, {})["Token"]
        answer = await amoot.request(DELIVERIES, {}, query=f"Token={token}&{query}")
    elif separator is list:
        fields = amoot.fields(DELIVERIES, {"ListMessageID": asked})
        answer = await amoot.request(DELIVERIES, fields, body_as=JSON)
    else:
        answer = await amoot.call(DELIVERIES, ListMessageID=separator.join(map(str, asked)))

    rows = expect(answer, "success").json["Data"]
    equal([row["MessageID"] for row in rows], asked, "numbers")


@case(
    "amoot",
    "delivery",
    rule="A number without a message has a row of its own that says so, and the call succeeds all the same.",
    sources=["4.B.8"],
    level=Level.SHOULD,
    choices={"amoot.status-format": "name"},
    covers=["amoot.deliveries-unknown"],
    kills=["amoot.deliveries-unknown-dropped", "amoot.deliveries-unknown-fails"],
)
async def unknown_rows(amoot: Driver) -> None:
    number = await sent_id(amoot)
    rows = await data(amoot, DELIVERIES, ListMessageID=f"{NOBODYS},{number},0")

    equal([row["Status"] for row in rows], ["MessageID_Invalid", "Success", "MessageID_Invalid"], "statuses")
    nothing = {
        "DeliveryType": 100,
        "Cost": 0,
        "RegDateTime": NEVER,
        "SendDateTime": NEVER,
        "Status": "MessageID_Invalid",
    }
    equal(rows[0], {"MessageID": int(NOBODYS), **nothing}, "row")


@case(
    "amoot",
    "delivery",
    rule="A list that is missing, empty or holds what is no number is answered with Failed and an empty array.",
    sources=["D, sample", "4.B.8"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    choices={"amoot.status-format": "name"},
    covers=["amoot.deliveries-refusal", "amoot:failed", "amoot.refusal-shape"],
    kills=["amoot.deliveries-garbage-skipped", "amoot.refusal-always-null"],
    rows={
        "missing": (None,),
        "empty": ("",),
        "separators": (",;|",),
        "word": ("600000001,abc",),
        "fraction": ("600000001.5",),
        "objects": ('[{"MessageID":600000001}]',),
    },
)
async def no_list(amoot: Driver, listed: str | None) -> None:
    equal((await amoot.call(DELIVERIES, ListMessageID=listed)).text, '{"Status":"Failed","Data":[]}', "body")
