"""What renting a number and renting it again share at thuesim: the pause, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

import orjson

from otp_sandbox.contract import Call, Check, Facts
from otp_sandbox.domain.rentals import Rental
from otp_sandbox.domain.store import State
from otp_sandbox.providers.thuesim.account import Account
from otp_sandbox.providers.thuesim.allowances import pauses
from otp_sandbox.providers.thuesim.answers import (
    Json,
    by_profile,
    fill_text,
    pick_members,
    second_schema,
    write_listed,
)
from otp_sandbox.providers.thuesim.rental_ids import bare_id, service_id
from otp_sandbox.providers.thuesim.renting import RENTER
from otp_sandbox.providers.thuesim.services import composite
from otp_sandbox.providers.thuesim.states import WORDS
from otp_sandbox.renting import rents
from otp_sandbox.renting.phones import COUNTRY_CODE, COUNTRY_ISO, national
from otp_sandbox.renting.times import write_time
from otp_specs import Outcome


def _write(call: Call, row: Outcome, facts: Facts) -> Json:
    """Write a rental that begins (`thuesim.rent-envelope`)."""
    rental = facts.get("rental")
    body: Json = {"RequestLog": _request_log(call, rental) if isinstance(rental, Rental) else None}
    if "balance" in facts and row.name != "auth_failed":
        body["Balance"] = facts["balance"]
    return body | {"ResponseCode": row.code, "Message": fill_text(row, facts)}


def _request_log(call: Call, rental: Rental) -> Json:
    space = " " if call.dialect.option("phone-space") == "keep" else ""
    return {
        "ID": orjson.Fragment(rental.id),  # a number whose last zero must not get lost
        "ServiceID": service_id(rental),
        "ServiceName": rental.service_name,
        "IMG": f"{rental.service_name}.ico",
        "Price": rental.price,
        "Phone": f"{space}0{national(rental.phone)}",
        "SmsContent": rental.sms,
        "StatusStr": WORDS[rental.state],
        "CreatedTime": write_time(rental.created_at),
        "IsSound": rental.is_call,
        "Code": rental.code,
    }


def _write_of_list(call: Call, row: Outcome, facts: Facts) -> Json:
    """Write a rental that begins, in the second schema (`thuesim.list-rent`)."""
    rental, data = facts.get("rental"), None
    if isinstance(rental, Rental):
        request = bare_id(rental)
        values = {
            "phone_number": national(rental.phone),
            "re_phone_number": f"0{national(rental.phone)}",
            "countryISO": COUNTRY_ISO,
            "countryCode": COUNTRY_CODE,
            "request_id": int(request) if call.dialect.option("list-request-id") == "number" else request,
            "balance": facts.get("balance", 0),
        }
        data = pick_members(call.dialect, "list-rent", values)
    return write_listed(call.dialect, row, facts, data)


class Rent(rents.Rent):
    """A rent of either kind."""

    renter = RENTER
    body = staticmethod(by_profile(_write, _write_of_list))

    def cause_of_success(self, call: Call) -> str:
        """The row of the schema that is played."""
        return "rented_list" if second_schema(call.dialect) else "rented"

    def new_service(self, key: str) -> Mapping[str, Any] | None:
        """A service on the server that the key names."""
        if composite(key) is None:
            return None
        server, _, number = key.partition(".")
        return {"ID": int(number), "SV": server, "SERVICE_NAME": f"Service {number}", "PRICE": 1000, "Time": "300"}

    def checks(self) -> Mapping[str, Check]:
        """The rules of all rents, and the pause between two of them."""
        return {"too_soon": self._too_soon, **super().checks()}

    def facts_of(self, account: Account) -> Facts:
        """The pause too."""
        return {**super().facts_of(account), **_seconds(account)}

    def _too_soon(self, call: Call, state: State) -> bool | Facts:
        return _seconds(call.account) if pauses(call.account, RENTER.book_of(state), call.now) else False


def _seconds(account: Account) -> Facts:
    return {"seconds": ceil(account.min_interval.total_seconds())}
