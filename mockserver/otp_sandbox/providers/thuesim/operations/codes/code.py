"""Reading the code of a rental."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from otp_sandbox.contract import Call, Check, Dialect, Facts, Handler
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.rentals import RENTALS, Rental
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim.answers import (
    Json,
    by_profile,
    content_of,
    fill_text,
    pick_members,
    second_schema,
    write_listed,
)
from otp_sandbox.providers.thuesim.recordings import link
from otp_sandbox.providers.thuesim.rental_ids import (
    lacks_server,
    rental_id,
    rental_named,
    service_id,
    told_id,
    warn_of_float,
)
from otp_sandbox.renting.phones import COUNTRY_CODE, COUNTRY_ISO, national
from otp_sandbox.renting.states import NUMBERS, as_of
from otp_sandbox.renting.times import write_fine_time
from otp_specs import Outcome

_CAUSES: Final = {"waiting": "waiting_for_message", "expired": "rental_expired", "done": "code_received"}


def _write(call: Call, row: Outcome, facts: Facts) -> Json:
    """Write what has arrived at a rental."""
    if call.dialect.option("code-numbers") == "viotp":
        return _write_rental(call, row, facts)
    rental, result = facts.get("rental"), None
    if isinstance(rental, Rental) and (row.success or _shows_waiting(call.dialect, rental)):
        file = link(rental, call.seed, call.origin) if rental.is_call else None
        result = {"SMS": rental.sms, "Code": rental.code, "IsCall": rental.is_call, "CallFile": file}
    return {"ResponseCode": row.code, "Msg": fill_text(row, facts), "Result": result}


def _write_rental(call: Call, row: Outcome, facts: Facts) -> Json:
    """Write a rental with its state, as the second schema and the sister service do (`thuesim.list-code`)."""
    rental, data = facts.get("rental"), None
    if isinstance(rental, Rental):
        values = {
            "ID": told_id(rental, call.dialect),
            "PhoneOriginal": f"0{national(rental.phone)}",
            "Phone": national(rental.phone),
            "CountryISO": COUNTRY_ISO,
            "CountryCode": COUNTRY_CODE,
            "ServiceID": service_id(rental),
            "ServiceName": rental.service_name,
            "Status": NUMBERS[rental.state],
            "Price": rental.price,
            "CreatedTime": write_fine_time(rental.created_at),
            "IsSound": rental.is_call,
            "SmsContent": content_of(rental, call.dialect, call.seed, call.origin),
            "Code": rental.code,
        }
        data = pick_members(call.dialect, "list-code", values)
    return write_listed(call.dialect, row, facts, data)


class Code(Handler):
    """`show=code`."""

    operations = ("code",)
    body = staticmethod(by_profile(_write, _write_rental))
    readers = MappingProxyType({"ID": rental_id})

    def checks(self) -> Mapping[str, Check]:
        """The id is one of the account's rentals, and spelled as the rent told it."""
        return {"session_malformed": lambda call, _: lacks_server(call, "ID"), "session_unknown": _session_unknown}

    def keys(self, call: Call) -> Sequence[Key]:
        """The rental: clients ask again and again."""
        return ((RENTALS, call.text("ID")),)

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:
        """Refuse an id by the sister service's number where its schema is played, whatever code-numbers says."""
        if not verdict.cause.startswith("session_"):
            return Change(verdict)
        if second_schema(call.dialect):
            return Change(replace(verdict, cause="session_unknown_viotp"))
        change = Change(verdict)
        warn_of_float(call, "ID", state, change)
        return change

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Tell what has arrived. It changes nothing."""
        rental = rental_named(call, "ID", state)
        if rental is None:
            raise LookupError("the checks let a read through that has nothing to read")
        rental = as_of(rental, call.now)
        # Whatever the state of the rental, the second schema calls the reading itself a success.
        cause = "rental_shown" if _shows_rentals(call) else _CAUSES[rental.state]
        return Change(Verdict(cause, {"rental": rental}))


def _session_unknown(call: Call, state: State) -> bool:
    asked = call.value("ID") is not None and not lacks_server(call, "ID")
    return asked and rental_named(call, "ID", state) is None


def _shows_waiting(dialect: Dialect, rental: Rental) -> bool:
    """Whether a rental that waits has a Result without a code (`thuesim.waiting-result`)."""
    return rental.state == "waiting" and dialect.option("waiting-result") == "object"


def _shows_rentals(call: Call) -> bool:
    return second_schema(call.dialect) or call.dialect.option("code-numbers") == "viotp"
