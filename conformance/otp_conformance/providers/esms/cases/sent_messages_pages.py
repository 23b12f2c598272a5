"""The list of the messages of a period at eSMS: its pages, and periods without any message."""

from __future__ import annotations

from typing import Any

from otp_conformance.case import Feature, Level, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.esms.query_steps import (
    CLOCK,
    NOON,
    OTHER_TEXT,
    SENT_DATA,
    clock_at,
    refs,
    sent_ref,
)
from otp_conformance.providers.esms.steps import GENCODE

PAGE_SIZE_MAX = 500


@case(
    "esms",
    "sent messages",
    rule="The newest message comes first; pages count from 1, and the total counts all of them.",
    sources=["OLD, page on the messages of a period, tab 100", "Q43"],
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
    await clock_at(esms, NOON)
    ids: list[str] = []
    for _ in range(3):
        ids.insert(0, await sent_ref(esms))
        await esms.advance("1s")

    for page, size, found in ((1, 2, ids[:2]), (2, 2, ids[2:]), (3, 2, []), (1, 3, ids), (2, 3, [])):
        body = expect(await esms.call(SENT_DATA, Page=page, PageSize=size), "sent_data_told").json
        equal([row["ReferenceId"] for row in body["SentData"]], found, f"page {page} of {size}")
        equal(body["CountTotal"], 3, "CountTotal")


@case(
    "esms",
    "sent messages",
    rule="A page has as many rows as were asked for, and 500 at most.",
    sources=["V2, page on the messages of a period", "9.6"],
    needs=[Feature.LANES, Feature.ACCOUNTS],
    sends=PAGE_SIZE_MAX + 1,
    covers=["esms:sent_data_told", "esms.sent-data-page-size"],
    kills=["esms.sent-size-ignored", "esms.sent-size-unbounded"],
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


@case(
    "esms",
    "sent messages",
    rule="A page or a size that is missing or no positive number counts as the first page, or the greatest size.",
    sources=["OLD, page on the messages of a period, required fields"],
    level=Level.SHOULD,
    needs=[Feature.LANES],
    covers=["esms:sent_data_told", "esms.sent-data-page-default"],
    rows={"missing": (None,), "zero": (0,), "negative": (-1,), "text": ("first",)},
)
async def page_default(esms: Driver, asked: Any) -> None:
    ref = await sent_ref(esms)

    equal(await refs(esms, Page=asked), [ref], "SMSIDs of the page")
    equal(await refs(esms, PageSize=asked), [ref], "SMSIDs of the size")


@case(
    "esms",
    "sent messages",
    rule="Refused requests are not in the list, even when they have an SMSID.",
    sources=["Q39"],
    level=Level.SHOULD,
    choices={"esms.nothing-sent": "empty"},
    covers=["esms:sent_data_told", "esms.sent-data-no-refused", "esms.nothing-sent=empty"],
    kills=["esms.nothing-refused"],
    needs=[Feature.LANES],
)
async def nothing_refused(esms: Driver) -> None:
    expect(await esms.call(GENCODE, message=OTHER_TEXT), "template_mismatch")

    equal((await esms.call(SENT_DATA)).text, '{"CodeResult":"100","CountTotal":0,"SentData":[]}', "body")


@case(
    "esms",
    "sent messages",
    rule="Where a period without messages is not found, one with messages still has empty pages.",
    sources=["error table V2, row 105"],
    level=Level.SHOULD,
    needs=[Feature.CHOICES, Feature.LANES],
    choices={"esms.nothing-sent": "not-found"},
    covers=["esms.nothing-sent=not-found", "esms:message_not_found"],
    kills=["esms.nothing-listed"],
)
async def nothing_found(esms: Driver) -> None:
    answer = expect(await esms.call(SENT_DATA), "message_not_found")
    equal(answer.text, '{"CodeResult":"105","ErrorMessage":"Message not found"}', "body")
    await sent_ref(esms)

    equal(await refs(esms, Page=2), [], "the second page")
