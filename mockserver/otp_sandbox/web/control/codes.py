"""The endpoints of codes: list them, pin the next ones of a phone, remove them."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from otp_sandbox.domain.challenges import CODES, ENDED, PINS, RECIPIENTS, Pin, recipient_key
from otp_sandbox.domain.store import Change, State
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest, find_provider
from otp_sandbox.web.control.paging import page
from otp_sandbox.web.control.reading import Model, Page, Text
from otp_sandbox.web.control.schemas import CodesShape, PhoneCodesShape
from otp_sandbox.web.control.views import code_view


class CodesQuery(Page):
    """Which codes, and which part of their list."""

    provider: Text | None = None
    to: Text | None = None


class PinBody(Model):
    """The code of the next sends; it wins over length and alphabet."""

    code: Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[!-~]+$")]
    times: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = 1


async def _list(request: ControlRequest) -> CodesShape:
    query: CodesQuery = request.query
    if query.provider is not None:
        find_provider(request.control.providers, "provider", query.provider)
    phones = request.control.phones("to", query.to) if query.to is not None else None
    codes, cursor, more = await page(
        request,
        CODES,
        lambda code: (phones is None or code.to in phones) and query.provider in (None, code.provider),
        removable=True,
    )
    now = request.lane.now()
    return {"codes": [code_view(each, now) for each in codes], "cursor": cursor, "more": more}


async def _of_phone(request: ControlRequest) -> PhoneCodesShape:
    phones = request.control.phones("phone", request.path["phone"])
    codes, cursor, more = await page(request, CODES, lambda code: code.to in phones, removable=True)
    pin: Pin | None = None
    for phone in sorted(phones):
        held: Pin | None = await request.control.store.get(request.lane.key, PINS, phone)
        pin = pin or held
    now = request.lane.now()
    return {
        "codes": [code_view(each, now) for each in codes],
        "pin": {"code": pin.code, "times": pin.times} if pin is not None else None,
        "cursor": cursor,
        "more": more,
    }


async def _pin(request: ControlRequest) -> PhoneCodesShape:
    body: PinBody = request.body
    writes = {
        (PINS, phone): Pin(body.code, body.times) for phone in request.control.phones("phone", request.path["phone"])
    }
    await request.control.store.decide(request.lane.key, lambda _: Change(None, dict(writes)))
    return await _of_phone(replace(request, query=Page()))


async def _remove(request: ControlRequest) -> None:
    phones = request.control.phones("phone", request.path["phone"])
    placed = await request.control.store.entries(request.lane.key, CODES, where=lambda code: code.to in phones)

    def decide(_: State) -> Change[None]:
        change = Change(None)
        for each in placed:
            change.writes[CODES, each.entry.id] = None
        for phone in phones:
            change.writes[PINS, phone] = None
            for provider in request.control.providers:
                key = recipient_key(provider, phone)
                change.writes[RECIPIENTS, key] = change.writes[ENDED, key] = None
        return change

    await request.control.store.decide(request.lane.key, decide)


ENDPOINTS = [
    ControlEndpoint("GET", "/codes", "List codes, newest last", _list, CodesShape, query=CodesQuery),
    ControlEndpoint(
        "GET", "/codes/{phone}", "The codes and the pin of a phone", _of_phone, PhoneCodesShape, query=Page
    ),
    ControlEndpoint("PUT", "/codes/{phone}", "Pin the next code of a phone", _pin, PhoneCodesShape, body=PinBody),
    ControlEndpoint("DELETE", "/codes/{phone}", "Remove the codes and the pin of a phone", _remove, status=204),
]
