"""How thuesim writes its answers: four envelopes, each with its own names and number of success (reference 2, 3.3).

The second schema of the page is in `second_profile`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import orjson

from otp_sandbox.contract import Call, Dialect, Facts, Handler, Reply
from otp_sandbox.domain.rentals import Rental
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim import second_profile
from otp_sandbox.providers.thuesim.account import Service
from otp_sandbox.providers.thuesim.dates import written, written_finely
from otp_sandbox.providers.thuesim.envelope import (
    Json,
    bare_id,
    content,
    second_schema,
    service_id,
    shown_id,
    status_code_envelope,
    text,
)
from otp_sandbox.providers.thuesim.numbers import Carrier
from otp_sandbox.providers.thuesim.phones import national
from otp_sandbox.providers.thuesim.recordings import link, silence
from otp_sandbox.providers.thuesim.states import NUMBERS, WORDS
from otp_specs import Outcome

Body: TypeAlias = Callable[[Call, Outcome, Facts], Any]

_PAGE: Final = "text/html; charset=UTF-8"


def render(handler: Handler, call: Call, row: Outcome, verdict: Verdict) -> Reply:
    """Write the answer that a row of the table gives to a call: each operation knows its own body."""
    body = handler.body(call, row, verdict.facts)
    if isinstance(body, Reply):  # a sound, or the page of a host that has none
        return body
    if call.dialect.option("content-type") == "html":
        return Reply(orjson.dumps(body), _PAGE, row.status)
    return Reply(orjson.dumps(body), status=row.status)


def by_profile(first: Body, second: Body) -> Body:
    """Give the body of an operation that the provider's page shows twice: as the lane's profile has it."""
    return lambda call, row, facts: (second if second_schema(call.dialect) else first)(call, row, facts)


def callback_body(rental: Rental, seed: int, dialect: Dialect, *, empty: str | None) -> str:
    """Write what the customer is told when a rental has ended; `empty` stands for what an expired one has not got."""
    ended = rental.state == "done"
    data = {
        "status": NUMBERS[rental.state],
        "requestId": shown_id(rental, dialect),
        "code": rental.code if ended else empty,
        "smsContent": content(rental, seed) if ended else empty,
        "isSound": _word(rental.is_call),
    }
    return orjson.dumps({"data": data}).decode()


def unmatched(method: str, url: str, allowed: tuple[str, ...]) -> Reply:  # noqa: ARG001  (the page does not repeat them)
    """Answer like a PHP host that has nothing at a path, or not for a method."""
    if allowed:
        return _page("405 Method Not Allowed", 405, {"Allow": ", ".join(allowed)})
    return _page("404 Not Found", 404, {})


def _page(title: str, status: int, headers: Mapping[str, str]) -> Reply:
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return Reply(page.encode(), _PAGE, status, headers)


def sound(call: Call, row: Outcome, facts: Facts) -> Reply:  # noqa: ARG001  (all bodies are called alike)
    """Write a recording, or the page of a host that has none."""
    return Reply(silence(), "audio/wav", row.status) if row.success else _page("404 Not Found", row.status, {})


def status_code(call: Call, row: Outcome, facts: Facts) -> Json:
    """Write the envelope of balance, carriers and history."""
    return status_code_envelope(row, facts, _data(call, facts) if row.success else None)


def _data(call: Call, facts: Facts) -> object:
    carriers: tuple[Carrier, ...] = facts.get("carriers", ())  # type: ignore[assignment]  # operations and wire agree
    rentals: tuple[Rental, ...] = facts.get("rentals", ())  # type: ignore[assignment]  # as above
    match call.operation.name:
        case "balance":
            return {"balance": facts.get("balance", 0)}
        case "networks":
            return [{"id": each.id, "name": each.name} for each in carriers]
        case "history":
            return [_history_row(each, call.seed) for each in rentals]
    return None


def _history_row(rental: Rental, seed: int) -> Json:
    return {
        "ID": int(bare_id(rental)),
        "ServiceID": service_id(rental),
        "ServiceName": rental.service_name,
        "Status": NUMBERS[rental.state],
        "Price": rental.price,
        "Phone": national(rental.phone),
        "SmsContent": content(rental, seed),
        "IsSound": _word(rental.is_call),
        "CreatedTime": written_finely(rental.created_at),
        "Code": rental.code,
    }


def services(call: Call, row: Outcome, facts: Facts) -> Json:  # noqa: ARG001  (all envelopes are called alike)
    """Write the services that can be rented."""
    if not row.success:
        return {"ResponseCode": row.code, "Message": text(row, facts), "Data": None}
    services: tuple[Service, ...] = facts.get("services", ())  # type: ignore[assignment]  # operation and wire agree
    return {
        "ResponseCode": row.code,
        "Data": [
            {
                "ID": each.ID,
                "SV": each.SV,
                "SERVICE_NAME": each.SERVICE_NAME,
                "PRICE": each.PRICE,
                "Time": each.Time,
            }
            for each in services
        ],
    }


def rent(call: Call, row: Outcome, facts: Facts) -> Json:
    """Write a rental that begins."""
    rental = facts.get("rental")
    body: Json = {"RequestLog": _request_log(call, rental) if isinstance(rental, Rental) else None}
    if "balance" in facts and row.name != "auth_failed":
        body["Balance"] = facts["balance"]
    return body | {"ResponseCode": row.code, "Message": text(row, facts)}


def _request_log(call: Call, rental: Rental) -> Json:
    space = " " if call.dialect.option("phone-space") == "keep" else ""
    return {
        "ID": orjson.Fragment(rental.id),  # a number whose last zero must not get lost
        "ServiceID": service_id(rental),
        "ServiceName": rental.service_name,
        "IMG": f"{rental.service_name}.ico",
        "Price": rental.price,
        "Phone": f"{space}0{national(rental.phone)}",
        "SmsContent": rental.sms,
        "StatusStr": WORDS[rental.state],
        "CreatedTime": written(rental.created_at),
        "IsSound": rental.is_call,
        "Code": rental.code,
    }


def code(call: Call, row: Outcome, facts: Facts) -> Json:
    """Write what has arrived at a rental."""
    rental = facts.get("rental")
    if call.dialect.option("code-numbers") == "viotp":
        return second_profile.rental_shown(call, row, facts)
    result = None
    if row.success and isinstance(rental, Rental):
        file = link(rental, call.seed) if rental.is_call else None
        result = {"SMS": rental.sms, "Code": rental.code, "IsCall": rental.is_call, "CallFile": file}
    return {"ResponseCode": row.code, "Msg": text(row, facts), "Result": result}


def _word(flag: bool) -> str:  # noqa: FBT001  (it is the value that is spelled)
    return "true" if flag else "false"
