"""The second schema of the page: refusals, ids without a server, and what stays as it is."""

from __future__ import annotations

from typing import Any

from otp_conformance.case import Feature, Level, Tier
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.thuesim.steps import (
    ACCOUNT,
    AGAIN,
    ARRIVALS,
    NOBODY_LISTENS,
    RENT,
    history,
    list_case,
    posted,
    rented_list,
    service,
    text_arrives,
    unhurried,
    wire_case,
    with_wrong_token,
)


def refusal(code: int, text: str, key: str = "status_code") -> str:
    """Write a refusal of the second schema."""
    return f'{{"{key}":{code},"success":false,"message":"{text}","data":null}}'


@list_case(
    "thuesim",
    "list",
    rule="A wrong id is -2, whatever code-numbers is, without a server and with one.",
    sources=["V, number", "S235, text", "6-4"],
    level=Level.SHOULD,
    tier=Tier.SENDS,
    needs=[Feature.ACCOUNTS, Feature.RENTALS, Feature.CHOICES],
    covers=[
        "thuesim:session_unknown_viotp",
        "thuesim.list-numbers",
        "thuesim.list-refusals",
        "thuesim.list-code-numbers",
    ],
    kills=["thuesim.list-wrong-id-three"],
    rows={
        f"{name}-{numbers}": (numbers, spelled)
        for numbers in ("chothuesim", "viotp")
        for name, spelled in {
            "unknown": "1",
            "unknown-with-server": "1.01",
            "word": "first",
            "missing": None,
            "other-server": "{bare}.02",
            "zero-in-front": "0{bare}",
        }.items()
    },
)
async def list_wrong_id(thuesim: Driver, numbers: str, spelled: str | None) -> None:
    await thuesim.choose(code_numbers=numbers)
    await unhurried(thuesim)
    rental = await rented_list(thuesim)

    answer = await thuesim.call("code", ID=spelled and spelled.format(bare=rental.bare_id))

    equal(answer.text, refusal(-2, "Mã phiên không đúng"), "body")


@list_case(
    "thuesim",
    "list",
    rule="A wrong token is refused with success false and data null; the services keep ResponseCode.",
    sources=["3.3", "6-15", "S110, S177, S252"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["thuesim:auth_failed", "thuesim.list-refusals", "thuesim.list-numbers"],
    kills=["thuesim.list-refusals-mixed", "thuesim.list-service-status-code"],
    rows={
        "service": ("service", "ResponseCode"),
        "rent": (RENT, "status_code"),
        "again": (AGAIN, "status_code"),
        "code": ("code", "status_code"),
    },
)
async def list_token_body(thuesim: Driver, operation: str, key: str) -> None:
    answer = await with_wrong_token(thuesim, operation, "list")

    equal(answer.text, refusal(401, "Lỗi xác thực", key), "body")


@list_case(
    "thuesim",
    "list",
    rule="A refused rent has the number and the text of the page, and shows no balance.",
    sources=["S163-S170", "V, numbers", "3.3"],
    level=Level.SHOULD,
    needs=ACCOUNT,
    covers=[
        "thuesim.list-refusals",
        "thuesim.list-numbers",
        "thuesim:error",
        "thuesim:service_unknown",
        "thuesim:waiting_limit_reached",
        "thuesim:not_enough_balance",
        "thuesim:out_of_stock",
    ],
    kills=["thuesim.list-refusals-mixed"],
    rows={
        "missing": ({}, {"serviceId": None}, -1, "Có lỗi"),
        "unknown": ({}, {"serviceId": "98"}, -4, "Ứng dụng không tồn tại hoặc đang tạm ngưng"),
        "unreadable": ({}, {"serviceId": "x"}, -4, "Ứng dụng không tồn tại hoặc đang tạm ngưng"),
        "limit": ({"waiting_limit": 0}, {}, 429, "Limit exceeded, tối đa 0 số chờ tin nhắn"),
        "balance": ({"balance": 469}, {}, -2, "Số dư tài khoản không đủ"),
        "stock": ({}, {"yPrefix": "11"}, -3, "Kho số đang tạm hết, vui lòng liên hệ hỗ trợ"),
    },
)
async def list_refusals(
    thuesim: Driver, account: dict[str, Any], changes: dict[str, str | None], code: int, text: str
) -> None:
    await unhurried(thuesim, **account)

    answer = await thuesim.call(RENT, **{"serviceId": "4", **changes})

    equal(answer.text, refusal(code, text), "body")


@list_case(
    "thuesim",
    "list",
    rule="A service without its server is the first of that id that can be rented; with its server, it is that one.",
    sources=["I", "S106, S110-S119"],
    level=Level.SHOULD,
    needs=[Feature.ACCOUNTS, Feature.RENTALS],
    covers=["thuesim.list-bare-ids", "thuesim.list-bare-service"],
    kills=["thuesim.list-last-server", "thuesim.list-servers-required"],
    rows={"bare": ("4", "02"), "second": ("02.4", "02"), "third": ("03.4", "03")},
)
async def list_bare_service(thuesim: Driver, named: str, server: str) -> None:
    await unhurried(thuesim, services=[service(4, suspended=True), service(4, "02"), service(4, "03")])

    rental = await rented_list(thuesim, serviceId=named)

    equal(rental.id, f"{rental.bare_id}.{server}", "id of the rental")
    expect(await thuesim.call("code", ID=rental.bare_id), "rental_shown")


@wire_case(
    "thuesim",
    "list",
    rule="Where the first schema is played, ids without a server are refused.",
    sources=["S125, S133, S213", "I"],
    level=Level.SHOULD,
    needs=ACCOUNT,
    covers=["thuesim.list-bare-ids", "thuesim:service_unknown", "thuesim:error"],
)
async def servers_required(thuesim: Driver) -> None:
    await unhurried(thuesim)

    expect(await thuesim.call(RENT, serviceId="4"), "service_unknown")
    rent = expect(await thuesim.call(RENT), "rented").json["RequestLog"]
    again = {"phone": rent["Phone"].strip(), "serviceId": "4", "thuesim1": str(int(rent["ID"]))}
    expect(await thuesim.call(AGAIN, **again), "error")


@list_case(
    "thuesim",
    "list",
    rule="Balance, carriers and history are the same whichever schema is played; the history is an array.",
    sources=["S36-S40, S67-S80", "S299, S323-S336", "6-10"],
    tier=Tier.SENDS,
    needs=[Feature.ACCOUNTS, Feature.RENTALS, Feature.CHOICES],
    sends=2,
    covers=["thuesim.list-others", "thuesim.history-array", "thuesim:success"],
    kills=["thuesim.list-history-object"],
    rows={name: (name,) for name in ("balance", "networks", "history")},
)
async def list_others(thuesim: Driver, operation: str) -> None:
    await unhurried(thuesim)
    await rented_list(thuesim)
    await rented_list(thuesim)

    listed = (await thuesim.call(operation)).text
    rows = await history(thuesim)
    await thuesim.choose(profile="wire")

    equal(listed, (await thuesim.call(operation)).text, "body")
    equal(len(rows), 2, "rentals in the history")


@list_case(
    "thuesim",
    "list",
    rule="The callback names the request as the rent did, without the server.",
    sources=["S205", "I", "6-19"],
    level=Level.SHOULD,
    needs=[*ARRIVALS, Feature.CALLBACKS],
    covers=["thuesim.list-callback-id"],
    kills=["thuesim.list-callback-with-server"],
)
async def list_callback(thuesim: Driver) -> None:
    await unhurried(thuesim, callback_url=NOBODY_LISTENS)
    rental = await rented_list(thuesim)
    await text_arrives(thuesim, rental)

    (callback,) = await posted(thuesim)

    told = f'"requestId":"{rental.bare_id}","code":"529310","smsContent":"529310 la ma cua ban","isSound":"false"'
    equal(callback["attempts"][0]["request"]["body"], f'{{"data":{{"status":1,{told}}}}}', "body")
