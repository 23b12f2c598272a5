"""The addresses that are told of deliveries and of incoming messages: registered, listed, switched on and off."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import orjson

from otp_conformance.case import Level, Tier, case
from otp_conformance.driver import JSON, Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.amoot.steps import ACCOUNTS, CLOCK, NOON, ask_data

relay_case = partial(case, "amoot", "relays")

DELIVERY, RECEIVE = "RelayMessageDelivery", "RelayRecieveMessage"
KINDS = {DELIVERY: (DELIVERY,), RECEIVE: (RECEIVE,)}
HELD = {DELIVERY: "delivery_relays", RECEIVE: "receive_relays"}
URL = "http://127.0.0.1:9/relay"
NONE: dict[str, list[Any]] = {"delivery_relays": [], "receive_relays": []}
NOT_KNOWN = {"amoot.relay-unknown": "failed"}


async def register(amoot: Driver, kind: str, url: str) -> int:
    """Register an address, and give its number."""
    number: int = expect(await amoot.call(f"{kind}Create", URLAddress=url), "success").json[f"{kind}ID"]
    return number


async def keep(amoot: Driver, kind: str, *numbers: int) -> None:
    """Take all addresses away, but some of a kind."""
    await amoot.account(**{**NONE, HELD[kind]: [{"id": each, "url": f"{URL}-{each}"} for each in numbers]})


async def ask_relays(amoot: Driver, kind: str) -> list[tuple[int, bool]]:
    """Give the numbers of the addresses, and whether they are told."""
    return [(row["ID"], row["Active"]) for row in await ask_data(amoot, f"{kind}List")]


@relay_case(
    rule="A registration is answered with a number; the list has the address with its time, in small letters, active.",
    sources=["D, samples"],
    needs=[*ACCOUNTS, *CLOCK],
    choices={"amoot.relay-case": "lower", "amoot.status-format": "name"},
    covers=[
        "amoot.relay-created",
        "amoot.relay-list",
        "amoot.relay-number",
        "amoot.relay-active",
        "amoot.relay-case=lower",
        "amoot.dates-local",
    ],
    kills=["amoot.relay-list-newest-first", "amoot.relay-number-again"],
    rows=KINDS,
)
async def registered(amoot: Driver, kind: str) -> None:
    await amoot.stop_clock(NOON)
    await keep(amoot, kind, 7, 3)
    answer = await amoot.call(f"{kind}Create", URLAddress="HTTP://LocalHost/RelayDelivery?Key=A")

    equal(answer.text, f'{{"Status":"Success","{kind}ID":8}}', "body")
    old = {"EncryptedID": "", "Active": True, "RegDateTime": "0001-01-01T00:00:00"}
    new = {"EncryptedID": "", "Active": True, "RegDateTime": "2031-05-02T12:00:00"}
    rows = [
        {"ID": 7, **old, "URLAddress": f"{URL}-7"},
        {"ID": 3, **old, "URLAddress": f"{URL}-3"},
        {"ID": 8, **new, "URLAddress": "http://localhost/relaydelivery?key=a"},
    ]
    body = orjson.dumps({"Status": "Success", "Data": rows}).decode()
    equal((await amoot.call(f"{kind}List")).text, body, "list")


@relay_case(
    rule="Where that is chosen, an address is listed as it was sent.",
    level=Level.SHOULD,
    needs=ACCOUNTS,
    choices={"amoot.relay-case": "kept"},
    covers=["amoot.relay-case=kept"],
    rows=KINDS,
)
async def as_sent(amoot: Driver, kind: str) -> None:
    await keep(amoot, kind)
    await register(amoot, kind, "http://LocalHost/RelayDelivery")

    (row,) = await ask_data(amoot, f"{kind}List")
    equal(row["URLAddress"], "http://LocalHost/RelayDelivery", "address")


@relay_case(
    rule="An address is taken once, whatever the case of its letters; the other kind has a list of its own.",
    sources=["D, samples"],
    needs=ACCOUNTS,
    sends=2,
    covers=["amoot.relay-duplicate", "amoot.relay-kinds", "amoot:url_address_duplicate"],
    kills=["amoot.relay-kinds-mixed", "amoot.relay-duplicate-by-case"],
    rows={DELIVERY: (DELIVERY, RECEIVE), RECEIVE: (RECEIVE, DELIVERY)},
)
async def once(amoot: Driver, kind: str, other: str) -> None:
    await keep(amoot, kind)
    number = await register(amoot, kind, f"{URL}/a")
    again = expect(await amoot.call(f"{kind}Create", URLAddress=f"{URL}/A"), "url_address_duplicate")

    equal(again.json[f"{kind}ID"], 0, "number")
    equal(await ask_relays(amoot, other), [], "the other list")
    equal(await register(amoot, other, f"{URL}/a"), 1, "number in the other list")
    equal(await ask_relays(amoot, kind), [(number, True)], "list")


@relay_case(
    rule="What is missing or no address of http or https is refused, and so is one with a user name or too long.",
    sources=["S, status table, 20", "D, parameter table"],
    tier=Tier.NOTHING,
    choices={"amoot.relay-address": "failed"},
    covers=["amoot.relay-empty", "amoot.relay-address=failed", "amoot:url_address_empty"],
    rows={
        f"{kind}-{row}": (kind, *values)
        for kind in KINDS
        for row, values in {
            "missing": (None, "url_address_empty"),
            "empty": ("", "url_address_empty"),
            "ftp": ("ftp://127.0.0.1/relay", "failed"),
            "file": ("file:///etc/hosts", "failed"),
            "no-scheme": ("127.0.0.1:9/relay", "failed"),
            "no-host": ("http:///relay", "failed"),
            "port": ("http://127.0.0.1:99999/relay", "failed"),
            "blank": ("http://127.0.0.1/a b", "failed"),
            "user": ("http://user@127.0.0.1/relay", "failed"),
            "password": ("http://user:x@127.0.0.1/relay", "failed"),
            "brackets": ("http://[::1/relay", "failed"),
            "long": (f"{URL}/{'a' * (2000 - len(URL))}", "failed"),
        }.items()
    },
)
async def wrong(amoot: Driver, kind: str, url: str | None, outcome: str) -> None:
    answer = expect(await amoot.call(f"{kind}Create", URLAddress=url), outcome)

    equal(answer.json[f"{kind}ID"], 0, "number")


@relay_case(
    rule="An address of 2,000 characters is taken, and so is one of IPv6, or with a port and a query.",
    level=Level.SHOULD,
    needs=ACCOUNTS,
    covers=["amoot.relay-address"],
    rows={
        "long": (f"{URL}/{'a' * (1999 - len(URL))}",),
        "ipv6": ("http://[::1]:9/relay",),
        "query": ("https://127.0.0.1:9/?a=b&c=d",),
    },
)
async def taken(amoot: Driver, url: str) -> None:
    await keep(amoot, DELIVERY)
    await register(amoot, DELIVERY, url)

    (row,) = await ask_data(amoot, f"{DELIVERY}List")
    equal(row["URLAddress"], url, "address")


@relay_case(
    rule="Twenty addresses of a kind are kept; one more is refused with Failed, and one that is there as a duplicate.",
    level=Level.SHOULD,
    needs=ACCOUNTS,
    sends=1,
    covers=["amoot.relay-full"],
    kills=["amoot.relay-nineteen"],
    rows=KINDS,
)
async def full(amoot: Driver, kind: str) -> None:
    await keep(amoot, kind, *range(1, 20))
    await register(amoot, kind, f"{URL}-20")

    expect(await amoot.call(f"{kind}Create", URLAddress=f"{URL}-21"), "failed")
    expect(await amoot.call(f"{kind}Create", URLAddress=f"{URL}-20"), "url_address_duplicate")
    equal(len(await ask_relays(amoot, kind)), 20, "addresses")


@relay_case(
    rule="SetActive switches one address off and on; the whole answer is the name of a status as a JSON text.",
    sources=["D, samples", "W"],
    needs=ACCOUNTS,
    sends=4,
    choices={"amoot.status-format": "name"},
    covers=["amoot.relay-active", "amoot.relay-bool"],
    kills=["amoot.relay-all-switched", "amoot.relay-answer-object", "amoot.relay-bool-of-json"],
    rows=KINDS,
)
async def switched(amoot: Driver, kind: str) -> None:
    await keep(amoot, kind, 1, 2)
    seen = []
    for active in ("false", "True", False, True, "", "1", "0", None, "1", "no"):
        answer = await amoot.call(f"{kind}SetActive", **{f"{kind}ID": "2", "Active": active})
        equal(answer.text, '"Success"', "body")
        seen.append(await ask_relays(amoot, kind))

    states = (False, True, False, True, False, True, False, False, True, False)
    equal(seen, [[(1, True), (2, each)] for each in states], "addresses")


async def check_unknown(amoot: Driver, kind: str, number: Any, outcome: str) -> None:
    await keep(amoot, kind, 1)
    fields = amoot.fields(f"{kind}SetActive", {f"{kind}ID": number, "Active": "false"})
    expect(await amoot.request(f"{kind}SetActive", fields, body_as=JSON), outcome)

    equal(await ask_relays(amoot, kind), [(1, True)], "addresses")


@relay_case(
    rule="A number that is missing, of no address or no number is answered with Failed.",
    sources=["D, Failed"],
    tier=Tier.NOTHING,
    needs=ACCOUNTS,
    choices=NOT_KNOWN,
    covers=["amoot.relay-unknown=failed"],
    rows={
        f"{kind}-{row}": (kind, number)
        for kind in KINDS
        for row, number in {"unknown": "2", "missing": None, "zero": 0, "text": "abc", "below": -1}.items()
    },
)
async def unknown(amoot: Driver, kind: str, number: Any) -> None:
    await check_unknown(amoot, kind, number, "failed")


@relay_case(
    rule="Where that is chosen, such a number is answered with the status that the table has for it.",
    sources=["S, status table, 118 and 119"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=ACCOUNTS,
    choices={"amoot.relay-unknown": "id-invalid"},
    covers=[
        "amoot.relay-unknown=id-invalid",
        "amoot:relay_message_delivery_id_invalid",
        "amoot:relay_recieve_message_id_invalid",
    ],
    rows={
        DELIVERY: (DELIVERY, "2", "relay_message_delivery_id_invalid"),
        RECEIVE: (RECEIVE, None, "relay_recieve_message_id_invalid"),
    },
)
async def unknown_by_table(amoot: Driver, kind: str, number: Any, outcome: str) -> None:
    await check_unknown(amoot, kind, number, outcome)


@relay_case(
    rule="A refusal of SetActive is the name of its status alone, and of a registration its status with 0.",
    sources=["D, samples"],
    tier=Tier.NOTHING,
    choices={"amoot.status-format": "name"},
    covers=["amoot.relay-created", "amoot.relay-active", "amoot.refusal-shape"],
    kills=["amoot.relay-answer-object"],
    rows=KINDS,
)
async def refused(amoot: Driver, kind: str) -> None:
    bad: Mapping[str, Any] = {"Token": "wrong"}

    matches((await amoot.call(f"{kind}SetActive", **bad)).text, '"Token_Invalid"', "body")
    matches((await amoot.call(f"{kind}Create", **bad)).text, rf'\{{"Status":"Token_Invalid","{kind}ID":0\}}', "body")
