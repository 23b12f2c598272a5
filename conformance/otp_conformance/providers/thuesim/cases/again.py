"""Renting a number again: what it takes, what it refuses, and in which order."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.case import Feature, Level, Tier
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.thuesim.steps import (
    AGAIN,
    ARRIVALS,
    CLOCK,
    NUMBERS,
    Rental,
    let_text_arrive,
    read_code,
    rent,
    rent_again,
    rental_of,
    service,
    take_time,
    wire_case,
)

rent_again_case = partial(wire_case, "thuesim", "rent again")

SERVICES = [service(4), service(7, PRICE=300), service(7, "02", PRICE=500), service(8, "02"), service(9, "10")]


async def use_number(thuesim: Driver, service_id: str = "01.4", **patch: Any) -> Rental:
    """Rent a number and let its message arrive."""
    await take_time(thuesim, services=SERVICES, **patch)
    rental = await rent(thuesim, serviceId=service_id)
    await let_text_arrive(thuesim, rental)
    return rental


@rent_again_case(
    rule="A used number is rented again under a new ID, in the envelope of a first rent, and can be read like one.",
    sources=["S, URL of rephone", "S, parameters of rephone"],
    level=Level.SHOULD,
    needs=ARRIVALS,
    sends=2,
    choices=NUMBERS,
    covers=[
        "thuesim:rented",
        "thuesim.rephone-envelope",
        "thuesim.rephone-phone",
        "thuesim.rephone-rental",
        "thuesim.rephone-service-id=bare",
        "thuesim.rental-born-waiting",
        "thuesim.rental-id-number",
        "thuesim.charge-at-rent",
    ],
    kills=["thuesim.again-other-number"],
)
async def again_body(thuesim: Driver) -> None:
    first = await use_number(thuesim, balance=1_000)

    answer = await rent_again(thuesim, first)

    space = " " if answer.option("thuesim.phone-space") == "keep" else ""
    matches(
        answer.text,
        r'\{"RequestLog":\{"ID":[1-9]\d*\.01,"ServiceID":4,"ServiceName":"Service 4","IMG":"Service 4\.ico",'
        rf'"Price":100,"Phone":"{space}{first.phone}","SmsContent":null,"StatusStr":"Đợi tin nhắn",'
        r'"CreatedTime":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d","IsSound":false,"Code":null\},'
        r'"Balance":800,"ResponseCode":1,"Message":"Tạo yêu cầu Service 4 thành công !"\}',
        "body",
    )
    second = rental_of(answer)
    equal(second.id == first.id, False, "same ID")
    expect(await read_code(thuesim, second), "waiting_for_message")
    expect(await read_code(thuesim, first), "code_received")


@rent_again_case(
    rule="The service may be another one; it is found on the server that thuesim1 ends with, and costs its own price.",
    level=Level.SHOULD,
    needs=ARRIVALS,
    sends=2,
    covers=[
        "thuesim.rephone-other-service",
        "thuesim.rephone-server",
        "thuesim:rented",
        "thuesim:service_unknown",
        "thuesim.service-wrong-server",
    ],
    kills=["thuesim.again-any-server"],
    rows={
        "same-server": ("01.4", "7", ".01", 300),
        "other-server": ("02.8", "7", ".02", 500),
        "not-on-that-server": ("01.4", "8", None, 0),
        "zero-at-the-end": ("10.9", "9", ".10", 100),
    },
)
async def server(thuesim: Driver, first: str, asked: str, ending: str | None, price: int) -> None:
    answer = await rent_again(thuesim, await use_number(thuesim, first), serviceId=asked)

    if ending is None:
        expect(answer, "service_unknown")
    else:
        equal(rental_of(answer).id[-3:], ending, "end of the ID")
        log = answer.json["RequestLog"]
        equal((log["ServiceID"], log["Price"]), (int(asked), price), "service and price")


@rent_again_case(
    rule="An expired rental's number can be rented again, at once and however much later.",
    sources=["V silent"],
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=CLOCK,
    sends=2,
    covers=["thuesim.rephone-no-deadline", "thuesim:rented"],
    rows={"at-once": ("300s",), "half-an-hour": ("36m",), "a-month": ("720h",)},
)
async def no_deadline(thuesim: Driver, by: str) -> None:
    await take_time(thuesim)
    first = await rent(thuesim)
    await thuesim.advance(by)

    equal(rental_of(await rent_again(thuesim, first)).phone, first.phone, "number")


@rent_again_case(
    rule="Any earlier rental of the number will do, the oldest and the newest.",
    level=Level.SHOULD,
    needs=ARRIVALS,
    sends=3,
    covers=["thuesim.rephone-rental", "thuesim:rented"],
    rows={"oldest": (0,), "newest": (1,)},
)
async def any_earlier(thuesim: Driver, place: int) -> None:
    first = await use_number(thuesim)
    second = rental_of(await rent_again(thuesim, first))
    await let_text_arrive(thuesim, second)

    equal(rental_of(await rent_again(thuesim, (first, second)[place])).phone, first.phone, "number")


@rent_again_case(
    rule="Number and earlier rental must be there, be readable, be known and belong together; else it is an error.",
    sources=["S, URL of rephone"],
    level=Level.SHOULD,
    needs=ARRIVALS,
    sends=2,
    covers=["thuesim:error", "thuesim.rephone-mismatch", "thuesim.rephone-phone", "thuesim.rent-failure"],
    kills=["thuesim.again-mismatch", "thuesim.failure-bare"],
    rows={
        "no-phone": ({"phone": None},),
        "no-rental": ({"thuesim1": None},),
        "no-service": ({"serviceId": None},),
        "phone-malformed": ({"phone": "09123"},),
        "phone-word": ({"phone": "number"},),
        "phone-unknown": ({"phone": "0599999999"},),
        "nine-digits": ({"phone": "nine"},),
        "rental-malformed": ({"thuesim1": "first"},),
        "rental-unknown": ({"thuesim1": "1.01"},),
        "rental-without-server": ({"thuesim1": "bare"},),
        "rental-of-another": ({"thuesim1": "other"},),
    },
)
async def mismatch(thuesim: Driver, changes: dict[str, str | None]) -> None:
    first = await use_number(thuesim, balance=1_000)
    other = await rent(thuesim)
    await let_text_arrive(thuesim, other)
    known = {"nine": first.nine, "bare": first.bare_id, "other": other.id}
    sent = {name: known.get(value or "", value) for name, value in changes.items()}

    answer = await rent_again(thuesim, first, **sent)

    equal(answer.text, '{"RequestLog":null,"Balance":800,"ResponseCode":-1,"Message":"Có lỗi"}', "body")


@rent_again_case(
    rule="Where only the bare id is taken, server, dot and id are an unknown service, as is anything unreadable.",
    needs=ARRIVALS,
    choices={"thuesim.rephone-service-id": "bare"},
    covers=["thuesim.rephone-service-id=bare", "thuesim:service_unknown", "thuesim.service-malformed"],
    rows={"composite": ("01.4",), "word": ("Yahoo",), "unknown": ("12345",)},
)
async def bare(thuesim: Driver, asked: str) -> None:
    expect(await rent_again(thuesim, await use_number(thuesim), serviceId=asked), "service_unknown")


@rent_again_case(
    rule="Where both are taken, server, dot and id do as well as the bare id; the server must be that of thuesim1.",
    level=Level.SHOULD,
    needs=ARRIVALS,
    choices={"thuesim.rephone-service-id": "both"},
    covers=["thuesim.rephone-service-id=both", "thuesim:rented"],
    rows={"composite": ("01.7", "rented"), "bare": ("7", "rented"), "word": ("Yahoo", "service_unknown")},
)
async def both(thuesim: Driver, asked: str, outcome: str) -> None:
    expect(await rent_again(thuesim, await use_number(thuesim), serviceId=asked), outcome)


@rent_again_case(
    rule="A number that is still waiting is out of stock, by whichever of its rentals it is asked for.",
    level=Level.SHOULD,
    needs=ARRIVALS,
    sends=2,
    covers=["thuesim.rephone-busy", "thuesim:out_of_stock"],
    rows={"first": (False,), "second": (True,)},
)
async def busy(thuesim: Driver, twice: bool) -> None:  # noqa: FBT001  (a column of the table)
    await take_time(thuesim)
    rental = await rent(thuesim)
    if twice:
        await let_text_arrive(thuesim, rental)
        expect(await rent_again(thuesim, rental), "rented")

    expect(await rent_again(thuesim, rental), "out_of_stock")


@rent_again_case(
    rule="Of token, interval, number and rental, service, limit, balance and free number the first that fails is told.",
    level=Level.SHOULD,
    needs=CLOCK,
    covers=["thuesim.rephone-check-order", "thuesim:too_soon", "thuesim:waiting_limit_reached"],
    kills=["thuesim.token-late"],
    rows={
        "token": ({"token": "x", "phone": None}, {}, "auth_failed"),
        "interval": ({"phone": None}, {}, "too_soon"),
        "rental": ({"phone": None, "serviceId": "x"}, {"min_interval": 0}, "error"),
        "service": ({"serviceId": "x"}, {"min_interval": 0}, "service_unknown"),
        "limit": ({}, {"min_interval": 0}, "waiting_limit_reached"),
        "balance": ({}, {"min_interval": 0, "waiting_limit": 5}, "not_enough_balance"),
        "free": ({}, {"min_interval": 0, "waiting_limit": 5, "balance": 1_000}, "out_of_stock"),
    },
)
async def again_order(thuesim: Driver, changes: dict[str, str | None], patch: dict[str, Any], outcome: str) -> None:
    await take_time(thuesim)
    first = await rent(thuesim)  # it still waits, so that everything is wrong at once
    await thuesim.account(**{"min_interval": "5s", "waiting_limit": 1, "balance": 0, **patch})

    expect(await rent_again(thuesim, first, **changes), outcome)


@rent_again_case(
    rule="A number of another account is unknown.",
    level=Level.SHOULD,
    needs=[Feature.LANES, *ARRIVALS],
    covers=["thuesim.rephone-mismatch", "thuesim:error"],
    kills=["thuesim.shared-rentals"],
)
async def of_another_account(thuesim: Driver) -> None:
    first = await use_number(thuesim)
    async with thuesim.stranger({"thuesim.profile": "wire"}) as stranger:
        answer = await stranger.call(AGAIN, phone=first.phone, thuesim1=first.id)

    expect(answer, "error")
