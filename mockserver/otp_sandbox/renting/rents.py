"""What all rents do: find the service, look at limit, balance and stock, charge, take the number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from otp_sandbox.contract import Call, Check, Facts, Handler, Reason, Why
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.renting import reasons
from otp_sandbox.renting.offers import Renting, sold_out
from otp_sandbox.renting.pool import Number, pieces
from otp_sandbox.renting.renter import Renter


class Rent(Handler):
    """A rent. A class of its own says which service and which number a call asks for."""

    renter: Renter

    def service_key(self, call: Call, state: State) -> str:
        """Name the service that a readable call asks for, as the account knows it."""
        raise NotImplementedError

    def number(self, call: Call, state: State) -> Number | None:
        """Find the number to rent, or None."""
        raise NotImplementedError

    def new_service(self, key: str) -> Mapping[str, Any] | None:
        """Give a service for the account that has a key; None where nothing can have it."""
        raise NotImplementedError

    def cause_of_success(self, call: Call) -> str:  # noqa: ARG002  (a hook)
        """Name the row of a rent that has begun."""
        return "rented"

    def checks(self) -> Mapping[str, Check]:
        """The rules of a rent, besides missing and malformed fields."""
        return {
            "service_unknown": self._service_unknown,
            "waiting_limit_reached": self._waiting_limit_reached,
            "not_enough_balance": self._not_enough_balance,
            "out_of_stock": self._out_of_stock,
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Say why a rent is refused."""
        return {
            "service_unknown": self._why_service_unknown,
            "waiting_limit_reached": lambda call, state: reasons.waiting_limit_reached(
                self.renter.book_of(state), call
            ),
            "not_enough_balance": lambda call, state: reasons.not_enough_balance(self._service(call, state), call),
            "out_of_stock": lambda call, state: reasons.out_of_stock(
                self._service(call, state), call, self.renter.pool.filters
            ),
        }

    def keys(self, call: Call) -> Sequence[Key]:  # noqa: ARG002  (the same for every call)
        """The book where numbers are taken."""
        return (self.renter.book,)

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:  # noqa: ARG002  (the hook's signature)
        """Give a refusal all that its text or its body may need, asked for by a magic value or not."""
        return Change(replace(verdict, facts={**self.facts_of(call.account), **verdict.facts}))

    def facts_of(self, account: Any) -> Facts:
        """Give what the texts and bodies of refusals tell of an account."""
        return {"limit": account.waiting_limit, "balance": account.balance}

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Charge, take the number, let it wait."""
        service, number = self._service(call, state), self.number(call, state)
        if service is None or number is None:
            raise LookupError("the checks let a rent through that has nothing to rent")
        change = Change(Verdict(self.cause_of_success(call)))
        rental = self.renter.begin(
            change, state, call.account, service, number, seed=call.seed, now=call.now, origin=call.origin
        )
        facts = {"rental": rental, "balance": change.writes[self.renter.key].balance, "service": service.title}
        change.verdict = replace(change.verdict, facts=facts)
        return change

    def draw(self, call: Call, state: State) -> Number | None:
        """Draw among the numbers that the filters leave."""
        book, pool = self.renter.book_of(state), self.renter.pool
        carriers, wanted, unwanted = (pieces(call.text(name)) for name in pool.filters)
        waiting = {phone for _, phone in book.waiting}
        return pool.find(call.seed, book.taken, carriers=carriers, wanted=wanted, unwanted=unwanted, waiting=waiting)

    def with_warnings(self, call: Call, change: Change[Verdict]) -> Change[Verdict]:
        """Tell of filters that let less through than was probably meant."""
        pool = self.renter.pool
        filters = {field: text for field in pool.filters if (text := call.text(field))}
        if filters:
            change.warnings += pool.odd_filters(filters)
        return change

    def _service(self, call: Call, state: State) -> Any:
        account: Renting[Any] = call.account
        return account.service(self.service_key(call, state))

    def _service_unknown(self, call: Call, state: State) -> bool:
        return call.value("serviceId") is not None and self._service(call, state) is None

    def _waiting_limit_reached(self, call: Call, state: State) -> bool | Facts:
        waiting = len(self.renter.book_of(state).waiting)
        return {"limit": call.account.waiting_limit} if waiting >= call.account.waiting_limit else False

    def _not_enough_balance(self, call: Call, state: State) -> bool:
        service = self._service(call, state)
        return service is not None and call.account.balance < service.cost

    def _out_of_stock(self, call: Call, state: State) -> bool:
        service = self._service(call, state)
        return service is None or sold_out(service) or self.number(call, state) is None

    def _why_service_unknown(self, call: Call, state: State) -> Why:
        key = self.service_key(call, state)
        return reasons.service_unknown(key, call, self.new_service(key))
