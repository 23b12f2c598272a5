"""Mistakes that somebody could make in what Amoot reports of messages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from mutants.amoot import made
from mutants.kit import Decided, Mistake, body, both, every, handler, on, policy, with_check
from otp_sandbox.contract import Call
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot.dates import NEVER, TEHRAN, exact_time
from otp_sandbox.providers.amoot.numbers import long_number, whole
from otp_sandbox.providers.amoot.operations.reports.own_messages import own_message, sent_at

DELIVERY, DELIVERIES = "GetDelivery", "GetDeliveries"
MESSAGE, PERIOD = "GetMessage", "GetMessages"
RECIEVED, NEW = "RecieveMessages", "RecieveNewMessages"
CREATE, PATTERNS = "PatternCodeCreate", "PatternCodeList"
DELIVERED = (DELIVERY, DELIVERIES)
SENT = (MESSAGE, PERIOD)
INCOMING = (RECIEVED, NEW)
PERIODS = (PERIOD, RECIEVED)
DATES: Final = ("RegDateTime", "SendDateTime", "SentDateTime", "RecieveDateTime")


def rows(change: Callable[[dict[str, Any]], Any], *operations: str) -> Mistake:
    """Change each row of the data, or the one object that it is."""

    def spoil(document: dict[str, Any]) -> dict[str, Any]:
        data = document["Data"]
        if isinstance(data, list):
            return {**document, "Data": [change(each) for each in data]}
        return {**document, "Data": change(data)} if data else document

    return body(spoil, *operations)


def value(name: str, change: Callable[[Any], Any], *operations: str) -> Mistake:
    """Change one value of each row."""
    return rows(lambda row: {**row, name: change(row[name])}, *operations)


def dates(change: Callable[[str], str]) -> Mistake:
    """Write the times of all rows otherwise."""
    return rows(
        lambda row: {key: change(held) if key in DATES else held for key, held in row.items()},
        *DELIVERED,
        *SENT,
        *INCOMING,
    )


def in_utc(text: str) -> str:
    at = datetime.fromisoformat(text)
    return text if at.year == 1 else at.replace(tzinfo=TEHRAN).astimezone(UTC).isoformat()[: len(text)]


def with_zeros(text: str) -> str:
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction:0<3}"


def listed(operation: str, change: Callable[[Call, list[Any]], list[Any]]) -> Mistake:
    """Find other rows, or the rows in another order."""

    def spoil(call: Call, _: State, found: Decided) -> Decided:
        items: Any = found.verdict.facts["items"]
        return replace(found, verdict=replace(found.verdict, facts={"items": change(call, list(items))}))

    return handler(operation, change=spoil)


def unknown_fails(_: Call, __: State, change: Decided) -> Decided:
    asked: Any = change.verdict.facts["items"]
    return replace(change, verdict=Verdict("failed")) if any(each[1] is None for each in asked) else change


def in_utc_unless_told(text: str) -> datetime | None:
    at = exact_time(text)
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is TEHRAN and "03:30" not in text else at


def gregorian_only(text: str) -> datetime | None:
    return None if text.strip()[:2] in {"13", "14"} else exact_time(text)


def period_read(read: Callable[[str], datetime | None]) -> Mistake:
    return on(PERIODS, readers={"FromDateTime": read, "ToDateTime": read})


def after_begin(call: Call, found: list[Any]) -> list[Any]:
    return [each for each in found if each.created_at > call.values["FromDateTime"] + timedelta(milliseconds=1)]


def before_end(call: Call, found: list[Any]) -> list[Any]:
    return [each for each in found if each.created_at < call.values["ToDateTime"]]


def by_sending(_: Call, found: list[Any]) -> list[Any]:
    return sorted(found, key=lambda each: sent_at(each) or each.created_at)


_TYPE: Final = "DeliveryType"


def _first_report(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, _TYPE: 1 if row[_TYPE] == 2 else row[_TYPE]}


def _unknown_or_code(call: Call, state: State) -> bool:
    message = own_message(state, call.values["MessageID"])
    return message is None or message.operation == "SendOTP"


_codes_unknown: Final = with_check(DELIVERY, "message_unknown", _unknown_or_code)


def _ascii(text: str) -> int | None:
    return long_number(text) if text.isascii() else None


def _by_comma(text: str) -> list[int] | None:
    read = [whole(each) for each in text.split(",")]
    return None if None in read else [each for each in read if each is not None]


def _readable(text: str) -> list[int]:
    return [each for part in text.split(",") if (each := whole(part)) is not None]


def _sent_at_once(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "SentDateTime": row["RegDateTime"] if row["SentDateTime"] == NEVER else row["SentDateTime"]}


WRITTEN: Final = (
    made("delivery-codes-unknown", "messages with codes are unknown", _codes_unknown),
    made("delivery-cost-told", "Cost is the price", value("Cost", lambda _: 1000, *DELIVERED)),
    made(
        "delivery-stages-skipped",
        "a sent message is at the operator at once",
        both(policy("delivery_sending_ms", 0), policy("delivery_to_operator_ms", 0)),
    ),
    made("delivery-always-received", "every message was received", value(_TYPE, lambda _: 1, *DELIVERED)),
    made("delivery-first-report", "what was received stays received", rows(_first_report, *DELIVERED)),
    made(
        "delivery-rejected-as-failed",
        "the black list is a failure like others",
        value(_TYPE, lambda held: 2 if held == 35 else held, *DELIVERED),
    ),
    made(
        "delivery-queued-as-sent",
        "what waits is in the sending list",
        value(_TYPE, lambda held: 400 if held == 900 else held, *DELIVERED),
    ),
    made(
        "delivery-send-time-never",
        "what waits has no time of sending",
        rows(lambda row: {**row, "SendDateTime": NEVER if row[_TYPE] == 900 else row["SendDateTime"]}, *DELIVERED),
    ),
    made("dates-utc", "times are those of UTC", dates(in_utc)),
    made("dates-trailing-zeros", "fractions have three digits", dates(with_zeros)),
    made(
        "delivery-zero-unknown",
        "zero and negative numbers are only unknown",
        handler(DELIVERY, readers={"MessageID": long_number}),
    ),
    made("delivery-ascii-only", "only ASCII digits make a number", handler(DELIVERY, readers={"MessageID": _ascii})),
    made(
        "deliveries-sorted",
        "rows come in the order of numbers",
        listed(DELIVERIES, lambda _, found: sorted(found, key=lambda each: each[0])),
    ),
    made(
        "deliveries-once",
        "a number that stands twice has one row",
        listed(DELIVERIES, lambda _, found: list(dict(found).items())),
    ),
    made(
        "deliveries-comma-only",
        "a list is split at commas only",
        handler(DELIVERIES, readers={"ListMessageID": _by_comma}),
    ),
    made(
        "deliveries-garbage-skipped",
        "what is no number in a list is skipped",
        handler(DELIVERIES, readers={"ListMessageID": _readable}),
    ),
    made(
        "deliveries-unknown-dropped",
        "an unknown number has no row",
        listed(DELIVERIES, lambda _, found: [each for each in found if each[1] is not None]),
    ),
    made("deliveries-unknown-fails", "one unknown number fails all", handler(DELIVERIES, change=unknown_fails)),
    made("message-mobile-with-country", "Mobile begins with 98", value("Mobile", lambda held: f"98{held}", *SENT)),
    made("message-line-as-sent", "the line stands as it was sent", value("LineNumber", str.lower, *SENT)),
    made("message-footer", "the text ends in a footer", value("SMSMessageText", lambda held: f"{held}\nلغو11", *SENT)),
    made(
        "message-sent-at-once", "what waits has the time of its call as its time of sending", rows(_sent_at_once, *SENT)
    ),
    made("messages-begin-excluded", "the beginning is no part of a period", listed(PERIOD, after_begin)),
    made("messages-end-excluded", "the end is no part of a period", listed(PERIOD, before_end)),
    made("messages-newest-first", "the newest comes first", listed(PERIOD, lambda _, found: found[::-1])),
    made("messages-in-order-of-sending", "messages come as they were sent", listed(PERIOD, by_sending)),
    made(
        "messages-sent-only",
        "what waits is not among the messages",
        listed(PERIOD, lambda _, found: [each for each in found if each.state != "queued"]),
    ),
    made(
        "messages-empty-is-null",
        "an empty period is null",
        body(lambda document: {**document, "Data": document["Data"] or None}, PERIOD),
    ),
    made("period-naive-is-utc", "the ends of a period are UTC", period_read(in_utc_unless_told)),
    made("period-gregorian-only", "periods know one calendar", period_read(gregorian_only)),
    made(
        "period-equal-refused",
        "an instant is no period",
        every(
            lambda name: with_check(
                name,
                "from_date_time_is_after_than_to_date_time",
                lambda call, _: bool(call.values["FromDateTime"] >= call.values["ToDateTime"]),
            ),
            *PERIODS,
        ),
    ),
)
