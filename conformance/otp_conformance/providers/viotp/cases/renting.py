"""Renting a number: the body, filters, money, limits, renting again, and the order of the checks."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches, true
from otp_conformance.providers.viotp.steps import (
    ACCOUNT,
    ARRIVALS,
    CLOCK,
    NO_MATCH,
    OBSERVED,
    ask_balance,
    by_hand,
    let_text_arrive,
    rent,
    service,
)

rent_case = partial(case, "viotp", "rent")
filters_case = partial(case, "viotp", "filters")
again_case = partial(case, "viotp", "rent again")
money_case = partial(case, "viotp", "money")

PREFIXES = {
    "MOBIFONE": ("70", "76", "77", "78", "79", "89", "90", "93"),
    "VINAPHONE": ("81", "82", "83", "84", "85", "88", "91", "94"),
    "VIETTEL": ("32", "33", "34", "35", "36", "37", "38", "39", "86", "96", "97", "98"),
    "VIETNAMOBILE": ("52", "56", "58", "92"),
    "ITELECOM": ("87",),
    "WINTEL": ("55",),
    "GTEL": ("59", "99"),
}


@rent_case(
    rule="A rent tells the number in both spellings, the country, the id as a whole number, and the balance after it.",
    needs=ACCOUNT,
    choices=OBSERVED,
    covers=["viotp:rented", "viotp.rent-members", "viotp.charge", "viotp.compact", "viotp.envelope=observed"],
    kills=["viotp.balance-before-charge", "viotp.request-id-text"],
)
async def body(viotp: Driver) -> None:
    await by_hand(viotp, balance=1_000, services=[service(4, price=470)])

    rental = await rent(viotp)

    matches(
        rental.answer.text,
        r'\{"status_code":200,"message":"Tạo yêu cầu thành công !","success":true,"data":\{'
        rf'"phone_number":"{rental.nine}","re_phone_number":"0{rental.nine}","countryISO":"VN","countryCode":"84",'
        r'"request_id":[1-9]\d{8},"balance":530\}\}',
        "body",
    )
    matches(rental.nine, r"[1-9]\d{8}", "phone_number")


@rent_case(
    rule="Each rent gives another number under another id.",
    sources=["V10 O1"],
    level=Level.SHOULD,
    needs=ACCOUNT,
    sends=5,
    covers=["viotp:rented"],
)
async def another_each_time(viotp: Driver) -> None:
    await by_hand(viotp)
    rentals = [await rent(viotp, network="ITELECOM") for _ in range(5)]

    equal((len({each.id for each in rentals}), len({each.phone for each in rentals})), (5, 5), "ids and numbers")


@rent_case(
    rule="A service has as many numbers as its stock; a suspended one, and one that is not there, cannot be rented.",
    sources=["V, result codes"],
    needs=ACCOUNT,
    covers=["viotp:service_unknown", "viotp:out_of_stock", "viotp:rented"],
    rows={
        "no-stock": ({"stock": 0}, "out_of_stock"),
        "last": ({"stock": 1}, "rented"),
        "suspended": ({"suspended": True}, "service_unknown"),
        "other": ({"id": 5}, "service_unknown"),
    },
)
async def offered(viotp: Driver, change: dict[str, Any], outcome: str) -> None:
    await by_hand(viotp, services=[{**service(4), **change}])

    expect(await viotp.call("rent"), outcome)
    if "stock" in change:
        expect(await viotp.call("rent"), "out_of_stock")


@rent_case(
    rule="As many rentals may wait as the account's limit says; one that is done makes room.",
    sources=["V, result codes"],
    needs=ARRIVALS,
    sends=3,
    covers=["viotp:waiting_limit_reached", "viotp.waiting-limit", "viotp:rented"],
    kills=["viotp.all-rentals-count"],
)
async def waiting_limit(viotp: Driver) -> None:
    await by_hand(viotp, waiting_limit=2)
    first, _ = await rent(viotp), await rent(viotp)
    expect(await viotp.call("rent"), "waiting_limit_reached", limit=2)

    await let_text_arrive(viotp, first)

    expect(await viotp.call("rent"), "rented")


@rent_case(
    rule="A rent checks token, service, filters, limit, balance, number and stock; the first that fails is told.",
    level=Level.SHOULD,
    needs=ACCOUNT,
    choices={"viotp.busy-number": "-3"},
    covers=["viotp.rent-order"],
    rows={
        "token": ({"token": "x", "serviceId": "x"}, {}, "auth_failed"),
        "service": ({"serviceId": "x", "network": "x"}, {}, "service_unknown"),
        "carrier": ({"network": "x", "prefix": "x"}, {}, "carrier_unknown"),
        "prefix": ({"prefix": "x"}, {}, "prefix_unknown"),
        "limit": (NO_MATCH, {}, "waiting_limit_reached"),
        "balance": (NO_MATCH, {"waiting_limit": 5}, "not_enough_balance"),
        "busy": ({"number": "{phone}"}, {"waiting_limit": 5, "balance": 100}, "number_busy"),
        "stock": (NO_MATCH, {"waiting_limit": 5, "balance": 100}, "out_of_stock"),
    },
)
async def order(viotp: Driver, changes: dict[str, str], patch: dict[str, int], outcome: str) -> None:
    await by_hand(viotp, services=[service(4, stock=1)], balance=100, waiting_limit=1)
    rental = await rent(viotp)
    await viotp.account(**patch)

    asked = {name: text.format(phone=rental.phone) for name, text in changes.items()}

    expect(await viotp.call("rent", **asked), outcome)


@filters_case(
    rule="A number is of one of the carriers named, which its prefix shows; ALL, none, or an empty list means any.",
    sources=["V, parameters of the rent", "C, ALL", "N"],
    level=Level.SHOULD,
    needs=ACCOUNT,
    sends=8,
    covers=["viotp.network-list", "viotp.networks-known", "viotp.prefix-shows-carrier", "viotp:rented"],
    kills=["viotp.carriers-ignored"],
    rows={
        **{name.lower(): (name, (name,)) for name in PREFIXES},
        "two": ("ITELECOM|WINTEL", ("ITELECOM", "WINTEL")),
        "two-with-bar": ("ITELECOM|WINTEL|", ("ITELECOM", "WINTEL")),
        "with-one-abroad": ("METFONE|WINTEL", ("WINTEL",)),
        "all": ("ALL", tuple(PREFIXES)),
        "all-and-one": ("ALL|WINTEL", tuple(PREFIXES)),
        "none": (None, tuple(PREFIXES)),
        "bar": ("|", tuple(PREFIXES)),
    },
)
async def carriers(viotp: Driver, asked: str | None, names: tuple[str, ...]) -> None:
    await by_hand(viotp, waiting_limit=100)
    allowed = [prefix for name in names for prefix in PREFIXES[name]]

    seen = {(await rent(viotp, network=asked)).nine[:2] for _ in range(8)}

    true(seen <= set(allowed), f"numbers of {asked}", seen)
    true(len(seen) > 1 or len(names) < len(PREFIXES), "different prefixes", seen)


@filters_case(
    rule="Wanted prefixes are the only ones, unwanted ones are left out and win.",
    level=Level.SHOULD,
    needs=ACCOUNT,
    sends=6,
    covers=["viotp.prefixes", "viotp:rented"],
    kills=["viotp.wanted-ignored", "viotp.unwanted-ignored"],
    rows={
        "wanted": ({"prefix": "90"}, ("90",)),
        "several": ({"prefix": "96|97|98|"}, ("96", "97", "98")),
        "unwanted": ({"network": "VIETNAMOBILE", "exceptPrefix": "52|56|58"}, ("92",)),
        "both": ({"prefix": "90|93", "exceptPrefix": "90"}, ("93",)),
        "of-nobody": ({"prefix": "90", "exceptPrefix": "xx"}, ("90",)),
    },
)
async def prefixes(viotp: Driver, filters: dict[str, str], allowed: tuple[str, ...]) -> None:
    await by_hand(viotp, waiting_limit=100)

    for _ in range(6):
        rental = await rent(viotp, **filters)
        true(rental.nine[:2] in allowed, f"a number of {filters}", rental.phone)


@filters_case(
    rule="A carrier or a wanted prefix that there is not is refused, also among others; what matches none is no stock.",
    level=Level.SHOULD,
    covers=["viotp:carrier_unknown", "viotp:prefix_unknown", "viotp:out_of_stock", "viotp.networks-known"],
    rows={
        "carrier": ({"network": "VODAFONE"}, "carrier_unknown"),
        "small": ({"network": "viettel"}, "carrier_unknown"),
        "among-others": ({"network": "VIETTEL|VODAFONE"}, "carrier_unknown"),
        "prefix": ({"prefix": "11"}, "prefix_unknown"),
        "with-zero": ({"prefix": "090"}, "prefix_unknown"),
        "abroad": ({"network": "METFONE"}, "out_of_stock"),
        "no-match": (NO_MATCH, "out_of_stock"),
        "unwanted": ({"prefix": "90", "exceptPrefix": "90"}, "out_of_stock"),
    },
)
async def none_left(viotp: Driver, filters: dict[str, str], outcome: str) -> None:
    expect(await viotp.call("rent", **filters), outcome)


@again_case(
    rule="A number of any earlier rental is rented again under a new id, in any spelling, whatever the filters say.",
    sources=["V, renting again"],
    level=Level.SHOULD,
    needs=ARRIVALS,
    sends=3,
    covers=["viotp.rent-again", "viotp.filters-not-again", "viotp:rented"],
    kills=["viotp.again-other-number"],
    rows={
        "as-told": ("0{nine}", {}),
        "nine": ("{nine}", {}),
        "country": ("84{nine}", {}),
        "other-service": ("0{nine}", {"serviceId": "7"}),
        "filters": ("0{nine}", {"network": "x", "prefix": "x"}),
    },
)
async def again(viotp: Driver, spelled: str, changes: dict[str, str]) -> None:
    await by_hand(viotp, services=[service(4), service(7)], balance=1_000)
    first, other = await rent(viotp), await rent(viotp)
    await let_text_arrive(viotp, first)

    second = await rent(viotp, number=spelled.format(nine=first.nine), **changes)

    equal(second.phone, first.phone, "number")
    equal(len({first.id, other.id, second.id}), 3, "different ids")
    equal(second.answer.json["data"]["balance"], 700, "balance")


@again_case(
    rule="A number that the account never had, or that cannot be read, is out of stock.",
    level=Level.SHOULD,
    needs=[Feature.LANES],
    covers=["viotp.number-unknown", "viotp:out_of_stock"],
    rows={"of-another": ("{phone}",), "of-nobody": ("0599999999",), "word": ("x",)},
)
async def never_rented(viotp: Driver, number: str) -> None:
    async with viotp.stranger({}) as stranger:
        rental = await rent(stranger)

    expect(await viotp.call("rent", number=number.format(phone=rental.phone)), "out_of_stock")


@again_case(
    rule="A number that still waits is refused, with the number that is chosen; as soon as it does not, it is rented.",
    sources=["V, renting again", "C, a bot"],
    level=Level.SHOULD,
    needs=ARRIVALS,
    sends=2,
    covers=["viotp.busy-number=-3", "viotp.busy-number=-4", "viotp:number_busy", "viotp:number_busy_as_seen"],
    kills=["viotp.busy-rented"],
    rows={"-3": ("-3", "number_busy"), "-4": ("-4", "number_busy_as_seen")},
)
async def busy(viotp: Driver, number: str, outcome: str) -> None:
    await viotp.choose(busy_number=number)
    await by_hand(viotp)
    rental = await rent(viotp)

    expect(await viotp.call("rent", number=rental.phone), outcome)
    await let_text_arrive(viotp, rental)
    expect(await viotp.call("rent", number=rental.phone), "rented")


@money_case(
    rule="A balance of exactly the price is enough, one dong less is not; a refused rent costs nothing.",
    sources=["V10 O1"],
    needs=ACCOUNT,
    covers=["viotp:not_enough_balance", "viotp:rented", "viotp.charge"],
    kills=["viotp.balance-before-charge"],
    rows={
        "more": (2_000, {}, 800, "rented"),
        "exactly": (1_200, {}, 0, "rented"),
        "one-less": (1_199, {}, 1_199, "not_enough_balance"),
        "refused": (2_000, NO_MATCH, 2_000, "out_of_stock"),
    },
)
async def money(viotp: Driver, held: int, changes: dict[str, str], left: int, outcome: str) -> None:
    await by_hand(viotp, balance=held, services=[service(4, price=1_200)])

    expect(await viotp.call("rent", **changes), outcome)

    equal(await ask_balance(viotp), left, "balance")


@money_case(
    rule="A rental that expires gives back what it cost, once, at its end and without being read; a done one nothing.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=[*ARRIVALS, *CLOCK],
    covers=["viotp.refund", "viotp.charge"],
    kills=["viotp.no-refund"],
    rows={
        "before": (False, "299999ms", 900),
        "at": (False, "300s", 1_000),
        "long-after": (False, "24h", 1_000),
        "done": (True, "24h", 900),
    },
)
async def refund(viotp: Driver, done: bool, by: str, left: int) -> None:  # noqa: FBT001  (a column of the table)
    await by_hand(viotp, balance=1_000, services=[service(4)])
    rental = await rent(viotp)
    if done:
        await let_text_arrive(viotp, rental)
    await viotp.account(services=[service(4, price=999)])
    await viotp.advance(by)

    equal(await ask_balance(viotp), left, "balance")
    await viotp.advance("1ms" if left == 1_000 else "0s")
    equal(await ask_balance(viotp), left, "balance, asked again")
