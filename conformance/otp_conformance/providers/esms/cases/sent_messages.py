"""The list of the messages of a period at eSMS."""

from __future__ import annotations

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.esms.query_steps import (
    CLOCK,
    MESSAGE,
    MESSAGES,
    NOON,
    NOON_MS,
    SENT_DATA,
    clock_at,
    forced,
    listed,
    refs,
    sent_ref,
)


@case(
    "esms",
    "sent messages",
    rule="A row has the members of the sample in their order, numbers as numbers, and the time with its offset.",
    sources=["V2, page on the messages of a period, tab 100", "Q5", "Q43", "Q47"],
    needs=MESSAGES,
    covers=[
        "esms:sent_data_told",
        *(f"esms.sent-data-{what}" for what in ("members", "types", "result", "time", "ids", "price")),
        "esms.send-status-values",
        "esms.receiver-phone",
        "esms.finished-is-no-success",
    ],
    kills=[
        "esms.sent-result-early",
        "esms.sent-result-swapped",
        "esms.sent-time-seconds",
        "esms.sent-time-utc",
        "esms.sent-time-shifted",
        "esms.sent-types-as-text",
        "esms.sent-portal-id",
        "esms.sent-price",
        "esms.sent-request-id",
        "esms.receiver-phone",
    ],
    rows={
        "delivered": ("delivered", 5, 1),
        "failed": ("failed", 5, 0),
        "rejected": ("rejected", 4, 0),
        "on-its-way": ("", 2, 2),
    },
)
async def row(esms: Driver, state: str, status: int, result: int) -> None:
    await clock_at(esms, NOON)
    ref = await sent_ref(esms, Phone="84901888484", Brandname="Sandbox", message="Xin chào {OTP}")
    if state:
        await forced(esms, ref, state)

    matches(
        (await esms.call(SENT_DATA)).text,
        r'\{"CodeResult":"100","CountTotal":1,"SentData":\[\{"Campaign":"","Content":"Xin chào [A-Z0-9]{6}",'
        rf'"Phone":"0901888484","ReferenceId":"{ref}","SellPrice":850\.0000,"SendResult":{result},'
        rf'"SendStatus":{status},"SentTime":"/Date\({NOON_MS}\+0700\)/","SmsId":\d+,"SmsType":2\}}\]\}}',
        "body",
    )


@case(
    "esms",
    "sent messages",
    rule="The period goes by Vietnamese time, and both its ends belong to it.",
    sources=["V2, page on the messages of a period", "Q43"],
    needs=CLOCK,
    covers=["esms:sent_data_told", "esms.sent-data-period", "esms.sent-data-zone", "esms.sent-data-any-span"],
    kills=[
        "esms.period-open-begin",
        "esms.period-open-end",
        "esms.period-early-begin",
        "esms.period-in-order",
        "esms.period-utc-begin",
        "esms.period-utc-end",
    ],
    rows={
        "one-second": ("2031-05-02 12:00:00", "2031-05-02 12:00:00", True),
        "until-now": ("2031-05-02 11:00:00", "2031-05-02 12:00:00", True),
        "from-now": ("2031-05-02 12:00:00", "2031-05-02 13:00:00", True),
        "until-a-second-before": ("2031-05-02 11:00:00", "2031-05-02 11:59:59", False),
        "from-a-second-after": ("2031-05-02 12:00:01", "2031-05-02 13:00:00", False),
        "as-utc": ("2031-05-02 04:00:00", "2031-05-02 06:00:00", False),
        "backwards": ("2031-05-02 13:00:00", "2031-05-02 11:00:00", False),
        "ten-years": ("2021-05-02 12:00:00", "2031-05-02 12:00:00", True),
    },
)
async def period(esms: Driver, first: str, last: str, found: bool) -> None:  # noqa: FBT001  (a row)
    await clock_at(esms, NOON)
    ref = await sent_ref(esms)

    equal(await refs(esms, From=first, To=last), [ref] if found else [], "SMSIDs")


@case(
    "esms",
    "sent messages",
    rule="The second that a period ends with belongs to it as a whole.",
    sources=["Q43"],
    level=Level.SHOULD,
    needs=CLOCK,
    covers=["esms:sent_data_told", "esms.sent-data-zone"],
    kills=["esms.period-open-end"],
)
async def whole_second(esms: Driver) -> None:
    await clock_at(esms, "2031-05-02T05:00:00.999Z")
    ref = await sent_ref(esms)

    equal(await refs(esms, From="2031-05-02 12:00:00", To="2031-05-02 12:00:00"), [ref], "SMSIDs")


@case(
    "esms",
    "sent messages",
    rule="A scheduled message belongs to the period in which it was made, whenever it goes out.",
    sources=["V2, page on the messages of a period"],
    tier=Tier.WAITS,
    needs=CLOCK,
    covers=["esms:sent_data_told", "esms.sent-data-period"],
    kills=["esms.period-open-begin"],
)
async def scheduled(esms: Driver) -> None:
    await clock_at(esms, NOON)
    answer = expect(await esms.call(MESSAGE, SendDate="2031-05-04 12:00:00", RequestId=None), "accepted")
    await esms.advance("3d")

    found = await listed(esms, From="2031-05-02 12:00:00", To="2031-05-02 12:00:00")

    equal([each["ReferenceId"] for each in found], [answer.json["SMSID"]], "SMSIDs")
    equal(found[0]["SentTime"], f"/Date({NOON_MS + 2 * 86_400_000}+0700)/", "SentTime")
    equal(await refs(esms, From="2031-05-02 12:00:01", To="2031-05-05 12:00:00"), [], "SMSIDs of later days")


@case(
    "esms",
    "sent messages",
    rule="A period without begin or end, or with one that is no date, makes the request unusable.",
    sources=["Q3", "Q37"],
    level=Level.SHOULD,
    tier=Tier.READS,
    covers=["esms:period_invalid", "esms.sent-data-dates"],
    kills=["esms.period-status"],
    rows={
        "no-begin": ({"From": None},),
        "no-end": ({"To": None},),
        "empty": ({"From": ""},),
        "no-date": ({"To": "today"},),
        "no-time": ({"From": "2031-05-02"},),
        "no-such-day": ({"To": "2031-02-29 12:00:00"},),
    },
)
async def dates(esms: Driver, changes: dict[str, str | None]) -> None:
    answer = expect(await esms.call(SENT_DATA, **changes), "period_invalid")

    equal(answer.text, '{"error":"Invalid request"}', "body")


@case(
    "esms",
    "sent messages",
    rule="Only the type that was asked for is listed, and the codes of GENCODE are customer care.",
    sources=["V2, page on the messages of a period", "3.3"],
    needs=[Feature.LANES],
    covers=["esms:sent_data_told", "esms.sent-data-type"],
    kills=["esms.sent-types-as-text"],
)
async def types(esms: Driver) -> None:
    ref = await sent_ref(esms)

    equal(
        {kind: await refs(esms, SmsType=kind) for kind in ("1", "2", "8", "23", "24", "25", "26")}["2"], [ref], "care"
    )
    for kind in ("1", "8", "23", "24", "25", "26"):
        equal(await refs(esms, SmsType=kind), [], f"type {kind}")
    equal((await listed(esms, SmsType=2))[0]["SmsType"], 2, "SmsType")


@case(
    "esms",
    "sent messages",
    rule="The type must be there, and be one that the page names.",
    sources=["error table V2, rows 118 and 300"],
    level=Level.SHOULD,
    tier=Tier.READS,
    covers=["esms:type_missing", "esms:type_not_supported"],
    kills=["esms.type-codes-swapped"],
    rows={
        "missing": (None, "type_missing"),
        "unknown": ("27", "type_not_supported"),
        "text": ("sms", "type_not_supported"),
    },
)
async def bad_types(esms: Driver, kind: str | None, outcome: str) -> None:
    expect(await esms.call(SENT_DATA, SmsType=kind, From=None), outcome)


@case(
    "esms",
    "sent messages",
    rule="The campaign of a send is repeated in the list.",
    sources=["V2, page on the messages of a period, fields", "1.7"],
    needs=[Feature.LANES],
    covers=["esms:sent_data_told", "esms.campaign"],
    kills=["esms.sent-no-campaign"],
)
async def campaign(esms: Driver) -> None:
    expect(await esms.call(MESSAGE, campaignid="Chiến dịch 02/10/2023"), "accepted")

    equal([row["Campaign"] for row in await listed(esms)], ["Chiến dịch 02/10/2023"], "Campaign")
