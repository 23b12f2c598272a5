"""The rentals of the account."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

from otp_sandbox.contract import Call, Facts, Query
from otp_sandbox.domain.rentals import Rental
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim.account import PROVIDER
from otp_sandbox.providers.thuesim.answers import Json, content_of, in_envelope, second_schema, write_flag
from otp_sandbox.providers.thuesim.rental_ids import bare_id, service_id
from otp_sandbox.renting.histories import filtered, limit_of
from otp_sandbox.renting.phones import national
from otp_sandbox.renting.states import NUMBERS
from otp_sandbox.renting.times import write_fine_time


def _find(call: Call, state: State) -> Change[Verdict]:
    """List the rentals that the filters leave, the newest first."""
    change = Change(Verdict("success"))
    extra = call.dialect.option("history-filters") == "honour-extra"
    wanted = [limit_of(change, call)] if extra else []
    if call.dialect.option("history-cap") == "capped":
        wanted.append(call.dialect.policy("history_rows_cap"))
    most = min((each for each in wanted if each is not None), default=None)
    rentals = tuple(islice(filtered(change, call, state, PROVIDER, by_day=extra), most))
    change.verdict = Verdict("success", {"rentals": rentals})
    return change


def _rows(call: Call, facts: Facts) -> list[Json] | Json | None:
    rentals: Any = facts.get("rentals", ())
    rows = (_row(each, call) for each in rentals)
    if not second_schema(call.dialect) or call.dialect.option("list-history") == "sample":
        return list(rows)
    newest = next(rows, None)  # as the page's list draws it (`thuesim.list-history`)
    return newest and {**newest, "Phone": int(newest["Phone"]), "IsSound": newest["IsSound"] == write_flag(flag=True)}


def _row(rental: Rental, call: Call) -> Json:
    return {
        "ID": int(bare_id(rental)),
        "ServiceID": service_id(rental),
        "ServiceName": rental.service_name,
        "Status": NUMBERS[rental.state],
        "Price": rental.price,
        "Phone": national(rental.phone),
        "SmsContent": content_of(rental, call.dialect, call.seed, call.origin),
        "IsSound": write_flag(rental.is_call),
        "CreatedTime": write_fine_time(rental.created_at),
        "Code": rental.code,
    }


HISTORY: Final = Query("history", find=_find, body=in_envelope(_rows))
