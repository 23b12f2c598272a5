"""The endpoints of rented numbers: list them, rent one, let an SMS or a call arrive."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from otp_sandbox.domain.rentals import RENTALS
from otp_sandbox.domain.store import Event
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest, find_provider
from otp_sandbox.web.control.paging import page
from otp_sandbox.web.control.reading import Model, Page, Text
from otp_sandbox.web.control.schemas import RentalShape, RentalsShape
from otp_sandbox.web.control.views import rental_view
from otp_sandbox.web.problems import Problem, wrong

Code = Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[!-~]+$")]


class SmsBody(Model):
    """The text; the code is found in it, unless it is given."""

    text: Annotated[str, Field(min_length=1, max_length=10_000)]
    code: Code | None = None


class CallBody(Model):
    """The code that is read out."""

    code: Code


class RentBody(Model):
    """For which service, the first on offer unless it is named; without a `provider` it is the first that rents."""

    provider: Text | None = None
    service: Text | None = None


async def _list(request: ControlRequest) -> RentalsShape:
    rentals, cursor, more = await page(request, RENTALS)
    return {"rentals": [rental_view(each) for each in rentals], "cursor": cursor, "more": more}


async def _rent(request: ControlRequest) -> RentalShape:
    body: RentBody = request.body
    control, lane, origin = request.control, request.lane, request.base_url
    able = {name: each for name, each in control.providers.items() if each.inbound.rent is not None}
    if not able:
        raise wrong("provider", "is none that rents numbers")
    provider = find_provider(able, "provider", body.provider or next(iter(able)))
    rent, keys, context = provider.inbound.rent, provider.inbound.rent_keys, lane.context(provider.name)
    if rent is None:
        raise LookupError(f"{provider.name} was found among those that rent")
    await control.schedule.settle(lane)
    now = lane.now()
    change = await control.store.decide(
        lane.key, lambda state: rent(state, context, now, origin, body.service), lambda: keys
    )
    await control.schedule.settle_and_arm(lane)
    if isinstance(change.verdict, str):
        raise Problem(409, change.verdict, [("service", change.verdict)])
    return rental_view(change.verdict)


async def _sms(request: ControlRequest) -> RentalShape:
    body: SmsBody = request.body
    return await _arrive(request, body.text, body.code, is_call=False)


async def _call(request: ControlRequest) -> RentalShape:
    body: CallBody = request.body
    return await _arrive(request, "", body.code, is_call=True)


async def _arrive(request: ControlRequest, text: str, code: str | None, *, is_call: bool) -> RentalShape:
    store, lane, schedule = request.control.store, request.lane, request.control.schedule
    await schedule.settle(lane)
    rental = await store.get(lane.key, RENTALS, request.path["id"])
    if rental is None:
        raise Problem(404, f"rental {request.path['id']} does not exist in lane {lane.id}")
    arrival = lane.providers[rental.provider].inbound.arrival
    if arrival is None:
        raise LookupError(f"{rental.provider} rents numbers but takes no arrivals")
    event = Event(lane.now(), "arrival", rental.provider, rental.id)
    if not await schedule.happen(lane, event, arrival(text, code, is_call)):
        raise Problem(409, f"rental {rental.id} is {rental.state}: nothing arrives there any more")
    return rental_view(await store.get(lane.key, RENTALS, rental.id) or rental)


ENDPOINTS = [
    ControlEndpoint("GET", "/rentals", "List rented numbers, newest last", _list, RentalsShape, query=Page),
    ControlEndpoint(
        "POST",
        "/rentals",
        "Rent a number, whatever pause and waiting limit say",
        _rent,
        RentalShape,
        body=RentBody,
        status=201,
        problems=(409,),
    ),
    ControlEndpoint(
        "POST", "/rentals/{id}/sms", "Let an SMS arrive", _sms, RentalShape, body=SmsBody, problems=(404, 409)
    ),
    ControlEndpoint(
        "POST", "/rentals/{id}/call", "Let a call arrive", _call, RentalShape, body=CallBody, problems=(404, 409)
    ),
]
