"""The balance, the carriers and the services."""

from __future__ import annotations

from typing import Final

from otp_sandbox.contract import Call, Facts, Query
from otp_sandbox.domain.store import State
from otp_sandbox.providers.viotp.answers import Json, in_envelope
from otp_sandbox.providers.viotp.renting import POOL
from otp_sandbox.renting.phones import COUNTRY_ISO


def _find_services(call: Call, _: State) -> Facts:
    """List what is on offer in a country (`viotp.service-country`)."""
    here = call.text("country").upper() in {"", COUNTRY_ISO}
    return {"services": call.account.offered if here else ()}


def _write_services(call: Call, facts: Facts) -> list[Json]:
    as_text = call.dialect.option("service-price") == "text"
    return [
        {"id": each.id, "name": each.name, "price": str(each.price) if as_text else each.price}
        for each in facts.get("services", ())  # type: ignore[attr-defined]  # as they are found
    ]


BALANCE: Final = Query(
    "balance",
    find=lambda call, _: {"balance": call.account.balance},
    body=in_envelope(lambda _, facts: {"balance": facts.get("balance", 0)}),
)
NETWORKS: Final = Query(
    "networks", body=in_envelope(lambda *_: [{"id": each.id, "name": each.name} for each in POOL.carriers])
)
SERVICES: Final = Query("services", find=_find_services, body=in_envelope(_write_services))
