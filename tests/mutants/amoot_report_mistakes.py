"""How the mistakes in what Amoot reports are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from mutants.kit import Mistake, body, both, forgiven, handler, order
from otp_sandbox.contract import MISSING, Call, Provider
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot.dates import TEHRAN, exact_time
from otp_sandbox.providers.amoot.deliveries import sent_at

DELIVERY, DELIVERIES = "GetDelivery", "GetDeliveries"
MESSAGE, PERIOD = "GetMessage", "GetMessages"
RECIEVED, NEW = "RecieveMessages", "RecieveNewMessages"
CREATE, PATTERNS = "PatternCodeCreate", "PatternCodeList"
ACCOUNT = "AccountStatus"
DELIVERED = (DELIVERY, DELIVERIES)
SENT = (MESSAGE, PERIOD)
INCOMING = (RECIEVED, NEW)
PERIODS = (PERIOD, RECIEVED)
DATES: Final = ("RegDateTime", "SendDateTime", "SentDateTime", "RecieveDateTime")


def every(names: Iterable[str], mistake: Callable[[str], Mistake]) -> Mistake:
    """Make a mistake in several operations."""
    first, *others = names
    made = mistake(first)
    for name in others:
        made = both(made, mistake(name))
    return made


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


def facts(operation: str, change: Callable[[Call, dict[str, Any]], Mapping[str, Any]]) -> Mistake:
    """Find otherwise what an operation answers with."""

    def spoil(call: Call, _: State, found: Change[Verdict]) -> Change[Verdict]:
        return replace(found, verdict=replace(found.verdict, facts=change(call, dict(found.verdict.facts))))

    return handler(operation, change=spoil)


def listed(operation: str, name: str, change: Callable[[Call, list[Any]], list[Any]]) -> Mistake:
    """Find other rows, or the rows in another order."""
    return facts(operation, lambda call, found: {**found, name: change(call, list(found[name]))})


def told_as(operation: str, cause: str, other: str) -> Mistake:
    """Answer one cause like another."""

    def spoil(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
        return replace(change, verdict=Verdict(other)) if change.verdict.cause == cause else change

    return handler(operation, refusal=spoil)


def taken(operation: str, *causes: str, **values: Any) -> Mistake:
    """Put values in the place of fields that are missing or malformed."""

    def forgive(call: Call) -> Call:
        missing = {name: held for name, held in values.items() if call.values[name] in {MISSING, None}}
        return forgiven(call, *causes, **missing)

    return handler(operation, call=forgive)


def unknown_fails(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
    asked: Any = change.verdict.facts["asked"]
    return replace(change, verdict=Verdict("failed")) if any(each[1] is None for each in asked) else change


def in_utc_unless_told(text: str) -> datetime | None:
    at = exact_time(text)
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is TEHRAN and "03:30" not in text else at


def gregorian_only(text: str) -> datetime | None:
    return None if text.strip()[:2] in {"13", "14"} else exact_time(text)


def or_long_ago(text: str) -> datetime:
    return exact_time(text) or datetime(2000, 1, 1, tzinfo=UTC)


def period_read(read: Callable[[str], datetime | None]) -> Mistake:
    return every(PERIODS, lambda name: handler(name, readers={"FromDateTime": read, "ToDateTime": read}))


def end_first(provider: Provider) -> Provider:
    return every(PERIODS, lambda name: order(name, "from_date_time_invalid", "to_date_time_invalid"))(provider)


def after_begin(call: Call, found: list[Any]) -> list[Any]:
    return [each for each in found if each.created_at > call.values["FromDateTime"] + timedelta(milliseconds=1)]


def before_end(call: Call, found: list[Any]) -> list[Any]:
    return [each for each in found if each.created_at < call.values["ToDateTime"]]


def by_sending(_: Call, found: list[Any]) -> list[Any]:
    return sorted(found, key=lambda each: sent_at(each) or each.created_at)
