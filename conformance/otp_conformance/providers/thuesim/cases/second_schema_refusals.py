"""Refusals in the second schema of the page."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.case import Feature, Level, Tier
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, matches
from otp_conformance.providers.thuesim.steps import (
    ACCOUNT,
    AGAIN,
    NO_MATCH,
    RENT,
    list_case,
    rent_listed,
    take_time,
    with_wrong_token,
)

list_list_case = partial(list_case, "thuesim", "list")


def write_refusal(code: int, text: str, key: str = "status_code") -> str:
    """Write a refusal of the second schema."""
    return f'{{"{key}":{code},"success":false,"message":"{text}"}}'


@list_list_case(
    rule="A wrong id is -2, whatever code-numbers is, without a server and with one.",
    sources=["V10 O2, observed at a sister", "V, number", "S, result codes of code, text"],
    level=Level.SHOULD,
    tier=Tier.SENDS,
    needs=[Feature.ACCOUNTS, Feature.RENTALS, Feature.CHOICES],
    covers=[
        "thuesim:session_unknown_viotp",
        "thuesim.list-numbers",
        "thuesim.list-refusals=absent",
        "thuesim.list-code-numbers",
    ],
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
    await take_time(thuesim)
    rental = await rent_listed(thuesim)

    answer = await thuesim.call("code", ID=spelled and spelled.format(bare=rental.bare_id))

    equal(answer.text, write_refusal(-2, "Mã phiên không đúng"), "body")


@list_list_case(
    rule="A wrong token is refused with success false and no data; the services keep ResponseCode.",
    sources=["V10 O1, observed at a sister", "S, list of service", "S, list of register", "S, list of code"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["thuesim:auth_failed", "thuesim.list-refusals=absent", "thuesim.list-numbers"],
    kills=["thuesim.list-refusals-mixed"],
    rows={
        "service": ("service", "ResponseCode"),
        "rent": (RENT, "status_code"),
        "again": (AGAIN, "status_code"),
        "code": ("code", "status_code"),
        **{name: (name, "status_code") for name in ("balance", "networks", "history")},
    },
)
async def list_token_body(thuesim: Driver, operation: str, key: str) -> None:
    answer = await with_wrong_token(thuesim, operation, "list")

    equal(answer.text, write_refusal(401, "Lỗi xác thực", key), "body")


@list_list_case(
    rule="A refused rent has the number and the text of the page, and shows neither balance nor data.",
    sources=["V10 O1, observed at a sister", "S, result codes of register", "V, numbers"],
    level=Level.SHOULD,
    needs=ACCOUNT,
    choices={"thuesim.unknown-prefix": "refused"},
    covers=[
        "thuesim.list-refusals=absent",
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
        "filter": ({}, {"yPrefix": "11"}, -1, "Đầu số muốn lấy không hợp lệ"),
        "stock": ({}, NO_MATCH, -3, "Kho số đang tạm hết, vui lòng liên hệ hỗ trợ"),
    },
)
async def list_refusals(
    thuesim: Driver, account: dict[str, Any], changes: dict[str, str | None], code: int, text: str
) -> None:
    await take_time(thuesim, **account)

    answer = await thuesim.call(RENT, **{"serviceId": "4", **changes})

    equal(answer.text, write_refusal(code, text), "body")


@list_list_case(
    rule="Where refusals have data, it is null.",
    sources=["S, list of service", "S, list of register", "S, list of code"],
    level=Level.SHOULD,
    choices={"thuesim.list-refusals": "null"},
    covers=["thuesim.list-refusals=null"],
    rows={"rent": (RENT, {"serviceId": "x"}, -4), "code": ("code", {"ID": "x"}, -2)},
)
async def list_refusals_with_data(thuesim: Driver, operation: str, changes: dict[str, str], code: int) -> None:
    answer = await thuesim.call(operation, **changes)

    matches(answer.text, rf'\{{"status_code":{code},"success":false,"message":"[^"]+","data":null\}}', "body")
