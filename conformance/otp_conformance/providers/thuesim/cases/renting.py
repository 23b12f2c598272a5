"""Renting a number: the body, the service, stock, and the order of the checks."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import partial

from otp_conformance.case import Feature, Level, Tier
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.thuesim.steps import (
    ACCOUNT,
    CLOCK,
    NO_MATCH,
    REFUSED,
    RENT,
    ask_balance,
    rent,
    service,
    take_time,
    wire_case,
)

rent_case = partial(wire_case, "thuesim", "rent")
service_case = partial(wire_case, "thuesim", "service")
stock_case = partial(wire_case, "thuesim", "stock")
order_of_checks_case = partial(wire_case, "thuesim", "order of checks")

HANOI = timezone(timedelta(hours=7))


@rent_case(
    rule="A rent answers RequestLog, Balance, ResponseCode and Message, every member as in the sample.",
    choices={"thuesim.phone-space": "keep"},
    covers=[
        "thuesim:rented",
        "thuesim.profile=wire",
        "thuesim.rent-envelope",
        "thuesim.rental-id-number",
        "thuesim.rental-id-server",
        "thuesim.rental-service-id",
        "thuesim.rental-icon",
        "thuesim.rental-born-waiting",
        "thuesim.rented-text",
        "thuesim.time-rent",
        "thuesim.history-sound",
        "thuesim.success-number",
        "thuesim.charge-at-rent",
        "thuesim.message-key",
        "thuesim.service-id-composite",
    ],
    kills=["thuesim.phone-without-zero", "thuesim.balance-before-charge"],
)
async def rented_body(thuesim: Driver) -> None:
    before = await ask_balance(thuesim)

    answer = await thuesim.call(RENT, serviceId="01.4")

    space = " " if answer.option("thuesim.phone-space") == "keep" else ""
    matches(
        answer.text,
        r'\{"RequestLog":\{"ID":[1-9]\d*\.01,"ServiceID":4,"ServiceName":"Yahoo","IMG":"Yahoo\.ico","Price":470,'
        rf'"Phone":"{space}0\d{{9}}","SmsContent":null,"StatusStr":"Đợi tin nhắn",'
        r'"CreatedTime":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d","IsSound":false,"Code":null\},'
        rf'"Balance":{before - 470},"ResponseCode":1,"Message":"Tạo yêu cầu Yahoo thành công !"\}}',
        "body",
    )


@rent_case(
    rule="Where the space is dropped, the number begins with its zero.",
    level=Level.SHOULD,
    choices={"thuesim.phone-space": "drop"},
    covers=["thuesim.phone-space=drop", "thuesim:rented"],
)
async def space_dropped(thuesim: Driver) -> None:
    answer = expect(await thuesim.call(RENT), "rented")

    matches(answer.json["RequestLog"]["Phone"], r"0\d{9}", "Phone")


@rent_case(
    rule="Where the space is kept, it stands before the number as in the sample.",
    sources=["S, sample of register"],
    choices={"thuesim.phone-space": "keep"},
    covers=["thuesim.phone-space=keep", "thuesim:rented"],
    kills=["thuesim.phone-without-zero"],
)
async def space_kept(thuesim: Driver) -> None:
    answer = expect(await thuesim.call(RENT), "rented")

    matches(answer.json["RequestLog"]["Phone"], r" 0\d{9}", "Phone")


@rent_case(
    rule="The decimals of an ID are the server, a zero at the end too; ServiceID is bare and IMG the name and .ico.",
    sources=["S, note of rephone", "S, sample of register"],
    needs=ACCOUNT,
    covers=[
        "thuesim.rental-id-number",
        "thuesim.rental-id-server",
        "thuesim.rental-service-id",
        "thuesim.rental-icon",
        "thuesim.rented-text",
        "thuesim.price-charged",
        "thuesim:rented",
    ],
    kills=["thuesim.rental-id-as-float"],
    rows={"02": ("02",), "10": ("10",), "20": ("20",), "99": ("99",)},
)
async def server_in_id(thuesim: Driver, server: str) -> None:
    await thuesim.account(services=[service(5, server, SERVICE_NAME="DV KHÁC", PRICE=321)])

    answer = await thuesim.call(RENT, serviceId=f"{server}.5")

    log = expect(answer, "rented", service="DV KHÁC").json["RequestLog"]
    matches(answer.text, rf'\{{"RequestLog":\{{"ID":[1-9]\d*\.{server},.*', "body")
    told = (log["ServiceID"], log["ServiceName"], log["IMG"], log["Price"])
    equal(told, (5, "DV KHÁC", "DV KHÁC.ico", 321), "service")


@rent_case(
    rule="CreatedTime is the Vietnamese local time of the rent, without a fraction and without an offset.",
    level=Level.SHOULD,
    needs=[Feature.CLOCK],
    covers=["thuesim.time-naive", "thuesim.time-rent"],
    kills=["thuesim.times-in-utc"],
)
async def created_time(thuesim: Driver) -> None:
    now = datetime.fromisoformat((await thuesim.control("GET", "/clock"))["now"]).astimezone(HANOI)

    answer = expect(await thuesim.call(RENT), "rented")

    equal(answer.json["RequestLog"]["CreatedTime"], now.strftime("%Y-%m-%dT%H:%M:%S"), "CreatedTime")


@rent_case(
    rule="Each rent gives another number under another ID.",
    sources=["S, sample of register"],
    level=Level.SHOULD,
    needs=ACCOUNT,
    sends=5,
    covers=["thuesim:rented", "thuesim.interval-off"],
)
async def another_each_time(thuesim: Driver) -> None:
    await take_time(thuesim)
    rentals = [await rent(thuesim, carries="ITELECOM") for _ in range(5)]

    equal(len({rental.id for rental in rentals}), 5, "different ids")
    equal(len({rental.phone for rental in rentals}), 5, "different numbers")


@service_case(
    rule="A service that does not exist there, is suspended or cannot be read is unknown; a missing one is an error.",
    sources=["S, result codes of register", "S, parameters of register"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=[
        "thuesim:service_unknown",
        "thuesim:error",
        "thuesim.service-unknown",
        "thuesim.service-malformed",
        "thuesim.service-wrong-server",
        "thuesim.service-missing",
        "thuesim.service-id-is-text",
        "thuesim.service-id-composite",
        "thuesim.rent-failure",
        "thuesim.failed-rent-free",
        "thuesim.error-numbers",
        "thuesim.zero-is-no-rent-error",
        "thuesim.texts-verbatim",
    ],
    kills=["thuesim.server-ignored", "thuesim.service-as-number", "thuesim.failure-bare"],
    rows={
        "unknown": ("01.12345", -4),
        "wrong-server": ("02.4", -4),
        "no-zero": ("1.4", -4),
        "bare": ("4", -4),
        "three-digits": ("001.4", -4),
        "zeros-behind": ("01.04", -4),
        "word": ("Yahoo", -4),
        "dot": (".", -4),
        "blank": ("01 .4", -4),
        "missing": (None, -1),
    },
)
async def no_such_service(thuesim: Driver, asked: str | None, number: int) -> None:
    answer = await thuesim.call(RENT, serviceId=asked)

    text = {-4: "Ứng dụng không tồn tại hoặc đang tạm ngưng", -1: "Có lỗi"}[number]
    held = await ask_balance(thuesim)
    equal(answer.text, f'{{"RequestLog":null,"Balance":{held},"ResponseCode":{number},"Message":"{text}"}}', "body")


@service_case(
    rule="A suspended service cannot be rented, and can as soon as it is not; one that does not exist never.",
    sources=["S, result codes of register"],
    needs=ACCOUNT,
    covers=["thuesim:service_unknown", "thuesim.service-unknown", "thuesim:rented"],
    kills=["thuesim.suspended-rented"],
)
async def suspended(thuesim: Driver) -> None:
    await take_time(thuesim, services=[service(4, suspended=True)])
    expect(await thuesim.call(RENT), "service_unknown")

    await thuesim.account(services=[service(4, suspended=False)])
    expect(await thuesim.call(RENT, serviceId="01.97"), "service_unknown")
    expect(await thuesim.call(RENT), "rented")


@stock_case(
    rule="A service has as many numbers as its stock; the next rent is refused. No figure means no end.",
    sources=["S, result codes of register"],
    needs=ACCOUNT,
    sends=3,
    covers=["thuesim:out_of_stock", "thuesim.out-of-stock", "thuesim:rented", "thuesim.rent-failure"],
    kills=["thuesim.stock-ignored"],
    rows={"0": (0, 0), "1": (1, 1), "2": (2, 2), "null": (None, 4)},
)
async def stock(thuesim: Driver, held: int | None, rentable: int) -> None:
    await take_time(thuesim, services=[service(4, stock=held)])
    for _ in range(rentable):
        await rent(thuesim)

    last = await thuesim.call(RENT)

    expect(last, "rented" if held is None else "out_of_stock")


@order_of_checks_case(
    rule="A rent checks token, interval, service, filters, limit, balance and stock; the first that fails is told.",
    sources=["I"],
    level=Level.SHOULD,
    needs=CLOCK,
    choices=REFUSED,
    covers=["thuesim.rent-check-order", "thuesim:auth_failed", "thuesim:too_soon", "thuesim:waiting_limit_reached"],
    kills=["thuesim.token-late"],
    rows={
        "token": ({"token": "x", "serviceId": "x"}, 0, "5s", "auth_failed"),
        "interval": ({"serviceId": "x"}, 0, "5s", "too_soon"),
        "interval-before-missing": ({"serviceId": None}, 0, "5s", "too_soon"),
        "service": ({"serviceId": "x"}, 0, "0s", "service_unknown"),
        "missing": ({"serviceId": None}, 0, "0s", "error"),
        "carrier": ({"carries": "x", "yPrefix": "x"}, 0, "0s", "carrier_unknown"),
        "prefix": ({"yPrefix": "x"}, 0, "0s", "prefix_unknown"),
        "limit": (NO_MATCH, 0, "0s", "waiting_limit_reached"),
        "balance": (NO_MATCH, 0, "0s-free", "not_enough_balance"),
        "stock": (NO_MATCH, 100, "0s-free", "out_of_stock"),
    },
)
async def order(thuesim: Driver, changes: dict[str, str | None], held: int, interval: str, outcome: str) -> None:
    await take_time(thuesim, services=[service(4)])
    await rent(thuesim)
    limit = 5 if interval.endswith("free") else 1
    await thuesim.account(balance=held, waiting_limit=limit, min_interval=interval.removesuffix("-free"))

    expect(await thuesim.call(RENT, **changes), outcome)
