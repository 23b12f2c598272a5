"""Renting a number for a service."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from otp_sandbox.contract import Call, Check
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim.operations.rental.rent import Rent
from otp_sandbox.providers.thuesim.pool import POOL
from otp_sandbox.providers.thuesim.rental_ids import lacks_server
from otp_sandbox.providers.thuesim.services import bare_or_composite
from otp_sandbox.renting.pool import Number


class RegisterService(Rent):
    """`register-service`."""

    operations = ("register_service",)
    readers = MappingProxyType({"serviceId": bare_or_composite})

    def checks(self) -> Mapping[str, Check]:
        """The rules of a rent; the server is named where clients are told one, and filters name what there is."""
        return {
            **super().checks(),
            "service_malformed": lambda call, _: lacks_server(call, "serviceId"),
            "carrier_unknown": lambda call, _: _refuses(call, "unknown-carrier", "carries"),
            "prefix_unknown": lambda call, _: _refuses(call, "unknown-prefix", "yPrefix"),
        }

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Rent; filters that let less through than was probably meant are told."""
        return self.with_warnings(call, super().perform(call, state))

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:
        """Refuse; the filters may be why."""
        return self.with_warnings(call, super().refuse(call, state, verdict))

    def service_key(self, call: Call, state: State) -> str:  # noqa: ARG002  (a rent again looks at it)
        """The service as it was written; without a server, the first with that id, where clients are told none."""
        text = str(call.values["serviceId"])
        if "." in text or lacks_server(call, "serviceId"):
            return text
        service = call.account.first(text)
        return service.key if service is not None else text

    def _service_unknown(self, call: Call, state: State) -> bool:
        return not lacks_server(call, "serviceId") and super()._service_unknown(call, state)

    def number(self, call: Call, state: State) -> Number | None:
        """Draw among the numbers that the filters leave."""
        return self.draw(call, state)


def _refuses(call: Call, choice: str, field: str) -> bool:
    text = call.text(field)
    return bool(text) and call.dialect.option(choice) == "refused" and not POOL.knows(field, text)
