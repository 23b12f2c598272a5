"""Money: what a rent costs, what it takes to afford it, and what comes back."""

from __future__ import annotations

from functools import partial

from otp_conformance.case import Level, Tier
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.thuesim.steps import (
    ACCOUNT,
    ARRIVALS,
    CLOCK,
    NO_MATCH,
    RENT,
    ask_balance,
    let_text_arrive,
    read_code,
    rent,
    service,
    take_time,
    wire_case,
)

money_case = partial(wire_case, "thuesim", "money")


@money_case(
    rule="A balance of exactly the price is enough, one dong less is not; the price is taken at the rent.",
    sources=["S, result codes of register", "S, fields of register", "V10 O1, observed at a sister"],
    needs=ACCOUNT,
    covers=[
        "thuesim:not_enough_balance",
        "thuesim:rented",
        "thuesim.charge-at-rent",
        "thuesim.failed-rent-free",
        "thuesim.minus-two",
        "thuesim.rent-failure",
        "thuesim.price-charged",
    ],
    kills=["thuesim.balance-off-by-one", "thuesim.free", "thuesim.balance-before-charge"],
    rows={
        "more": (2_000, 800, "rented"),
        "exactly": (1_200, 0, "rented"),
        "one-less": (1_199, 1_199, "not_enough_balance"),
        "nothing": (0, 0, "not_enough_balance"),
    },
)
async def money(thuesim: Driver, held: int, left: int, outcome: str) -> None:
    await take_time(thuesim, balance=held, services=[service(4, PRICE=1_200)])

    answer = expect(await thuesim.call(RENT), outcome)

    equal(answer.json["Balance"], left, "Balance of the answer")
    equal(await ask_balance(thuesim), left, "balance")


@money_case(
    rule="A rent that is refused costs nothing and shows the balance as it is.",
    level=Level.SHOULD,
    needs=ACCOUNT,
    choices={"thuesim.unknown-prefix": "refused"},
    covers=["thuesim.failed-rent-free", "thuesim.rent-failure", "thuesim:out_of_stock", "thuesim:service_unknown"],
    kills=["thuesim.refusal-charged", "thuesim.failure-bare"],
    rows={
        "filter": ({"yPrefix": "x"}, -1, "Đầu số muốn lấy không hợp lệ"),
        "stock": (NO_MATCH, -3, "Kho số đang tạm hết, vui lòng liên hệ hỗ trợ"),
        "limit": ({}, 429, "Limit exceeded, tối đa 1 số chờ tin nhắn"),
        "service": ({"serviceId": "x"}, -4, "Ứng dụng không tồn tại hoặc đang tạm ngưng"),
    },
)
async def refusals_are_free(thuesim: Driver, changes: dict[str, str], number: int, text: str) -> None:
    await take_time(thuesim, balance=5_000, waiting_limit=2)
    await rent(thuesim)
    await thuesim.account(waiting_limit=2 if changes else 1)

    answer = await thuesim.call(RENT, **changes)

    equal(answer.text, f'{{"RequestLog":null,"Balance":4530,"ResponseCode":{number},"Message":"{text}"}}', "body")
    equal(await ask_balance(thuesim), 4_530, "balance")


@money_case(
    rule="A rental that expires gives back what it cost, once, at its end and without being read; a done one nothing.",
    sources=["V10 O1, observed at a sister", "I"],
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=[*ARRIVALS, *CLOCK],
    covers=["thuesim.refund-on-expiry", "thuesim.no-refund-when-done", "thuesim.charge-at-rent"],
    kills=["thuesim.no-refund", "thuesim.refund-when-done"],
    rows={
        "before": (False, "299s", 4_530),
        "at": (False, "300s", 5_000),
        "long-after": (False, "24h", 5_000),
        "done": (True, "24h", 4_530),
    },
)
async def refund(thuesim: Driver, done: bool, by: str, left: int) -> None:  # noqa: FBT001  (a column of the table)
    await take_time(thuesim, balance=5_000)
    rental = await rent(thuesim)
    if done:
        await let_text_arrive(thuesim, rental)
    await thuesim.account(services=[service(4, PRICE=999)])
    await thuesim.advance(by)

    equal(await ask_balance(thuesim), left, "balance")
    for _ in range(2):
        await read_code(thuesim, rental)
        await thuesim.advance("1ms")
    equal(await ask_balance(thuesim), left, "balance after reading")
