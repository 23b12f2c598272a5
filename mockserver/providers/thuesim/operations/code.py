"""Reading the code of a rental (reference 2.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mockserver.contract import Call, Check, Handler
from mockserver.domain.refusals import Verdict
from mockserver.domain.rentals import RENTALS
from mockserver.domain.store import Change, Key, State
from mockserver.providers.thuesim.operations.common import readable, rental_id
from mockserver.providers.thuesim.states import as_of

_CAUSES = {"waiting": "waiting_for_message", "expired": "rental_expired", "done": "code_received"}


class Code(Handler):
    """`show=code`."""

    readers = {"ID": rental_id}  # noqa: RUF012  (a mapping that nobody writes)

    def checks(self) -> Mapping[str, Check]:
        """The id is one of the account's rentals."""
        return {"session_unknown": self._session_unknown}

    def keys(self, call: Call) -> Sequence[Key]:
        """The rental."""
        asked = readable(call, "ID")
        return () if asked is None else ((RENTALS, asked),)

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Tell what has arrived. It changes nothing."""
        rental = state.get(RENTALS, call.values["ID"])
        if rental is None:
            raise LookupError("the checks let a read through that has nothing to read")
        rental = as_of(rental, call.now)
        return Change(Verdict(_CAUSES[rental.state], {"rental": rental}))

    def _session_unknown(self, call: Call, state: State) -> bool:
        asked = readable(call, "ID")
        return asked is not None and state.get(RENTALS, asked) is None
