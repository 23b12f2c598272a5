"""GetDelivery and GetDeliveries: what became of messages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import FORM, JSON, Driver
from otp_conformance.expect import equal, expect, matches, true
from otp_conformance.providers.amoot.names import NOBODYS, PHONE
from otp_conformance.providers.amoot.steps import (
    CAMPAIGN,
    CLOCK,
    DELIVERIES,
    DELIVERY,
    MESSAGE,
    MOVED,
    NEVER,
    NOON,
    ask_data,
    ask_type,
    send_id,
)

delivery_case = partial(case, "amoot", "delivery")

TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{0,2}[1-9])?"


@delivery_case(
    rule="A delivery is an object of number, type, cost and two local times, in this order; a row adds its status.",
    sources=["D, sample", "W"],
    choices={"amoot.status-format": "name"},
    covers=[
        "amoot.delivery-shape",
        "amoot.deliveries-shape",
        "amoot.delivery-cost",
        "amoot.delivery-type",
        "amoot.delivery-any-send",
    ],
    kills=["amoot.delivery-cost-told"],
)
async def bodies(amoot: Driver) -> None:
    number = await send_id(amoot)

    single = await amoot.call(DELIVERY, MessageID=number)
    several = await amoot.call(DELIVERIES, ListMessageID=number)

    inner = rf'"MessageID":{number},"DeliveryType":[0-9]+,"Cost":0,"RegDateTime":"{TIME}","SendDateTime":"{TIME}"'
    matches(single.text, rf'\{{"Status":"Success","Data":\{{{inner}\}}\}}', "body")
    matches(several.text, rf'\{{"Status":"Success","Data":\[\{{{inner},"Status":"Success"\}}\]\}}', "body")


@delivery_case(
    rule="After sending, the type is 400, then 0, then 8, each from its instant on, and 1 when the phone has it.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=CLOCK,
    covers=["amoot.delivery-stages", "amoot.delivery-received"],
    kills=["amoot.delivery-stages-skipped"],
)
async def stages(amoot: Driver) -> None:
    await amoot.stop_clock(NOON)
    number = await send_id(amoot)
    found = [await ask_type(amoot, number)]
    for step in ("249ms", "1ms", "249ms", "1ms", "499ms", "1ms"):
        await amoot.advance(step)
        found.append(await ask_type(amoot, number))

    equal(found, [400, 400, 0, 0, 8, 8, 1], "types")


@delivery_case(
    rule="What the phone received has the type 1, what it did not receive 2, what the black list stopped 35.",
    sources=["D, samples", "C"],
    tier=Tier.WAITS,
    needs=MOVED,
    covers=["amoot.delivery-received", "amoot.delivery-black-listed"],
    kills=["amoot.delivery-always-received", "amoot.delivery-rejected-as-failed", "amoot.delivery-first-report"],
    rows={
        "delivered": (["delivered"], 1),
        "failed": (["failed"], 2),
        "rejected": (["rejected"], 35),
        "failed-after-all": (["delivered", "failed"], 2),
    },
)
async def fates(amoot: Driver, states: Sequence[str], expected: int) -> None:
    await amoot.stop_clock(NOON)
    number = await send_id(amoot)
    for state in states:
        await amoot.bring_into(state, number)

    equal(await ask_type(amoot, number), expected, "DeliveryType")


@delivery_case(
    rule="A message that waits has the type 900, and its time of sending is that of the call; then it has its own.",
    tier=Tier.WAITS,
    needs=CLOCK,
    covers=["amoot.delivery-queued", "amoot.delivery-times", "amoot.dates-local"],
    kills=["amoot.delivery-queued-as-sent", "amoot.delivery-send-time-never", "amoot.dates-utc"],
)
async def queued(amoot: Driver) -> None:
    await amoot.stop_clock(NOON)
    number = await send_id(amoot, SendDateTime="2031-05-02 14:00:00")
    waiting = await ask_data(amoot, DELIVERY, MessageID=number)
    await amoot.advance("2h")
    sent = await ask_data(amoot, DELIVERY, MessageID=number)

    equal(
        [(each["DeliveryType"], each["RegDateTime"], each["SendDateTime"]) for each in (waiting, sent)],
        [(900, "2031-05-02T12:00:00", "2031-05-02T12:00:00"), (400, "2031-05-02T12:00:00", "2031-05-02T14:00:00")],
        "deliveries",
    )


@delivery_case(
    rule="Times in answers lose the zeros at the end of their fraction, and the point when nothing is left.",
    sources=["D, .59 in GetMessage", "W"],
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=CLOCK,
    covers=["amoot.dates-trimmed", "amoot.dates-local"],
    kills=["amoot.dates-trailing-zeros", "amoot.dates-utc"],
    rows={
        "hundredths": ("2025-10-25T11:46:59.590Z", "2025-10-25T15:16:59.59"),
        "tenths": ("2025-10-25T11:46:59.500Z", "2025-10-25T15:16:59.5"),
        "thousandths": ("2025-10-25T11:46:59.056Z", "2025-10-25T15:16:59.056"),
        "whole": ("2025-10-25T20:30:00.000Z", "2025-10-26T00:00:00"),
        "no-summer-time": ("2025-07-01T00:00:00.000Z", "2025-07-01T03:30:00"),
    },
)
async def fractions(amoot: Driver, now: str, shown: str) -> None:
    await amoot.stop_clock(now)
    number = await send_id(amoot)

    equal((await ask_data(amoot, DELIVERY, MessageID=number))["RegDateTime"], shown, "RegDateTime")
    equal((await ask_data(amoot, MESSAGE, MessageID=number))["SentDateTime"], shown, "SentDateTime")


async def _check_unknown(amoot: Driver, outcome: str) -> None:
    expect(await amoot.call(DELIVERY, MessageID=NOBODYS), outcome)
    expect(await amoot.call(DELIVERY, MessageID="0"), "message_id_invalid")
    expect(await amoot.call(MESSAGE, MessageID=NOBODYS), "message_id_invalid")


@delivery_case(
    rule="A number that the account has no message for is Failed, and an unusable one has a status of its own.",
    sources=["D, sample"],
    tier=Tier.READS,
    choices={"amoot.unknown-delivery": "failed"},
    covers=["amoot.unknown-delivery=failed", "amoot:failed", "amoot:message_id_invalid"],
    kills=["amoot.delivery-zero-unknown"],
)
async def unknown_failed(amoot: Driver) -> None:
    await _check_unknown(amoot, "failed")


@delivery_case(
    rule="Where that is chosen, a number that the account has no message for is answered like an unusable one.",
    sources=["S, status table, 111"],
    level=Level.SHOULD,
    tier=Tier.READS,
    choices={"amoot.unknown-delivery": "message_id_invalid"},
    covers=["amoot.unknown-delivery=message_id_invalid"],
)
async def unknown_invalid(amoot: Driver) -> None:
    await _check_unknown(amoot, "message_id_invalid")


@delivery_case(
    rule="A number that is missing, no whole number or not above zero is answered with MessageID_Invalid.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["amoot.delivery-id-invalid", "amoot:message_id_invalid"],
    kills=["amoot.delivery-zero-unknown"],
    rows={
        "missing": (None,),
        "empty": ("",),
        "zero": ("0",),
        "negative": ("-600000001",),
        "word": ("abc",),
        "fraction": ("600000001.5",),
        "list": ("600000001,600000002",),
        "too-large": ("9223372036854775808",),
    },
)
async def unusable(amoot: Driver, number: str | None) -> None:
    for name in (DELIVERY, MESSAGE):
        expect(await amoot.call(name, MessageID=number), "message_id_invalid")


@delivery_case(
    rule="A number may come as a JSON number or as text of digits, in a query, a form or a JSON object.",
    covers=["amoot.numbers-as-text"],
    kills=["amoot.delivery-ascii-only"],
    rows={
        "query": (None, str),
        "form": (FORM, str),
        "json-number": (JSON, int),
        "json-text": (JSON, str),
        "persian": (None, lambda number: str(number).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))),
    },
)
async def spellings(amoot: Driver, body_as: str | None, spell: Any) -> None:
    number = await send_id(amoot)
    fields = amoot.fields(DELIVERY, {"MessageID": spell(number)})
    answer = expect(await amoot.request(DELIVERY, fields, body_as=body_as), "success")

    equal(answer.json["Data"]["MessageID"], number, "MessageID")


@delivery_case(
    rule="Messages of another account, and of another provider, do not exist here.",
    choices={"amoot.unknown-delivery": "failed"},
    needs=[Feature.LANES],
    covers=["amoot.delivery-foreign"],
    kills=["amoot.delivery-codes-unknown"],
)
async def foreign(amoot: Driver) -> None:
    number = await send_id(amoot)
    async with amoot.stranger() as stranger:
        expect(await stranger.call(DELIVERY, MessageID=number), "failed")
        expect(await stranger.call(MESSAGE, MessageID=number), "message_id_invalid")
        row = (await ask_data(stranger, DELIVERIES, ListMessageID=number))[0]

    expect(await amoot.call(DELIVERY, MessageID=number), "success")
    true(re.search("Invalid", str(row["Status"])) is not None or row["DeliveryType"] == 100, "an unknown row", row)


@delivery_case(
    rule="A list has a row for each number in its order, twice for one that stands twice, whatever separates them.",
    sources=["D, JSON samples"],
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
    first, second = await send_id(amoot), await send_id(amoot)
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


@delivery_case(
    rule="A number without a message has a row of its own that says so, and the call succeeds all the same.",
    level=Level.SHOULD,
    choices={"amoot.status-format": "name"},
    covers=["amoot.deliveries-unknown"],
    kills=["amoot.deliveries-unknown-dropped", "amoot.deliveries-unknown-fails"],
)
async def unknown_rows(amoot: Driver) -> None:
    number = await send_id(amoot)
    rows = await ask_data(amoot, DELIVERIES, ListMessageID=f"{NOBODYS},{number},0")

    equal([row["Status"] for row in rows], ["MessageID_Invalid", "Success", "MessageID_Invalid"], "statuses")
    nothing = {
        "DeliveryType": 100,
        "Cost": 0,
        "RegDateTime": NEVER,
        "SendDateTime": NEVER,
        "Status": "MessageID_Invalid",
    }
    equal(rows[0], {"MessageID": int(NOBODYS), **nothing}, "row")


@delivery_case(
    rule="A list that is missing, empty or holds what is no number is answered with Failed and an empty array.",
    sources=["D, sample"],
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


@delivery_case(
    rule="A campaign has a row for each of its messages, in the order of the send, with the recipient in front.",
    choices={"amoot.status-format": "name"},
    covers=["amoot:success", "amoot.campaign-shape", "amoot.campaign-rows"],
)
async def campaign(amoot: Driver) -> None:
    sent = expect(await amoot.call("SendSimple", Mobiles=f"{PHONE},1,0{PHONE}"), "success").json
    await send_id(amoot)

    answer = await amoot.call(CAMPAIGN, CampaignID=sent["CampaignID"])

    rows = [
        rf'\{{"Number":"{PHONE}","MessageID":{each["MessageID"]},"DeliveryType":[0-9]+,"Cost":0,"RegDateTime":"{TIME}",'
        rf'"SendDateTime":"{TIME}","Status":"Success"\}}'
        for each in sent["Data"]
        if each["MessageID"]
    ]
    equal(len(rows), 2, "messages")
    matches(answer.text, rf'\{{"Status":"Success","Data":\[{",".join(rows)}\]\}}', "body")


@delivery_case(
    rule="A campaign that the account does not have is refused with an empty array.",
    sources=["D, sample"],
    tier=Tier.READS,
    choices={"amoot.status-format": "name"},
    covers=["amoot:bulk_id_invalid", "amoot.campaign-unknown"],
    rows={"nobodys": (NOBODYS,), "none": ("0",), "negative": ("-1",), "very-large": ("9" * 30,)},
)
async def unknown_campaign(amoot: Driver, number: str) -> None:
    answer = await amoot.call(CAMPAIGN, CampaignID=number)

    equal(answer.text, '{"Status":"BulkID_Invalid","Data":[]}', "body")
