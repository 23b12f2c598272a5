"""The list of the messages of a period at eSMS."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.esms.names import GENCODE, JSON_SEND
from otp_conformance.providers.esms.steps import (
    CLOCK,
    MOVED,
    NOON,
    NOON_MS,
    OTHER_TEXT,
    SENT_DATA,
    list_messages,
    list_refs,
    send_ref,
)

sent_messages_case = partial(case, "esms", "sent messages")


@sent_messages_case(
    rule="A row has the members of the sample in their order, numbers as numbers, and the time with its offset.",
    needs=MOVED,
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
        "esms.sent-price",
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
    await esms.stop_clock(NOON)
    ref = await send_ref(esms, Phone="84901888484", Brandname="Sandbox", message="Xin chào {OTP}")
    if state:
        await esms.bring_into(state, ref)

    matches(
        (await esms.call(SENT_DATA)).text,
        r'\{"CodeResult":"100","CountTotal":1,"SentData":\[\{"Campaign":"","Content":"Xin chào [A-Z0-9]{6}",'
        rf'"Phone":"0901888484","ReferenceId":"{ref}","SellPrice":850\.0000,"SendResult":{result},'
        rf'"SendStatus":{status},"SentTime":"/Date\({NOON_MS}\+0700\)/","SmsId":\d+,"SmsType":2\}}\]\}}',
        "body",
    )


@sent_messages_case(
    rule="The period goes by Vietnamese time, and both its ends belong to it.",
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
    await esms.stop_clock(NOON)
    ref = await send_ref(esms)

    equal(await list_refs(esms, From=first, To=last), [ref] if found else [], "SMSIDs")


@sent_messages_case(
    rule="The second that a period ends with belongs to it as a whole.",
    level=Level.SHOULD,
    needs=CLOCK,
    covers=["esms:sent_data_told", "esms.sent-data-zone"],
    kills=["esms.period-open-end"],
)
async def whole_second(esms: Driver) -> None:
    await esms.stop_clock("2031-05-02T05:00:00.999Z")
    ref = await send_ref(esms)

    equal(await list_refs(esms, From="2031-05-02 12:00:00", To="2031-05-02 12:00:00"), [ref], "SMSIDs")


@sent_messages_case(
    rule="A scheduled message belongs to the period in which it was made, whenever it goes out.",
    tier=Tier.WAITS,
    needs=CLOCK,
    covers=["esms:sent_data_told", "esms.sent-data-period"],
    kills=["esms.period-open-begin"],
)
async def scheduled(esms: Driver) -> None:
    await esms.stop_clock(NOON)
    answer = expect(await esms.call(JSON_SEND, SendDate="2031-05-04 12:00:00", RequestId=None), "accepted")
    await esms.advance("3d")

    found = await list_messages(esms, From="2031-05-02 12:00:00", To="2031-05-02 12:00:00")

    equal([each["ReferenceId"] for each in found], [answer.json["SMSID"]], "SMSIDs")
    equal(found[0]["SentTime"], f"/Date({NOON_MS + 2 * 86_400_000}+0700)/", "SentTime")
    equal(await list_refs(esms, From="2031-05-02 12:00:01", To="2031-05-05 12:00:00"), [], "SMSIDs of later days")


@sent_messages_case(
    rule="A period without begin or end, or with one that is no date, makes the request unusable.",
    level=Level.SHOULD,
    tier=Tier.READS,
    covers=["esms:period_invalid", "esms.sent-data-dates"],
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

    equal(list(answer.json), ["error"], "members")


@sent_messages_case(
    rule="Only the type that was asked for is listed, and the codes of GENCODE are customer care.",
    needs=[Feature.LANES],
    covers=["esms:sent_data_told", "esms.sent-data-type"],
)
async def types(esms: Driver) -> None:
    ref = await send_ref(esms)

    equal(
        {kind: await list_refs(esms, SmsType=kind) for kind in ("1", "2", "8", "23", "24", "25", "26")}["2"],
        [ref],
        "care",
    )
    for kind in ("1", "8", "23", "24", "25", "26"):
        equal(await list_refs(esms, SmsType=kind), [], f"type {kind}")
    equal((await list_messages(esms, SmsType=2))[0]["SmsType"], 2, "SmsType")


@sent_messages_case(
    rule="The type must be there, and be one that the page names.",
    sources=["V2, error table, rows 118 and 300"],
    level=Level.SHOULD,
    tier=Tier.READS,
    covers=["esms:type_missing", "esms:type_not_supported"],
    rows={
        "missing": (None, "type_missing"),
        "unknown": ("27", "type_not_supported"),
        "text": ("sms", "type_not_supported"),
    },
)
async def bad_types(esms: Driver, kind: str | None, outcome: str) -> None:
    expect(await esms.call(SENT_DATA, SmsType=kind, From=None), outcome)


@sent_messages_case(
    rule="The campaign of a send is repeated in the list.",
    sources=["V2, page on the messages of a period, fields"],
    needs=[Feature.LANES],
    covers=["esms:sent_data_told", "esms.campaign"],
    kills=["esms.sent-no-campaign"],
)
async def campaign(esms: Driver) -> None:
    expect(await esms.call(JSON_SEND, campaignid="Chiến dịch 02/10/2023"), "accepted")

    equal([row["Campaign"] for row in await list_messages(esms)], ["Chiến dịch 02/10/2023"], "Campaign")


PAGE_SIZE_MAX = 500


@sent_messages_case(
    rule="The newest message comes first; pages count from 1, and the total counts all of them.",
    level=Level.SHOULD,
    needs=CLOCK,
    sends=3,
    covers=["esms:sent_data_told", "esms.sent-data-order", "esms.sent-data-pages", "esms.sent-data-total"],
    kills=[
        "esms.sent-oldest-first",
        "esms.sent-page-zero",
        "esms.sent-total-of-page",
    ],
)
async def pages(esms: Driver) -> None:
    await esms.stop_clock(NOON)
    ids: list[str] = []
    for _ in range(3):
        ids.insert(0, await send_ref(esms))
        await esms.advance("1s")

    for page, size, found in ((1, 2, ids[:2]), (2, 2, ids[2:]), (3, 2, []), (1, 3, ids), (2, 3, [])):
        body = expect(await esms.call(SENT_DATA, Page=page, PageSize=size), "sent_data_told").json
        equal([row["ReferenceId"] for row in body["SentData"]], found, f"page {page} of {size}")
        equal(body["CountTotal"], 3, "CountTotal")


@sent_messages_case(
    rule="A page has as many rows as were asked for, and 500 at most.",
    needs=[Feature.LANES, Feature.ACCOUNTS],
    sends=PAGE_SIZE_MAX + 1,
    covers=["esms:sent_data_told", "esms.sent-data-page-size"],
    kills=["esms.sent-size-ignored"],
)
async def page_size(esms: Driver) -> None:
    await esms.account(balance=1_000_000, price=1)
    for _ in range(5):
        await esms.at_once(GENCODE, 100)
    await esms.call(GENCODE)

    for asked, found in ((1, 1), (PAGE_SIZE_MAX, PAGE_SIZE_MAX), (PAGE_SIZE_MAX + 1, PAGE_SIZE_MAX)):
        body = expect(await esms.call(SENT_DATA, PageSize=asked), "sent_data_told").json
        equal(len(body["SentData"]), found, f"rows of {asked}")
        equal(body["CountTotal"], PAGE_SIZE_MAX + 1, "CountTotal")


@sent_messages_case(
    rule="A page or a size that is missing or no positive number counts as the first page, or the greatest size.",
    sources=["OLD, page on the messages of a period, required fields"],
    level=Level.SHOULD,
    needs=[Feature.LANES],
    covers=["esms:sent_data_told", "esms.sent-data-page-default"],
    rows={"missing": (None,), "zero": (0,), "negative": (-1,), "text": ("first",)},
)
async def page_default(esms: Driver, asked: Any) -> None:
    ref = await send_ref(esms)

    equal(await list_refs(esms, Page=asked), [ref], "SMSIDs of the page")
    equal(await list_refs(esms, PageSize=asked), [ref], "SMSIDs of the size")


@sent_messages_case(
    rule="Refused requests are not in the list, even when they have an SMSID.",
    level=Level.SHOULD,
    choices={"esms.nothing-sent": "empty"},
    covers=["esms:sent_data_told", "esms.sent-data-no-refused", "esms.nothing-sent=empty"],
    needs=[Feature.LANES],
)
async def nothing_refused(esms: Driver) -> None:
    expect(await esms.call(GENCODE, message=OTHER_TEXT), "template_mismatch")

    equal((await esms.call(SENT_DATA)).text, '{"CodeResult":"100","CountTotal":0,"SentData":[]}', "body")


@sent_messages_case(
    rule="Where a period without messages is not found, one with messages still has empty pages.",
    level=Level.SHOULD,
    needs=[Feature.CHOICES, Feature.LANES],
    choices={"esms.nothing-sent": "not-found"},
    covers=["esms.nothing-sent=not-found", "esms:message_not_found"],
)
async def nothing_found(esms: Driver) -> None:
    answer = expect(await esms.call(SENT_DATA), "message_not_found")
    equal(list(answer.json), ["CodeResult", "ErrorMessage"], "members")
    await send_ref(esms)

    equal(await list_refs(esms, Page=2), [], "the second page")
