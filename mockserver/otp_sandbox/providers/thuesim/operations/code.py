"""Reading the code of a rental (reference 2.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from otp_sandbox.contract import Call, Check, Handler
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim import second_profile, wire
from otp_sandbox.providers.thuesim.envelope import second_schema
from otp_sandbox.providers.thuesim.operations.common import (
    lacks_server,
    readable,
    rental_id,
    rental_keys,
    rental_named,
)
from otp_sandbox.providers.thuesim.states import as_of

_CAUSES = {"waiting": "waiting_for_message", "expired": "rental_expired", "done": "code_received"}


class Code(Handler):
    """`show=code`."""

    operations = ("code",)
    body = staticmethod(wire.by_profile(wire.code, second_profile.rental_shown))
    readers = {"ID": rental_id}  # noqa: RUF012  (a mapping that nobody writes)

    def checks(self) -> Mapping[str, Check]:
        """The id is one of the account's rentals, and spelled as the rent told it."""
        return {
            "session_malformed": lambda call, _: lacks_server(call, "ID"),
            "session_unknown": self._session_unknown,
        }

    def keys(self, call: Call) -> Sequence[Key]:
        """The rental."""
        return rental_keys(call, "ID")

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:  # noqa: ARG002  (the hook's signature)
        """Refuse an id by the sister service's number where its schema is played, whatever code-numbers says."""
        if second_schema(call.dialect) and verdict.cause.startswith("session_"):
            return Change(replace(verdict, cause="session_unknown_viotp"))
        return Change(verdict)

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Tell what has arrived. It changes nothing."""
        rental = rental_named(call, "ID", state)
        if rental is None:
            raise LookupError("the checks let a read through that has nothing to read")
        rental = as_of(rental, call.now)
        # Whatever the state of the rental, the second schema calls the reading itself a success.
        cause = "rental_shown" if _shows_rentals(call) else _CAUSES[rental.state]
        return Change(Verdict(cause, {"rental": rental}))

    def _session_unknown(self, call: Call, state: State) -> bool:
        asked = readable(call, "ID")
        return asked is not None and not lacks_server(call, "ID") and rental_named(call, "ID", state) is None


def _shows_rentals(call: Call) -> bool:
    return second_schema(call.dialect) or call.dialect.option("code-numbers") == "viotp"
