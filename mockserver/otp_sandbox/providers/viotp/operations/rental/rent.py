"""Renting a number, and renting it again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from otp_sandbox.contract import Call, Check, Facts, Reason, Why, shown
from otp_sandbox.domain.rentals import RENTALS, Rental
from otp_sandbox.domain.store import WHOLE, Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.viotp.account import PROVIDER
from otp_sandbox.providers.viotp.answers import Json, in_envelope
from otp_sandbox.providers.viotp.renting import POOL, RENTER
from otp_sandbox.renting import reasons, rents
from otp_sandbox.renting.histories import rentals_of
from otp_sandbox.renting.phones import COUNTRY_CODE, COUNTRY_ISO, fold, national
from otp_sandbox.renting.pool import Number

_SERVICE: Final = re.compile(r"[1-9][0-9]{0,8}|0")
_NEW_PRICE: Final = 1000


def _read_service(text: str) -> str | None:
    return text if _SERVICE.fullmatch(text) else None


def _write(_: Call, facts: Facts) -> Json | None:
    """Write a rental that begins (`viotp.rent-members`)."""
    rental = facts.get("rental")
    if not isinstance(rental, Rental):
        return None
    return {
        "phone_number": national(rental.phone),
        "re_phone_number": f"0{national(rental.phone)}",
        "countryISO": COUNTRY_ISO,
        "countryCode": COUNTRY_CODE,
        "request_id": int(rental.id),
        "balance": facts.get("balance", 0),
    }


class Rent(rents.Rent):
    """`request`, first or again."""

    operations = ("rent",)
    readers = MappingProxyType({"serviceId": _read_service, "number": fold})
    renter = RENTER
    body = staticmethod(in_envelope(_write))

    def service_key(self, call: Call, state: State) -> str:  # noqa: ARG002  (the hook's signature)
        """The service as it was written."""
        return str(call.values["serviceId"])

    def new_service(self, key: str) -> Mapping[str, Any] | None:
        """A service with that id."""
        return {"id": int(key), "name": f"Service {key}", "price": _NEW_PRICE} if _read_service(key) else None

    def number(self, call: Call, state: State) -> Number | None:
        """Draw among the numbers that the filters leave; or take that of an earlier rental."""
        if not call.text("number"):
            return self.draw(call, state)
        earlier = self._earlier(call, state)
        return Number(earlier.phone, earlier.carrier) if earlier is not None else None

    def keys(self, call: Call) -> Sequence[Key]:
        """The book; renting again looks for the number among all rentals."""
        return (*super().keys(call), *(((RENTALS, WHOLE),) if call.text("number") else ()))

    def checks(self) -> Mapping[str, Check]:
        """The rules of all rents; filters name what there is, and a number wanted again is known and free."""
        return {
            **super().checks(),
            "carrier_unknown": lambda call, _: _refuses(call, "network"),
            "prefix_unknown": lambda call, _: _refuses(call, "prefix"),
            "number_busy": lambda call, state: (
                bool(call.text("number")) and self.renter.book_of(state).busy(call.values["number"])
            ),
            "number_unknown": lambda call, state: bool(call.text("number")) and self._earlier(call, state) is None,
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Say why a rent is refused."""
        return {
            **super().reasons(),
            "number_busy": lambda call, state: reasons.number_busy(self.renter.book_of(state), call.values["number"]),
            "number_unknown": lambda call, _: Why(f"no rental of this account was of {shown(call.text('number'))}"),
        }

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Rent; filters that let less through than was probably meant are told."""
        return self.with_warnings(call, super().perform(call, state))

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:
        """Refuse; the filters may be why."""
        return self.with_warnings(call, super().refuse(call, state, verdict))

    def _earlier(self, call: Call, state: State) -> Rental | None:
        phone = call.value("number")
        return next((each for each in rentals_of(state, PROVIDER) if each.phone == phone), None)


def _refuses(call: Call, field: str) -> bool:
    """Whether a filter names what there is not (`viotp.networks-known`, `viotp.prefixes`)."""
    return not call.text("number") and not POOL.knows(field, call.text(field))
