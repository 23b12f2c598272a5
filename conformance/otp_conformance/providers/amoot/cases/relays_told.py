"""What the relays are told: when, of what, and how often."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import orjson

from otp_conformance.callbacks import NOBODY_LISTENS, listen, wait_for_callbacks
from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.good_calls import good_fields
from otp_conformance.providers.amoot.steps import NOON, ask_data, let_arrive
from otp_conformance.rooms import spec_of

told_case = partial(case, "amoot", "relays told")

NEEDS = [Feature.ACCOUNTS, Feature.CLOCK, Feature.CALLBACKS, Feature.MESSAGES]
INCOMING = [*NEEDS, Feature.RENTALS]
AS_FORM = {"amoot.relay-body": "form", "amoot.relay-names": "service"}
ONCE = {"amoot.relay-retries": "none"}
TIME = "2031-05-02T12:00:00"
SENDS = [each.name for each in spec_of("amoot").operations if each.role == "send" and each.method == "POST"]
KINDS = {"delivery": ("delivery_relays",), "incoming": ("receive_relays",)}


async def take_relays(amoot: Driver, held: str, *urls: str) -> None:
    """Stop the clock, and let addresses be told."""
    await amoot.stop_clock(NOON)
    await amoot.account(**{held: [{"id": number, "url": url} for number, url in enumerate(urls, 1)]})


async def let_tell(amoot: Driver, held: str) -> dict[str, Any]:
    """Let a message of the kind be told of, and give the fields that are expected."""
    if held == "delivery_relays":
        (row,) = await ask_data(amoot, "SendSimple", LineNumber="service")
        await amoot.advance("1s")
        number, line = str(row["MessageID"]), "Service"
        return {
            "MessageID": number,
            "DeliveryType": "1",
            "Mobile": "9120000000",
            "LineNumber": line,
            "SendDateTime": TIME,
        }
    await let_arrive(amoot, "سلام & 4821")
    (row,) = await ask_data(amoot, "RecieveMessages")
    return {**row, "ReceiveMessageID": str(row["ReceiveMessageID"])}


def form_of(sent: Mapping[str, Any]) -> dict[str, str]:
    """Give the fields of a form that was sent, in their order."""
    return dict(parse_qsl(sent["attempts"][0]["request"]["body"], keep_blank_values=True, strict_parsing=True))


@told_case(
    rule="A message is posted as a form with the names of the service: number, phone, line, time and type.",
    sources=["D, by POST", "W, names"],
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=INCOMING,
    choices={**AS_FORM, **ONCE},
    covers=["amoot.relay-post", "amoot.relay-fields", "amoot.relay-body=form", "amoot.relay-names=service"],
    kills=["amoot.relay-line-as-sent"],
    rows=KINDS,
)
async def body(amoot: Driver, held: str) -> None:
    await take_relays(amoot, held, NOBODY_LISTENS)
    expected = await let_tell(amoot, held)

    (sent,) = await wait_for_callbacks(amoot)
    request = sent["attempts"][0]["request"]
    equal(list(form_of(sent).items()), list(expected.items()), "fields")
    equal((request["method"], request["url"]), ("POST", NOBODY_LISTENS), "method and address")
    matches(request["headers"].get("Content-Type"), "application/x-www-form-urlencoded", "content type")


@told_case(
    rule="Where that is chosen, it is a JSON object, with the number and the type as numbers.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=INCOMING,
    choices={"amoot.relay-body": "json", "amoot.relay-names": "service", **ONCE},
    covers=["amoot.relay-body=json"],
    rows=KINDS,
)
async def json_body(amoot: Driver, held: str) -> None:
    await take_relays(amoot, held, NOBODY_LISTENS)
    expected = await let_tell(amoot, held)

    (sent,) = await wait_for_callbacks(amoot)
    numbers = {name: int(value) for name, value in expected.items() if name.endswith(("MessageID", "Type"))}
    request = sent["attempts"][0]["request"]
    equal(request["body"], orjson.dumps({**expected, **numbers}).decode(), "body")
    matches(request["headers"].get("Content-Type"), "application/json; ?charset=utf-8", "content type")


@told_case(
    rule="Where that is chosen, the fields have shorter names.",
    sources=["C, two clients"],
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=INCOMING,
    choices={"amoot.relay-body": "form", "amoot.relay-names": "short", **ONCE},
    covers=["amoot.relay-names=short"],
    rows={
        "delivery": ("delivery_relays", ["MessageID", "Status", "Mobile", "LineNumber", "SendDateTime"]),
        "incoming": ("receive_relays", ["MessageID", "Mobile", "LineNumber", "Text", "RecieveDateTime"]),
    },
)
async def short_names(amoot: Driver, held: str, names: list[str]) -> None:
    await take_relays(amoot, held, NOBODY_LISTENS)
    expected = await let_tell(amoot, held)

    (sent,) = await wait_for_callbacks(amoot)
    equal(list(form_of(sent).items()), list(zip(names, expected.values(), strict=True)), "fields")


@told_case(
    rule="A delivery is told when its fate is known, once, with its type; nothing before, and nothing after.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=NEEDS,
    choices={**AS_FORM, **ONCE, "amoot.black-list": "delivered-as-black-listed"},
    covers=["amoot.relay-final", "amoot.relay-fields", "amoot.relay-retries=none"],
    kills=["amoot.relay-twice", "amoot.relay-received-only"],
    rows={
        "received": ({}, None, "1"),
        "queued": ({"SendDateTime": "2031-05-02 13:00:00"}, None, "1"),
        "failed": ({}, "failed", "2"),
        "rejected": ({}, "rejected", "35"),
        "black-listed": ({"Mobiles": "9150000000"}, None, "35"),
    },
)
async def when_known(amoot: Driver, changes: Mapping[str, Any], state: str | None, expected: str) -> None:
    await take_relays(amoot, "delivery_relays", NOBODY_LISTENS)
    await amoot.account(black_list=["9150000000"])
    (row,) = await ask_data(amoot, "SendSimple", **changes)
    if "SendDateTime" in changes:
        await amoot.advance("1h")
    if state is None:
        await amoot.advance("999ms")
        equal(await wait_for_callbacks(amoot, 0), [], "requests before")
        await amoot.advance("1ms")
    else:
        await amoot.bring_into(state, row["MessageID"])
    await wait_for_callbacks(amoot)
    await amoot.advance("24h")
    told = await wait_for_callbacks(amoot)

    equal([(form_of(each)["DeliveryType"], len(each["attempts"])) for each in told], [(expected, 1)], "types, attempts")


@told_case(
    rule="The messages of all methods that send are told of, each by a request of its own.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=NEEDS,
    choices={**AS_FORM, **ONCE},
    covers=["amoot.relay-every-send", "amoot.relay-post"],
    kills=["amoot.relay-texts-alone"],
    rows={name: (name,) for name in SENDS},
)
async def every_send(amoot: Driver, name: str) -> None:
    await take_relays(amoot, "delivery_relays", NOBODY_LISTENS)
    two = {"Mobiles": "9120000000,9150000000"} if "Mobiles" in good_fields(spec_of("amoot"), name) else {}
    expect(await amoot.call(name, **two), "success")
    numbers = [each["id"] for each in await amoot.messages()]
    await amoot.advance("1s")

    told = await wait_for_callbacks(amoot, len(numbers))
    equal(sorted(form_of(each)["MessageID"] for each in told), sorted(numbers), "numbers of messages")


@told_case(
    rule="Each active address is told; one that was switched off is not, and those of the other kind are not.",
    sources=["D, parameter table"],
    tier=Tier.WAITS,
    needs=INCOMING,
    choices={**AS_FORM, **ONCE},
    covers=["amoot.relay-post", "amoot.relay-inactive", "amoot.relay-kinds"],
    kills=["amoot.relay-inactive-told", "amoot.relay-first-alone"],
    rows={
        "delivery": ("delivery_relays", "RelayMessageDelivery", "receive_relays"),
        "incoming": ("receive_relays", "RelayRecieveMessage", "delivery_relays"),
    },
)
async def active(amoot: Driver, held: str, kind: str, other: str) -> None:
    await take_relays(amoot, other, f"{NOBODY_LISTENS}other")
    await take_relays(amoot, held, *(f"{NOBODY_LISTENS}{place}" for place in ("first", "second", "third")))
    expect(await amoot.call(f"{kind}SetActive", **{f"{kind}ID": "2", "Active": "false"}), "success")
    await let_tell(amoot, held)

    told = [each["url"] for each in await wait_for_callbacks(amoot, 2)]
    equal(sorted(told), [f"{NOBODY_LISTENS}first", f"{NOBODY_LISTENS}third"], "addresses")


@told_case(
    rule="Where it is tried again, it is sent three times more, a minute apart, and then given up.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=NEEDS,
    choices={"amoot.relay-retries": "three"},
    covers=["amoot.relay-retries=three"],
)
async def retries(amoot: Driver) -> None:
    await take_relays(amoot, "delivery_relays", NOBODY_LISTENS)
    await let_tell(amoot, "delivery_relays")
    seen = []
    for attempts in (1, 2, 3, 4):
        await amoot.advance("0s" if attempts == 1 else "1ms")
        (sent,) = await wait_for_callbacks(amoot, attempts)
        await amoot.advance("59999ms")
        (later,) = await wait_for_callbacks(amoot, attempts)
        seen.append((len(sent["attempts"]), len(later["attempts"]), sent["state"]))
    await amoot.advance("24h")
    (sent,) = await wait_for_callbacks(amoot, 4)

    equal(seen, [(1, 1, "pending"), (2, 2, "pending"), (3, 3, "pending"), (4, 4, "failed")], "attempts and states")
    equal(len(sent["attempts"]), 4, "attempts in all")


@told_case(
    rule="Any 2xx accepts it, whatever the body; anything else does not. Nothing is signed.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=INCOMING,
    choices={"amoot.relay-retries": "three"},
    covers=["amoot.relay-accepted", "amoot.relay-unsigned", "amoot.relay-retries=three"],
    rows={
        "200": ("delivery_relays", 200, True),
        "204": ("receive_relays", 204, True),
        "299": ("delivery_relays", 299, True),
        "301": ("receive_relays", 301, False),
        "500": ("delivery_relays", 500, False),
    },
)
async def accepted(amoot: Driver, held: str, status: int, holds: bool) -> None:  # noqa: FBT001  (a row's value)
    async with listen("/relay", status) as (url, came):
        await take_relays(amoot, held, url)
        await let_tell(amoot, held)
        await wait_for_callbacks(amoot)
        await amoot.advance("60s")
        (sent,) = await wait_for_callbacks(amoot, 1 if holds else 2)

        equal(len(came), 1 if holds else 2, "requests")
        equal(sent["state"], "done" if holds else "pending", "state")
        for request, _ in came:
            equal((request.method, request.path_qs), ("POST", "/relay"), "method and path")
            found = [name for name in request.headers if re.search("sign|secret|auth|token", name, re.IGNORECASE)]
            equal(found, [], "headers that sign")
