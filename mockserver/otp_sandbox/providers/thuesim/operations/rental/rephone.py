"""Renting a used number again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from otp_sandbox.contract import Call, Check, Reason, Why, shown
from otp_sandbox.domain.rentals import RENTALS, Rental
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim.operations.rental.rent import Rent
from otp_sandbox.providers.thuesim.phones import ten_digits
from otp_sandbox.providers.thuesim.recordings import server
from otp_sandbox.providers.thuesim.rental_ids import lacks_server, rental_id, rental_named, warn_of_float
from otp_sandbox.providers.thuesim.services import bare_or_composite
from otp_sandbox.renting import reasons
from otp_sandbox.renting.pool import Number


class Rephone(Rent):
    """`rephone`."""

    operations = ("rephone",)
    readers = MappingProxyType({"phone": ten_digits, "serviceId": bare_or_composite, "thuesim1": rental_id})

    def checks(self) -> Mapping[str, Check]:
        """The rules of a rent; number and earlier rental belong together, and the number is free."""
        return {
            **super().checks(),
            "rental_malformed": lambda call, _: lacks_server(call, "thuesim1"),
            "rental_unknown": lambda call, state: self._earlier(call, state) is None,
            "service_malformed": self._service_malformed,
            "number_busy": lambda call, state: self.renter.book_of(state).busy(call.values["phone"]),
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Say why a rent is refused."""
        return {**super().reasons(), "rental_unknown": _why_rental_unknown, "number_busy": self._why_number_busy}

    def keys(self, call: Call) -> Sequence[Key]:
        """The book, and the earlier rental."""
        return (*super().keys(call), (RENTALS, call.text("thuesim1")))

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:
        """Refuse, and tell a client that has read the earlier rental's id as a float."""
        change = super().refuse(call, state, verdict)
        if verdict.cause.startswith("rental_"):
            warn_of_float(call, "thuesim1", state, change)
        return change

    def service_key(self, call: Call, state: State) -> str:
        """The bare id, on the server of the earlier rental; a server that is written out counts."""
        service: str = call.values["serviceId"]
        earlier = self._earlier(call, state)
        if earlier is None:
            return ""
        if "." not in service:
            return f"{server(earlier)}.{service}"
        return service if service.startswith(f"{server(earlier)}.") else ""

    def number(self, call: Call, state: State) -> Number | None:
        """The number of the earlier rental."""
        earlier = self._earlier(call, state)
        return Number(earlier.phone, earlier.carrier) if earlier is not None else None

    def _earlier(self, call: Call, state: State) -> Rental | None:
        rental = rental_named(call, "thuesim1", state)
        return rental if rental is not None and rental.phone == call.values["phone"] else None

    def _why_number_busy(self, call: Call, state: State) -> Why:
        return reasons.number_busy(self.renter.book_of(state), call.values["phone"])

    def _service_malformed(self, call: Call, _: State) -> bool:
        return "." in call.values["serviceId"] and call.dialect.option("rephone-service-id") != "both"


def _why_rental_unknown(call: Call, state: State) -> Why:
    rental = rental_named(call, "thuesim1", state)
    if rental is None:
        return Why(f"no rental of this account has the ID {shown(call.text('thuesim1'))}")
    return Why(f"rental {rental.id} was of {rental.phone}, not of {call.values['phone']}")
