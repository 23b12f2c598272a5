"""What can be rented: the carriers, and the services that numbers are rented for."""

from __future__ import annotations

from typing import Final

from otp_sandbox.contract import Call, Facts, Query
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim.answers import (
    Json,
    by_profile,
    fill_text,
    in_envelope,
    second_schema,
    write_listed,
)
from otp_sandbox.providers.thuesim.pool import POOL
from otp_specs import Outcome


def _find_services(call: Call, _: State) -> Change[Verdict]:
    cause = "service_listed_list" if second_schema(call.dialect) else "service_listed"
    return Change(Verdict(cause, {"services": call.account.offered}))


def _write_services(_: Call, row: Outcome, facts: Facts) -> Json:
    if not row.success:
        return {"ResponseCode": row.code, "Message": fill_text(row, facts), "Data": None}
    services = [
        {
            "ID": each.ID,
            "SV": each.SV,
            "SERVICE_NAME": each.SERVICE_NAME,
            "PRICE": each.PRICE,
            "Time": each.Time,
        }
        for each in facts.get("services", ())  # type: ignore[attr-defined]  # as they are found
    ]
    return {"ResponseCode": row.code, "Data": services}


def _write_services_of_list(call: Call, row: Outcome, facts: Facts) -> Json:
    services = [
        {"id": each.ID, "name": each.SERVICE_NAME, "price": str(each.PRICE)}
        for each in facts.get("services", ())  # type: ignore[attr-defined]  # as they are found
    ]
    return write_listed(call.dialect, row, facts, services if row.success else None, number="ResponseCode")


NETWORKS: Final = Query(
    "networks", body=in_envelope(lambda *_: [{"id": each.id, "name": each.name} for each in POOL.carriers])
)
SERVICES: Final = Query("service", find=_find_services, body=by_profile(_write_services, _write_services_of_list))
