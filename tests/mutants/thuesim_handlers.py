"""Operations and events of thuesim that look in the wrong place, or not close enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from otp_sandbox.providers.thuesim.numbers import Number, find
from otp_sandbox.providers.thuesim.operations.code import Code
from otp_sandbox.providers.thuesim.operations.common import account_of, readable, rental_named
from otp_sandbox.providers.thuesim.operations.register_service import RegisterService
from otp_sandbox.providers.thuesim.operations.rephone import Rephone

from otp_sandbox.contract import Call, EventContext
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.rentals import RENTALS, Rental
from otp_sandbox.domain.store import WHOLE, Change, Event, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim.account import Service
from otp_sandbox.providers.thuesim.allowances import desk_of
from otp_sandbox.providers.thuesim.events import Arrival


class AnyServerRent(RegisterService):
    """Looks at the id of a service only."""

    def service_key(self, call: Call, state: State) -> str:
        """The first service with that id."""
        return _of_any_server(call)


class AnyServerAgain(Rephone):
    """Does not keep to the server of the earlier rental."""

    def service_key(self, call: Call, state: State) -> str:
        """The first service with that id."""
        return _of_any_server(call)


class SuspendedToo(RegisterService):
    """Rents what is suspended."""

    def _service(self, call: Call, state: State) -> Service | None:
        key = self.service_key(call, state)
        return next((each for each in account_of(call).services if each.key == key), None)


class OtherNumber(Rephone):
    """Rents any number again."""

    def number(self, call: Call, state: State) -> Number | None:
        """Draw one, as if it was a first rent."""
        book = desk_of(state)
        waiting = {phone for _, phone in book.waiting}
        return find(call.seed, book.taken, carries=(), wanted=(), unwanted=(), waiting=waiting)


class Mismatched(Rephone):
    """Takes the number of the earlier rental, whatever number was asked for."""

    def _earlier(self, call: Call, state: State) -> Rental | None:
        return rental_named(call, "thuesim1", state)


class AnyServerCode(Code):
    """Looks at the number before the dot of an id only."""

    def keys(self, call: Call) -> Sequence[Key]:
        """All rentals."""
        return ((RENTALS, WHOLE),)

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Read the rental that was found."""
        return super().perform(call, _With(state, self._found(call, state)))

    def _session_unknown(self, call: Call, state: State) -> bool:
        return readable(call, "ID") is not None and self._found(call, state) is None

    @staticmethod
    def _found(call: Call, state: State) -> Rental | None:
        asked = str(call.values["ID"]).partition(".")[0]
        return next((each for each in state.entries(RENTALS) if each.id.partition(".")[0] == asked), None)


def line_open(event: Event, state: State, world: EventContext, change: Change[bool]) -> Change[bool]:
    """Let a message arrive at a rental that is done."""
    rental = state.get(RENTALS, event.id)
    if change.verdict or rental is None or rental.state != "done":
        return change
    return Arrival()(event, _With(state, replace(rental, state="waiting")), world)


class _With:
    """A state in which every rental is this one."""

    def __init__(self, inner: State, rental: Rental | None) -> None:
        self.inner = inner
        self.rental: Any = rental

    def get(self, table: Any, key: str) -> Any:
        return self.rental if table is RENTALS else self.inner.get(table, key)

    def entries(self, table: Any) -> Any:
        return self.inner.entries(table)


def _of_any_server(call: Call) -> str:
    asked = str(call.values["serviceId"]).rpartition(".")[2]
    services = account_of(call).services
    return next((each.key for each in services if str(each.ID) == asked and not each.suspended), "")
