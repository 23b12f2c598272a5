"""Which number is rented: carriers, prefixes wanted and not wanted, and how lists are written."""

from __future__ import annotations

from functools import partial

from otp_conformance.case import Level
from otp_conformance.driver import Driver
from otp_conformance.expect import expect, matches, true
from otp_conformance.providers.thuesim.steps import ACCOUNT, NO_MATCH, REFUSED, RENT, rent, take_time, wire_case

filters_case = partial(wire_case, "thuesim", "filters")

PREFIXES = {
    "MOBIFONE": ("70", "76", "77", "78", "79", "89", "90", "93"),
    "VINAPHONE": ("81", "82", "83", "84", "85", "88", "91", "94"),
    "VIETTEL": ("32", "33", "34", "35", "36", "37", "38", "39", "86", "96", "97", "98"),
    "VIETNAMOBILE": ("52", "56", "58", "92"),
    "ITELECOM": ("87",),
}
ALL = [prefix for prefixes in PREFIXES.values() for prefix in prefixes]


@filters_case(
    rule="A number is of one of the carriers named, which its prefix shows; without a name any carrier will do.",
    sources=["S, URL of register", "S, parameters of register"],
    needs=ACCOUNT,
    sends=6,
    covers=[
        "thuesim.carries-list",
        "thuesim.networks-name",
        "thuesim.trailing-bar",
        "thuesim.prefix-shows-carrier",
        *(f"thuesim.prefixes-{name.lower()}" for name in PREFIXES),
        "thuesim:rented",
    ],
    kills=["thuesim.carriers-ignored"],
    rows={
        **{name.lower(): (name, (name,)) for name in PREFIXES},
        "two-with-bar": ("VIETNAMOBILE|ITELECOM|", ("VIETNAMOBILE", "ITELECOM")),
        "two": ("VIETNAMOBILE|ITELECOM", ("VIETNAMOBILE", "ITELECOM")),
        "one-with-bar": ("ITELECOM|", ("ITELECOM",)),
    },
)
async def carriers(thuesim: Driver, asked: str, names: tuple[str, ...]) -> None:
    await take_time(thuesim, waiting_limit=100)
    allowed = [prefix for name in names for prefix in PREFIXES[name]]

    for _ in range(6):
        rental = await rent(thuesim, carries=asked)
        true(rental.nine[:2] in allowed, f"a number of {asked}", rental.phone)


@filters_case(
    rule="Several carriers are all of them possible, and none named, or an empty list, means any.",
    sources=["S, parameters of register"],
    needs=ACCOUNT,
    sends=60,
    covers=["thuesim.carries-list", "thuesim.trailing-bar", "thuesim:rented"],
    kills=["thuesim.first-of-list"],
    rows={"two": ("VIETNAMOBILE|ITELECOM|", 2, 60), "none": (None, 3, 60), "empty": ("", 3, 60), "bar": ("|", 3, 60)},
)
async def any_of_them(thuesim: Driver, asked: str | None, least: int, tries: int) -> None:
    await take_time(thuesim, waiting_limit=100)
    seen = set()
    for _ in range(tries):
        prefix = (await rent(thuesim, carries=asked)).nine[:2]
        seen.add(next((name for name, own in PREFIXES.items() if prefix in own), prefix))

    true(len(seen) >= least and seen <= set(PREFIXES), f"numbers of {least} carriers or more", seen)


@filters_case(
    rule="Wanted prefixes are the only ones, unwanted ones are left out and win; a bar may end the list.",
    sources=["S, URL of register", "S, parameters of register"],
    needs=ACCOUNT,
    sends=6,
    covers=[
        "thuesim.wanted-prefixes",
        "thuesim.unwanted-prefixes",
        "thuesim.prefix-both",
        "thuesim.trailing-bar",
        "thuesim:rented",
    ],
    kills=["thuesim.wanted-ignored", "thuesim.unwanted-ignored", "thuesim.wanted-wins"],
    rows={
        "wanted": ({"yPrefix": "90"}, ("90",)),
        "wanted-with-bar": ({"yPrefix": "90|"}, ("90",)),
        "wanted-several": ({"yPrefix": "96|97|98|"}, ("96", "97", "98")),
        "unwanted": ({"carries": "VIETNAMOBILE", "nPrefix": "52|56|58|"}, ("92",)),
        "unwanted-without-bar": ({"carries": "VIETNAMOBILE", "nPrefix": "52|56|58"}, ("92",)),
        "unwanted-one": ({"yPrefix": "90|93|", "nPrefix": "90"}, ("93",)),
        "all-three": ({"carries": "MOBIFONE|ITELECOM|", "yPrefix": "90|87|97|", "nPrefix": "90|"}, ("87",)),
    },
)
async def prefixes(thuesim: Driver, filters: dict[str, str], allowed: tuple[str, ...]) -> None:
    await take_time(thuesim, waiting_limit=100)

    for _ in range(6):
        rental = await rent(thuesim, **filters)
        true(rental.nine[:2] in allowed, f"a number of {filters}", rental.phone)


@filters_case(
    rule="A carrier or a wanted prefix that there is not, or in another spelling, is refused, also among others.",
    sources=["V10 O2, observed at a sister"],
    level=Level.SHOULD,
    choices=REFUSED,
    covers=[
        "thuesim:carrier_unknown",
        "thuesim:prefix_unknown",
        "thuesim.unknown-carrier=refused",
        "thuesim.unknown-prefix=refused",
    ],
    rows={
        "carrier": ({"carries": "VODAFONE"}, "carrier_unknown"),
        "carrier-by-number": ({"carries": "1"}, "carrier_unknown"),
        "carrier-in-small-letters": ({"carries": "viettel"}, "carrier_unknown"),
        "carrier-among-others": ({"carries": "VIETTEL|VODAFONE|"}, "carrier_unknown"),
        "carrier-and-prefix": ({"carries": "VODAFONE", "yPrefix": "59"}, "carrier_unknown"),
        "wanted": ({"yPrefix": "59"}, "prefix_unknown"),
        "wanted-with-zero": ({"yPrefix": "090"}, "prefix_unknown"),
        "wanted-word": ({"yPrefix": "xx|"}, "prefix_unknown"),
        "wanted-among-others": ({"yPrefix": "90|59|"}, "prefix_unknown"),
        "unwanted": ({"nPrefix": "59|xx|"}, "rented"),
    },
)
async def unknown(thuesim: Driver, filters: dict[str, str], outcome: str) -> None:
    expect(await thuesim.call(RENT, **filters), outcome)


@filters_case(
    rule="Where what there is not matches no number, it is out of stock alone, and passed over among others.",
    sources=["I"],
    level=Level.SHOULD,
    choices={"thuesim.unknown-carrier": "no-number", "thuesim.unknown-prefix": "no-number"},
    covers=["thuesim.unknown-carrier=no-number", "thuesim.unknown-prefix=no-number", "thuesim:out_of_stock"],
    rows={
        "carrier": ({"carries": "VODAFONE"}, "out_of_stock"),
        "carrier-among-others": ({"carries": "VIETTEL|VODAFONE|"}, "rented"),
        "wanted": ({"yPrefix": "59"}, "out_of_stock"),
        "wanted-among-others": ({"yPrefix": "90|59|"}, "rented"),
    },
)
async def unknown_passed_over(thuesim: Driver, filters: dict[str, str], outcome: str) -> None:
    expect(await thuesim.call(RENT, **filters), outcome)


@filters_case(
    rule="Filters that contradict each other match no number, and are out of stock.",
    sources=["S, result codes of register"],
    level=Level.SHOULD,
    covers=["thuesim:out_of_stock", "thuesim.out-of-stock", "thuesim.prefix-both"],
    kills=["thuesim.wanted-wins"],
    rows={
        "carrier-against-prefix": (NO_MATCH,),
        "wanted-and-unwanted": ({"yPrefix": "90", "nPrefix": "90|"},),
        "all-unwanted": ({"nPrefix": "|".join(ALL)},),
    },
)
async def no_match(thuesim: Driver, filters: dict[str, str]) -> None:
    expect(await thuesim.call(RENT, **filters), "out_of_stock")


@filters_case(
    rule="The bar of a list may come raw or encoded.",
    level=Level.SHOULD,
    needs=ACCOUNT,
    sends=6,
    covers=["thuesim.bar-encoding", "thuesim:rented"],
    rows={"raw": ("|",), "capitals": ("%7C",), "small": ("%7c",)},
)
async def bar(thuesim: Driver, written: str) -> None:
    await take_time(thuesim, waiting_limit=100)
    token = thuesim.world.credentials["thuesim"]["token"]

    for _ in range(6):
        query = f"serviceId=01.4&token={token}&carries=VIETNAMOBILE{written}ITELECOM{written}&yPrefix=92{written}87"
        answer = expect(await thuesim.request(RENT, {}, query=query), "rented")
        matches(answer.json["RequestLog"]["Phone"].strip(), r"0(92|87)\d{7}", "Phone")
