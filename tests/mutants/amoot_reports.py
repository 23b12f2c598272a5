"""Mistakes that somebody could make in what Amoot reports of messages."""

from __future__ import annotations

from typing import Any, Final

from otp_sandbox.providers.amoot.deliveries import number, own_message

from mutants.amoot_mistakes import made
from mutants.amoot_report_mistakes import (
    DELIVERED,
    DELIVERIES,
    DELIVERY,
    MESSAGE,
    PERIOD,
    PERIODS,
    SENT,
    after_begin,
    before_end,
    by_sending,
    dates,
    end_first,
    every,
    gregorian_only,
    in_utc,
    in_utc_unless_told,
    listed,
    or_long_ago,
    period_read,
    rows,
    taken,
    told_as,
    unknown_fails,
    value,
    with_zeros,
)
from mutants.kit import body, both, handler, policy, with_check, without_check
from otp_sandbox.contract import Call
from otp_sandbox.domain.store import State
from otp_sandbox.providers.amoot.dates import NEVER, exact_time
from otp_sandbox.providers.amoot.numbers import whole

_TYPE: Final = "DeliveryType"
_ALWAYS: Final = (exact_time("2000-01-01"), exact_time("2100-01-01"))


def _first_report(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, _TYPE: 1 if row[_TYPE] == 2 else row[_TYPE]}


def _unknown_or_code(call: Call, state: State) -> bool:
    message = own_message(state, call.values["MessageID"])
    return message is None or message.operation == "SendOTP"


_codes_unknown: Final = with_check(DELIVERY, "message_unknown", _unknown_or_code)


def _ascii(text: str) -> int | None:
    return number(text) if text.isascii() else None


def _by_comma(text: str) -> list[int] | None:
    read = [whole(each) for each in text.split(",")]
    return None if None in read else [each for each in read if each is not None]


def _readable(text: str) -> list[int]:
    return [each for part in text.split(",") if (each := whole(part)) is not None]


def _sent_at_once(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "SentDateTime": row["RegDateTime"] if row["SentDateTime"] == NEVER else row["SentDateTime"]}


def _status_first(row: dict[str, Any]) -> dict[str, Any]:
    return {"Status": row["Status"], **row}


MUTANTS: Final = (
    made(
        "delivery-key-order", "wire", "the type comes first", rows(lambda row: {_TYPE: row[_TYPE], **row}, *DELIVERED)
    ),
    made("delivery-type-as-name", "wire", "the type is text", value(_TYPE, str, *DELIVERED)),
    made("delivery-id-as-text", "wire", "MessageID is text", value("MessageID", str, *DELIVERED)),
    made("delivery-codes-unknown", "errors", "messages with codes are unknown", _codes_unknown),
    made("delivery-cost-told", "wire", "Cost is the price", value("Cost", lambda _: 1000, *DELIVERED)),
    made("row-status-first", "wire", "the status of a row comes first", rows(_status_first, DELIVERIES)),
    made(
        "delivery-stages-skipped",
        "life",
        "a sent message is at the operator at once",
        both(policy("delivery_sending_ms", 0), policy("delivery_to_operator_ms", 0)),
    ),
    made("delivery-stage-early", "life", "a stage ends a millisecond early", policy("delivery_sending_ms", 249)),
    made("delivery-stage-late", "life", "a stage ends a millisecond late", policy("delivery_to_operator_ms", 501)),
    made("delivery-always-received", "life", "every message was received", value(_TYPE, lambda _: 1, *DELIVERED)),
    made("delivery-first-report", "life", "what was received stays received", rows(_first_report, *DELIVERED)),
    made(
        "delivery-rejected-as-failed",
        "wire",
        "the black list is a failure like others",
        value(_TYPE, lambda held: 2 if held == 35 else held, *DELIVERED),
    ),
    made(
        "delivery-queued-as-sent",
        "wire",
        "what waits is in the sending list",
        value(_TYPE, lambda held: 400 if held == 900 else held, *DELIVERED),
    ),
    made(
        "delivery-send-time-never",
        "wire",
        "what waits has no time of sending",
        rows(lambda row: {**row, "SendDateTime": NEVER if row[_TYPE] == 900 else row["SendDateTime"]}, *DELIVERED),
    ),
    made("dates-utc", "wire", "times are those of UTC", dates(in_utc)),
    made("dates-trailing-zeros", "wire", "fractions have three digits", dates(with_zeros)),
    made("delivery-choice-ignored", "wire", "an unknown number is always Failed", unknown_delivery="failed"),
    made(
        "delivery-unknown-succeeds", "errors", "an unknown delivery is null", without_check(DELIVERY, "message_unknown")
    ),
    made(
        "delivery-zero-unknown",
        "errors",
        "zero and negative numbers are only unknown",
        handler(DELIVERY, readers={"MessageID": number}),
    ),
    made(
        "delivery-ascii-only",
        "errors",
        "only ASCII digits make a number",
        handler(DELIVERY, readers={"MessageID": _ascii}),
    ),
    made(
        "deliveries-sorted",
        "wire",
        "rows come in the order of numbers",
        listed(DELIVERIES, "asked", lambda _, found: sorted(found, key=lambda each: each[0])),
    ),
    made(
        "deliveries-once",
        "wire",
        "a number that stands twice has one row",
        listed(DELIVERIES, "asked", lambda _, found: list(dict(found).items())),
    ),
    made(
        "deliveries-comma-only",
        "errors",
        "a list is split at commas only",
        handler(DELIVERIES, readers={"ListMessageID": _by_comma}),
    ),
    made(
        "deliveries-garbage-skipped",
        "errors",
        "what is no number in a list is skipped",
        handler(DELIVERIES, readers={"ListMessageID": _readable}),
    ),
    made(
        "deliveries-unknown-dropped",
        "wire",
        "an unknown number has no row",
        listed(DELIVERIES, "asked", lambda _, found: [each for each in found if each[1] is not None]),
    ),
    made(
        "deliveries-unknown-fails", "errors", "one unknown number fails all", handler(DELIVERIES, change=unknown_fails)
    ),
    made("message-mobile-as-number", "wire", "Mobile is a number in reports too", value("Mobile", int, *SENT)),
    made(
        "message-mobile-with-country", "wire", "Mobile begins with 98", value("Mobile", lambda held: f"98{held}", *SENT)
    ),
    made("message-line-as-sent", "wire", "the line stands as it was sent", value("LineNumber", str.lower, *SENT)),
    made(
        "message-footer",
        "wire",
        "the text ends in a footer",
        value("SMSMessageText", lambda held: f"{held}\nلغو11", *SENT),
    ),
    made(
        "message-sent-at-once",
        "wire",
        "what waits has the time of its call as its time of sending",
        rows(_sent_at_once, *SENT),
    ),
    made(
        "message-unknown-failed",
        "errors",
        "an unknown message is Failed",
        told_as(MESSAGE, "message_not_found", "failed"),
    ),
    made(
        "message-unknown-succeeds", "errors", "an unknown message is null", without_check(MESSAGE, "message_not_found")
    ),
    made(
        "messages-begin-excluded",
        "wire",
        "the beginning is no part of a period",
        listed(PERIOD, "messages", after_begin),
    ),
    made("messages-end-excluded", "wire", "the end is no part of a period", listed(PERIOD, "messages", before_end)),
    made(
        "messages-newest-first",
        "wire",
        "the newest comes first",
        listed(PERIOD, "messages", lambda _, found: found[::-1]),
    ),
    made(
        "messages-in-order-of-sending",
        "wire",
        "messages come as they were sent",
        listed(PERIOD, "messages", by_sending),
    ),
    made(
        "messages-sent-only",
        "wire",
        "what waits is not among the messages",
        listed(PERIOD, "messages", lambda _, found: [each for each in found if each.state != "queued"]),
    ),
    made(
        "messages-empty-is-null",
        "wire",
        "an empty period is null",
        body(lambda document: {**document, "Data": document["Data"] or None}, PERIOD),
    ),
    made("period-naive-is-utc", "errors", "the ends of a period are UTC", period_read(in_utc_unless_told)),
    made("period-gregorian-only", "errors", "periods know one calendar", period_read(gregorian_only)),
    made("period-lenient", "errors", "an unreadable end is taken", period_read(or_long_ago)),
    made(
        "period-missing-is-all",
        "errors",
        "a missing end does not limit",
        every(
            PERIODS,
            lambda name: taken(name, "from_missing", "to_missing", FromDateTime=_ALWAYS[0], ToDateTime=_ALWAYS[1]),
        ),
    ),
    made("period-end-first", "errors", "the end is checked before the beginning", end_first),
    made(
        "period-reversed-empty",
        "errors",
        "a reversed period is empty",
        every(PERIODS, lambda name: without_check(name, "from_date_time_is_after_than_to_date_time")),
    ),
    made(
        "period-equal-refused",
        "errors",
        "an instant is no period",
        every(
            PERIODS,
            lambda name: with_check(
                name,
                "from_date_time_is_after_than_to_date_time",
                lambda call, _: bool(call.values["FromDateTime"] >= call.values["ToDateTime"]),
            ),
        ),
    ),
)
