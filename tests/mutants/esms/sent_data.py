"""Mistakes that somebody could make in the list of a period at eSMS."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from mutants.esms import made
from mutants.esms.queries import SENT_DATA
from mutants.kit import Decided, Mistake, handler, spelled, with_values
from otp_sandbox.contract import Call
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, State


def moved(name: str, by: timedelta) -> Mistake:
    """Shift an end of the period."""

    def shift(call: Call) -> Call:
        held = call.values.get(name)
        return with_values(call, **{name: held + by}) if isinstance(held, datetime) else call

    return handler(SENT_DATA, call=shift)


def put_in_order(call: Call) -> Call:
    """Take the earlier end for the begin."""
    first, last = call.values.get("From"), call.values.get("To")
    if isinstance(first, datetime) and isinstance(last, datetime):
        return with_values(call, From=min(first, last), To=max(first, last))
    return call


def paged(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Mistake:
    """Read the paging otherwise."""

    def spoil(call: Call) -> Call:
        numbers = {key: held for key in ("Page", "PageSize") if isinstance(held := call.values[key], int)}
        return with_values(call, **change(numbers))

    return handler(SENT_DATA, call=spoil)


def rows(change: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> Mistake:
    """List other messages, or in another order."""

    def spoil(_: Call, __: State, told: Decided) -> Decided:
        facts = told.verdict.facts
        if "messages" not in facts:
            return told
        held: Any = facts["messages"]
        return Change(replace(told.verdict, facts={**facts, "messages": change(held)}))

    return handler(SENT_DATA, change=spoil)


def total_of_page(_: Call, __: State, told: Decided) -> Decided:
    facts = told.verdict.facts
    held: Any = facts.get("messages", ())
    return Change(replace(told.verdict, facts={**facts, "total": len(held)})) if "messages" in facts else told


_SECOND: Final = timedelta(seconds=1)
_ZONE: Final = timedelta(hours=7)

WRITTEN: Final = (
    made("period-open-end", "the end does not belong to the period", moved("To", -_SECOND)),
    made("period-open-begin", "the begin does not belong to the period", moved("From", _SECOND)),
    made("period-early-begin", "the second before the period belongs to it", moved("From", -_SECOND)),
    made("period-in-order", "the ends of a period are put in order", handler(SENT_DATA, call=put_in_order)),
    made("period-utc-begin", "the begin is UTC", moved("From", _ZONE)),
    made("period-utc-end", "the end is UTC", moved("To", _ZONE)),
    made("sent-oldest-first", "the oldest message comes first", rows(lambda held: held[::-1])),
    made("sent-total-of-page", "the total is that of the page", handler(SENT_DATA, change=total_of_page)),
    made(
        "sent-page-zero",
        "pages count from 0",
        paged(lambda held: {name: number + (name == "Page") for name, number in held.items()}),
    ),
    made("sent-size-ignored", "the size of a page is ignored", paged(lambda held: {**held, "PageSize": 500})),
    made(
        "sent-result-early", "what is on its way has failed", spelled(b'"SendResult":2', b'"SendResult":0', SENT_DATA)
    ),
    made("sent-result-swapped", "a failure is unknown", spelled(b'"SendResult":0', b'"SendResult":2', SENT_DATA)),
    made("sent-time-seconds", "the time is in seconds", spelled(rb"/Date\((\d+)\d{3}", rb"/Date(\1", SENT_DATA)),
    made("sent-time-utc", "the time has no offset of Vietnam", spelled(rb"\+0700", b"+0000", SENT_DATA)),
    made(
        "sent-time-shifted",
        "the offset is added to the time",
        spelled(rb"/Date\((\d+)", lambda found: b"/Date(%d" % (int(found[1]) + 25_200_000), SENT_DATA),
    ),
    made("sent-price", "prices have one decimal", spelled(rb"\.0000", b".0", SENT_DATA)),
    made("sent-no-campaign", "the campaign is empty", spelled(rb'"Campaign":"[^"]*"', b'"Campaign":""', SENT_DATA)),
)
