"""The rentals of the account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any, Final

from otp_sandbox.contract import Call, Facts, Query
from otp_sandbox.domain.rentals import RENTALS, Rental
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim.answers import Json, content_of, in_envelope, write_flag
from otp_sandbox.providers.thuesim.dates import day_of, write_fine_time
from otp_sandbox.providers.thuesim.phones import national
from otp_sandbox.providers.thuesim.rental_ids import bare_id, service_id
from otp_sandbox.providers.thuesim.states import NUMBERS, as_of

_LIMIT: Final = re.compile(r"[0-9]{1,9}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _find(call: Call, state: State) -> Change[Verdict]:
    """List the rentals that the filters leave, the newest first."""
    change = Change(Verdict("success"))
    rentals = _rentals_left(change, call, state)
    most = _most(change, call)
    change.verdict = Verdict("success", {"rentals": tuple(rentals if most is None else islice(rentals, most))})
    return change


def _rentals_left(change: Change[Verdict], call: Call, state: State) -> Iterator[Rental]:
    service, status = call.text("service"), call.text("status")
    first, last = _day(change, call, "fromDate"), _day(change, call, "toDate")
    for held in state.entries(RENTALS):
        rental = as_of(held, call.now)
        rented = day_of(rental.created_at)
        if (
            (not service or service in (rental.service, rental.service.rpartition(".")[2]))
            and (not status or status == str(NUMBERS[rental.state]))
            and (first is None or rented >= first)
            and (last is None or rented <= last)
        ):
            yield rental


def _day(change: Change[Verdict], call: Call, name: str) -> date | None:
    text = call.text(name)
    if not text or not _honours_extra(call):
        return None
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        change.warnings.append(f"{name} is not a day written year-month-day: it filters nothing")
        return None


def _most(change: Change[Verdict], call: Call) -> int | None:
    most = []
    if call.dialect.option("history-cap") == "capped":
        most.append(call.dialect.policy("history_rows_cap"))
    text = call.text("limit")
    if text and _honours_extra(call):
        if _LIMIT.fullmatch(text):
            most.append(int(text))
        else:
            change.warnings.append("limit is not a number of rows: it cuts nothing")
    return min(most, default=None)


def _honours_extra(call: Call) -> bool:
    return call.dialect.option("history-filters") == "honour-extra"


def _rows(call: Call, facts: Facts) -> list[Json]:
    rentals: Any = facts.get("rentals", ())
    return [_row(each, call) for each in rentals]


def _row(rental: Rental, call: Call) -> Json:
    return {
        "ID": int(bare_id(rental)),
        "ServiceID": service_id(rental),
        "ServiceName": rental.service_name,
        "Status": NUMBERS[rental.state],
        "Price": rental.price,
        "Phone": national(rental.phone),
        "SmsContent": content_of(rental, call.seed, call.origin),
        "IsSound": write_flag(rental.is_call),
        "CreatedTime": write_fine_time(rental.created_at),
        "Code": rental.code,
    }


HISTORY: Final = Query("history", find=_find, body=in_envelope(_rows))
