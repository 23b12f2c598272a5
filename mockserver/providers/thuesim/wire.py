"""How thuesim writes its answers: four envelopes, each with its own names and number of success (reference 2, 3.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from mockserver.contract import Call, Facts, Reply
from mockserver.domain.refusals import Verdict
from mockserver.domain.rentals import Rental
from mockserver.providers.thuesim.account import Service
from mockserver.providers.thuesim.dates import written, written_finely
from mockserver.providers.thuesim.numbers import Carrier
from mockserver.providers.thuesim.phones import national
from mockserver.providers.thuesim.recordings import link, silence
from mockserver.providers.thuesim.states import NUMBERS, WORDS
from specs import Outcome

Json = dict[str, Any]

_PAGE: Final = "text/html; charset=UTF-8"


def render(call: Call, row: Outcome, verdict: Verdict) -> Reply:
    """Write the answer that a row of the table gives to a call."""
    if call.operation.name == "audio":
        return _sound(row)
    body = _BODIES[call.operation.name](call, row, verdict.facts)
    if call.dialect.option("content-type") == "html":
        return Reply(orjson.dumps(body), _PAGE, row.status)
    return Reply(orjson.dumps(body), status=row.status)


def callback_body(rental: Rental, seed: int, *, empty: str | None) -> str:
    """Write what the customer is told when a rental has ended; `empty` stands for what an expired one has not got."""
    ended = rental.state == "done"
    data = {
        "status": NUMBERS[rental.state],
        "requestId": rental.id,
        "code": rental.code if ended else empty,
        "smsContent": _content(rental, seed) if ended else empty,
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


def _sound(row: Outcome) -> Reply:
    return Reply(silence(), "audio/wav", row.status) if row.success else _page("404 Not Found", row.status, {})


def _status_code(call: Call, row: Outcome, facts: Facts) -> Json:
    return _status_code_envelope(row, _text(row, facts), _data(call, facts) if row.success else None)


def _status_code_envelope(row: Outcome, text: str, data: object) -> Json:
    return {"status_code": row.code, "success": row.success, "message": text, "data": data}


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
        "ID": int(rental.id.partition(".")[0]),
        "ServiceID": _service_id(rental),
        "ServiceName": rental.service_name,
        "Status": NUMBERS[rental.state],
        "Price": rental.price,
        "Phone": national(rental.phone),
        "SmsContent": _content(rental, seed),
        "IsSound": _word(rental.is_call),
        "CreatedTime": written_finely(rental.created_at),
        "Code": rental.code,
    }


def _services(call: Call, row: Outcome, facts: Facts) -> Json:  # noqa: ARG001  (all envelopes are called alike)
    if not row.success:
        return {"ResponseCode": row.code, "Message": _text(row, facts), "Data": None}
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


def _rent(call: Call, row: Outcome, facts: Facts) -> Json:
    rental = facts.get("rental")
    body: Json = {"RequestLog": _request_log(call, rental) if isinstance(rental, Rental) else None}
    if "balance" in facts and row.name != "auth_failed":
        body["Balance"] = facts["balance"]
    return body | {"ResponseCode": row.code, "Message": _text(row, facts)}


def _request_log(call: Call, rental: Rental) -> Json:
    space = " " if call.dialect.option("phone-space") == "keep" else ""
    return {
        "ID": orjson.Fragment(rental.id),  # a number whose last zero must not get lost
        "ServiceID": _service_id(rental),
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


def _code(call: Call, row: Outcome, facts: Facts) -> Json:
    rental = facts.get("rental")
    if call.dialect.option("code-numbers") == "viotp":
        return _code_of_viotp(call, row, facts, rental if isinstance(rental, Rental) else None)
    result = None
    if row.success and isinstance(rental, Rental):
        file = link(rental, call.seed) if rental.is_call else None
        result = {"SMS": rental.sms, "Code": rental.code, "IsCall": rental.is_call, "CallFile": file}
    return {"ResponseCode": row.code, "Msg": _text(row, facts), "Result": result}


def _code_of_viotp(call: Call, row: Outcome, facts: Facts, rental: Rental | None) -> Json:
    if rental is None:
        return _status_code_envelope(row, _text(row, facts), None)
    # Whatever the state of the rental, the sister service calls the reading itself a success.
    success = call.dialect.spec.outcomes["success"]
    data = {
        "ID": rental.id,
        "Phone": national(rental.phone),
        "ServiceID": _service_id(rental),
        "ServiceName": rental.service_name,
        "Status": NUMBERS[rental.state],
        "Price": rental.price,
        "CreatedTime": written_finely(rental.created_at),
        "IsSound": rental.is_call,
        "SmsContent": _content(rental, call.seed),
        "Code": rental.code,
    }
    return _status_code_envelope(success, _text(success, facts), data)


_BODIES: Final[Mapping[str, Callable[[Call, Outcome, Facts], Json]]] = {
    "balance": _status_code,
    "networks": _status_code,
    "history": _status_code,
    "unknown_show": _status_code,
    "service": _services,
    "register_service": _rent,
    "rephone": _rent,
    "code": _code,
}


def _text(row: Outcome, facts: Facts) -> str:
    """Fill the text of a row; what nobody said stays out, and a row without a text has an empty one."""
    return (row.message or "").format_map(defaultdict(str, facts))


def _service_id(rental: Rental) -> int:
    return int(rental.service.rpartition(".")[2])


def _content(rental: Rental, seed: int) -> str | None:
    return link(rental, seed) if rental.is_call else rental.sms


def _word(flag: bool) -> str:  # noqa: FBT001  (it is the value that is spelled)
    return "true" if flag else "false"
