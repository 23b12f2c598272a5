"""What renting a number and renting it again share: pause, limit, price, the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil

import orjson

from otp_sandbox.contract import Call, Check, Facts, Handler, Reason
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.rentals import Rental
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim import reasons
from otp_sandbox.providers.thuesim.account import KEY, Account, Service
from otp_sandbox.providers.thuesim.allowances import BOOK, book_of, full, pauses
from otp_sandbox.providers.thuesim.answers import (
    Json,
    by_profile,
    fill_text,
    pick_members,
    second_schema,
    write_listed,
)
from otp_sandbox.providers.thuesim.dates import write_time
from otp_sandbox.providers.thuesim.phones import COUNTRY_CODE, COUNTRY_ISO, national
from otp_sandbox.providers.thuesim.pool import Number
from otp_sandbox.providers.thuesim.rental_ids import bare_id, service_id
from otp_sandbox.providers.thuesim.renting import begin
from otp_sandbox.providers.thuesim.states import WORDS
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


class Rent(Handler):
    """A rent of either kind."""

    body = staticmethod(by_profile(_write, _write_of_list))

    def service_key(self, call: Call, state: State) -> str:
        """Name the service that a readable call asks for, as the account knows it."""
        raise NotImplementedError

    def number(self, call: Call, state: State) -> Number | None:
        """Find the number to rent, or None."""
        raise NotImplementedError

    def checks(self) -> Mapping[str, Check]:
        """The rules of a rent, besides missing and malformed fields."""
        return {
            "too_soon": self._too_soon,
            "service_unknown": self._service_unknown,
            "waiting_limit_reached": self._waiting_limit_reached,
            "not_enough_balance": self._not_enough_balance,
            "out_of_stock": self._out_of_stock,
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Say why a rent is refused."""
        return {
            "service_unknown": lambda call, state: reasons.service_unknown(self.service_key(call, state), call),
            "not_enough_balance": lambda call, state: reasons.not_enough_balance(self._service(call, state), call),
            "out_of_stock": lambda call, state: reasons.out_of_stock(self._service(call, state), call),
        }

    def keys(self, call: Call) -> Sequence[Key]:  # noqa: ARG002  (the same for every call)
        """The book where numbers are taken."""
        return (BOOK,)

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:  # noqa: ARG002  (the hook's signature)
        """Give a refusal all that its text or its body may need, asked for by a magic value or not."""
        account = call.account
        facts = {**_limit(account), **_seconds(account), "balance": account.balance, **verdict.facts}
        return Change(replace(verdict, facts=facts))

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Charge, take the number, let it wait."""
        service, number = self._service(call, state), self.number(call, state)
        if service is None or number is None:
            raise LookupError("the checks let a rent through that has nothing to rent")
        change = Change(Verdict("rented_list" if second_schema(call.dialect) else "rented"))
        rental = begin(change, state, call.account, service, number, seed=call.seed, now=call.now, origin=call.origin)
        facts = {"rental": rental, "balance": change.writes[KEY].balance, "service": service.SERVICE_NAME}
        change.verdict = replace(change.verdict, facts=facts)
        return change

    def _service(self, call: Call, state: State) -> Service | None:
        account: Account = call.account
        return account.service(self.service_key(call, state))

    def _service_unknown(self, call: Call, state: State) -> bool:
        return call.value("serviceId") is not None and self._service(call, state) is None

    def _too_soon(self, call: Call, state: State) -> bool | Facts:
        return _seconds(call.account) if pauses(call.account, book_of(state), call.now) else False

    def _waiting_limit_reached(self, call: Call, state: State) -> bool | Facts:
        return _limit(call.account) if full(call.account, book_of(state)) else False

    def _not_enough_balance(self, call: Call, state: State) -> bool:
        service = self._service(call, state)
        return service is not None and call.account.balance < service.PRICE

    def _out_of_stock(self, call: Call, state: State) -> bool:
        service = self._service(call, state)
        return service is None or service.sold_out or self.number(call, state) is None


def _limit(account: Account) -> Facts:
    return {"limit": account.waiting_limit}


def _seconds(account: Account) -> Facts:
    return {"seconds": ceil(account.min_interval.total_seconds())}
