"""The second schema that the page has for services, rents and codes: what its lists say (reference 2.2, 2.3, 2.5).

Balance and carriers are listed as they are sent, and the list of the history is no body: its texts have no quotes, and
it holds one rental where there may be many.
"""

from __future__ import annotations

from otp_sandbox.contract import Call, Facts
from otp_sandbox.domain.rentals import Rental
from otp_sandbox.providers.thuesim.account import Service
from otp_sandbox.providers.thuesim.envelope import Json, bare_id, shown, status_code_envelope, text
from otp_sandbox.providers.thuesim.phones import national
from otp_specs import Outcome


def rental_shown(call: Call, row: Outcome, facts: Facts) -> Json:
    """Write what the code query answers: the rental with its state, or a refusal."""
    rental = facts.get("rental")
    data = shown(rental, call.seed, call.dialect) if isinstance(rental, Rental) else None
    return status_code_envelope(row, facts, data)


def services(call: Call, row: Outcome, facts: Facts) -> Json:  # noqa: ARG001  (all envelopes are called alike)
    """Write the services that can be rented."""
    services: tuple[Service, ...] = facts.get("services", ())  # type: ignore[assignment]  # operation and wire agree
    data = [{"id": each.ID, "name": each.SERVICE_NAME, "price": str(each.PRICE)} for each in services]
    return {
        "ResponseCode": row.code,
        "success": row.success,
        "message": text(row, facts),
        "data": data if row.success else None,
    }


def rent(call: Call, row: Outcome, facts: Facts) -> Json:  # noqa: ARG001  (as above)
    """Write a rental that begins."""
    rental = facts.get("rental")
    data = None
    if isinstance(rental, Rental):
        data = {
            "phone_number": national(rental.phone),
            "balance": facts.get("balance", 0),
            "request_id": bare_id(rental),
        }
    return status_code_envelope(row, facts, data)
