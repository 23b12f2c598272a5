"""The services that a number can be rented for (reference 2.2)."""

from __future__ import annotations

from otp_sandbox.contract import Call, Handler
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim import second_profile, wire
from otp_sandbox.providers.thuesim.envelope import second_schema
from otp_sandbox.providers.thuesim.operations.common import account_of


class Services(Handler):
    """`show=service`."""

    operations = ("service",)
    body = staticmethod(wire.by_profile(wire.services, second_profile.services))

    def perform(self, call: Call, state: State) -> Change[Verdict]:  # noqa: ARG002  (the hook's signature)
        """List the services that are not suspended."""
        services = tuple(each for each in account_of(call).services if not each.suspended)
        cause = "service_listed_list" if second_schema(call.dialect) else "service_listed"
        return Change(Verdict(cause, {"services": services}))
