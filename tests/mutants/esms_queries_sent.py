"""Mistakes that somebody could make in the list of a period at eSMS."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from mutants.esms_query_mistakes import (
    SENT_DATA,
    moved,
    paged,
    put_in_order,
    query,
    rows,
    spelled,
    total_of_page,
)
from mutants.kit import handler, policy, row

_SECOND: Final = timedelta(seconds=1)
_ZONE: Final = timedelta(hours=7)

MUTANTS: Final = (
    query("period-open-end", "limits", "the end does not belong to the period", moved("To", -_SECOND)),
    query("period-open-begin", "limits", "the begin does not belong to the period", moved("From", _SECOND)),
    query("period-early-begin", "limits", "the second before the period belongs to it", moved("From", -_SECOND)),
    query("period-in-order", "limits", "the ends of a period are put in order", handler(SENT_DATA, call=put_in_order)),
    query("period-utc-begin", "limits", "the begin is UTC", moved("From", _ZONE)),
    query("period-utc-end", "limits", "the end is UTC", moved("To", _ZONE)),
    query("period-status", "errors", "a bad period has HTTP 200", row("period_invalid", status=200)),
    query("sent-oldest-first", "wire", "the oldest message comes first", rows(lambda held: held[::-1])),
    query("sent-total-of-page", "wire", "the total is that of the page", handler(SENT_DATA, change=total_of_page)),
    query(
        "sent-page-zero",
        "wire",
        "pages count from 0",
        paged(lambda held: {name: number + (name == "Page") for name, number in held.items()}),
    ),
    query("sent-size-ignored", "wire", "the size of a page is ignored", paged(lambda held: {**held, "PageSize": 500})),
    query("sent-size-unbounded", "limits", "a page may have more rows", policy("page_size_max", 1000)),
    query(
        "sent-result-early",
        "life",
        "what is on its way has failed",
        spelled(b'"SendResult":2', b'"SendResult":0', SENT_DATA),
    ),
    query(
        "sent-result-swapped", "life", "a failure is unknown", spelled(b'"SendResult":0', b'"SendResult":2', SENT_DATA)
    ),
    query(
        "sent-time-seconds", "wire", "the time is in seconds", spelled(rb"/Date\((\d+)\d{3}", rb"/Date(\1", SENT_DATA)
    ),
    query("sent-time-utc", "wire", "the time has no offset of Vietnam", spelled(rb"\+0700", b"+0000", SENT_DATA)),
    query(
        "sent-time-shifted",
        "wire",
        "the offset is added to the time",
        spelled(rb"/Date\((\d+)", lambda found: b"/Date(%d" % (int(found[1]) + 25_200_000), SENT_DATA),
    ),
    query(
        "sent-types-as-text", "wire", "the type is a text", spelled(rb'"SmsType":(\d+)', rb'"SmsType":"\1"', SENT_DATA)
    ),
    query("sent-portal-id", "wire", "SmsId is the SMSID", spelled(rb'"SmsId":\d+', b'"SmsId":"0aac72e0"', SENT_DATA)),
    query("sent-price", "wire", "prices have one decimal", spelled(rb"\.0000", b".0", SENT_DATA)),
    query(
        "sent-request-id",
        "wire",
        "rows have a RequestId",
        spelled(rb',"SellPrice"', rb',"RequestId":"","SellPrice"', SENT_DATA),
    ),
    query(
        "sent-no-campaign",
        "wire",
        "the campaign is empty",
        spelled(rb'"Campaign":"[^"]*"', b'"Campaign":""', SENT_DATA),
    ),
    query("nothing-refused", "errors", "nothing sent is not found, whatever is chosen", nothing_sent="not-found"),
    query("nothing-listed", "errors", "nothing sent is an empty list, whatever is chosen", nothing_sent="empty"),
)
