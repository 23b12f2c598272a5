"""Renting a number for a service (reference 2.3)."""

from __future__ import annotations

from mockserver.contract import Call
from mockserver.domain.store import State
from mockserver.providers.thuesim.allowances import desk_of
from mockserver.providers.thuesim.numbers import Number, find, pieces
from mockserver.providers.thuesim.operations.rent import Rent
from mockserver.providers.thuesim.services import composite


class RegisterService(Rent):
    """`register-service`."""

    readers = {"serviceId": composite}  # noqa: RUF012  (a mapping that nobody writes)

    def service_key(self, call: Call) -> str:
        """The service as it was written."""
        return str(call.values["serviceId"])

    def number(self, call: Call, state: State) -> Number | None:
        """Draw among the numbers that the filters leave."""
        desk = desk_of(state)
        return find(
            call.seed,
            desk.taken,
            carries=pieces(call.text("carries")),
            wanted=pieces(call.text("yPrefix")),
            unwanted=pieces(call.text("nPrefix")),
            waiting={phone for _, phone in desk.waiting},
        )
