"""What renting a number and renting it again share: pause, limit, price, the rental (reference 4.1–4.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil

from otp_sandbox.contract import Call, Check, Facts, Handler
from otp_sandbox.domain import rentals
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.rentals import Rental
from otp_sandbox.domain.seeds import draw
from otp_sandbox.domain.store import Change, Event, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim.account import KEY, Account, Service
from otp_sandbox.providers.thuesim.allowances import DESK, desk_of, full, pauses
from otp_sandbox.providers.thuesim.envelope import second_schema
from otp_sandbox.providers.thuesim.numbers import Number
from otp_sandbox.providers.thuesim.operations.common import account_of, readable

_FIRST_ID = 80_000_000
_FIRST_IDS = 9_000_000


class Rent(Handler):
    """A rent of either kind."""

    def service_key(self, call: Call, state: State) -> str:
        """Name the service that a readable call asks for, as the account knows it."""
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

    def keys(self, call: Call) -> Sequence[Key]:  # noqa: ARG002  (the same for every call)
        """The book where numbers are taken."""
        return (DESK,)

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:  # noqa: ARG002  (the hook's signature)
        """Give a refusal all that its text or its body may need, asked for by a magic value or not."""
        account = account_of(call)
        facts = {**_limit(account), **_seconds(account), "balance": account.balance, **verdict.facts}
        return Change(replace(verdict, facts=facts))

    def number(self, call: Call, state: State) -> Number | None:
        """Find the number to rent, or None."""
        raise NotImplementedError

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Charge, take the number, let it wait."""
        service, number = self._service(call, state), self.number(call, state)
        if service is None or number is None:
            raise LookupError("the checks let a rent through that has nothing to rent")
        book, account = desk_of(state), account_of(call).charged(service)
        first = _FIRST_ID + draw(call.seed, "thuesim", "first id") % _FIRST_IDS
        rental = Rental(
            id=f"{first + book.taken}.{service.SV}",
            provider="thuesim",
            phone=number.phone,
            service=service.key,
            service_name=service.SERVICE_NAME,
            carrier=number.carrier,
            price=service.PRICE,
            state="waiting",
            created_at=call.now,
            expires_at=call.now + service.lifetime,
            origin=call.origin,
        )
        facts = {"rental": rental, "balance": account.balance, "service": service.SERVICE_NAME}
        change = Change(Verdict("rented_list" if second_schema(call.dialect) else "rented", facts), {KEY: account})
        rentals.rent(change, book, rental)
        # An SMS that would come when the rental is over never comes, however far away that is.
        if account.arrival == "auto" and account.arrival_delay < service.lifetime:
            change.due.append(
                Event(call.now + account.arrival_delay, "arrival", "thuesim", rental.id, detail=rental.phone)
            )
        return change

    def _service(self, call: Call, state: State) -> Service | None:
        return account_of(call).service(self.service_key(call, state))

    def _service_unknown(self, call: Call, state: State) -> bool:
        return readable(call, "serviceId") is not None and self._service(call, state) is None

    def _too_soon(self, call: Call, state: State) -> bool | Facts:
        account = account_of(call)
        return _seconds(account) if pauses(account, desk_of(state), call.now) else False

    def _waiting_limit_reached(self, call: Call, state: State) -> bool | Facts:
        account = account_of(call)
        return _limit(account) if full(account, desk_of(state)) else False

    def _not_enough_balance(self, call: Call, state: State) -> bool:
        service = self._service(call, state)
        return service is not None and account_of(call).balance < service.PRICE

    def _out_of_stock(self, call: Call, state: State) -> bool:
        service = self._service(call, state)
        return service is None or service.sold_out or self.number(call, state) is None


def _limit(account: Account) -> Facts:
    return {"limit": account.waiting_limit}


def _seconds(account: Account) -> Facts:
    return {"seconds": ceil(account.min_interval.total_seconds())}
