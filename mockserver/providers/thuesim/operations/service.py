"""The services that a number can be rented for (reference 2.2)."""

from __future__ import annotations

from mockserver.contract import Call, Handler
from mockserver.domain.refusals import Verdict
from mockserver.domain.store import Change, State
from mockserver.providers.thuesim.operations.common import account_of


class Services(Handler):
    """`show=service`."""

    def perform(self, call: Call, state: State) -> Change[Verdict]:  # noqa: ARG002  (the hook's signature)
        """List the services that are not suspended."""
        services = tuple(each for each in account_of(call).services if not each.suspended)
        return Change(Verdict("service_listed", {"services": services}))
