"""The callback: what is posted when a rental ends, when, how often, and to whom."""

from __future__ import annotations

import re
from functools import partial

from otp_conformance.callbacks import NOBODY_LISTENS, listen, wait_for_callbacks
from otp_conformance.case import Feature, Level, Tier
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches, true
from otp_conformance.providers.thuesim.steps import (
    ARRIVALS,
    CLOCK,
    NUMBERS,
    Rental,
    let_call_arrive,
    let_text_arrive,
    read_code,
    rent,
    service,
    take_time,
    wire_case,
)

callback_case = partial(wire_case, "thuesim", "callback")

NEEDS = [*ARRIVALS, Feature.CLOCK, Feature.CALLBACKS]
ONCE = {"thuesim.callback-retries": "none"}


async def end_rental(thuesim: Driver, how: str, server: str = "01") -> Rental:
    """Rent a number and let a message, a call or nothing come."""
    rental = await rent(thuesim, serviceId=f"{server}.4")
    if how == "message":
        await let_text_arrive(thuesim, rental, "059809 la ma")
    elif how == "call":
        await let_call_arrive(thuesim, rental)
    else:
        await thuesim.advance("300s")
    return rental


@callback_case(
    rule="The result is one object data: status as number, the full id, code, text or recording, and isSound as text.",
    needs=NEEDS,
    choices=NUMBERS,
    covers=[
        "thuesim.callback-setup",
        "thuesim.callback-post",
        "thuesim.callback-body",
        "thuesim.callback-types",
        "thuesim.callback-status",
        "thuesim.callback-request-id",
        "thuesim.callback-sound",
    ],
    kills=["thuesim.callback-bare-id", "thuesim.callback-sound-boolean", "thuesim.callback-twice"],
    rows={"message": ("message", "059809 la ma", "false"), "call": ("call", None, "true")},
)
async def callback_body(thuesim: Driver, how: str, text: str | None, sound: str) -> None:
    await take_time(thuesim, callback_url=NOBODY_LISTENS, services=[service(4, "10", SERVICE_NAME="Yahoo")])
    rental = await end_rental(thuesim, how, "10")

    (sent,) = await wait_for_callbacks(thuesim)

    text = text or (await read_code(thuesim, rental)).json["Result"]["CallFile"]
    told = f'"requestId":"{rental.id}","code":"059809","smsContent":"{text}","isSound":"{sound}"'
    request = sent["attempts"][0]["request"]
    equal(request["body"], f'{{"data":{{"status":1,{told}}}}}', "body")
    equal((sent["url"], sent["event"]), (NOBODY_LISTENS, "done"), "url and event")
    equal((request["method"], request["url"]), ("POST", NOBODY_LISTENS), "method and address")
    matches(request["headers"].get("Content-Type"), "application/json(; ?charset=utf-8)?", "content type")


async def expired_body(thuesim: Driver, nothing: str) -> None:
    """Let a rental expire, and look at what is posted."""
    await take_time(thuesim, callback_url=NOBODY_LISTENS)
    rental = await end_rental(thuesim, "nothing")

    (sent,) = await wait_for_callbacks(thuesim)

    told = f'"requestId":"{rental.id}","code":{nothing},"smsContent":{nothing},"isSound":"false"'
    equal(sent["attempts"][0]["request"]["body"], f'{{"data":{{"status":2,{told}}}}}', "body")
    equal((sent["url"], sent["event"], sent["state"]), (NOBODY_LISTENS, "expired", "failed"), "url, event and state")


@callback_case(
    rule="An expired rental has status 2, and nothing is told as empty text.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=NEEDS,
    choices={"thuesim.callback-empty": "empty", **ONCE},
    covers=["thuesim.callback-empty=empty", "thuesim.callback-status", "thuesim.callback-retries=none"],
    kills=["thuesim.callback-bare-id", "thuesim.callback-sound-boolean"],
)
async def empties(thuesim: Driver) -> None:
    await expired_body(thuesim, '""')


@callback_case(
    rule="Where nothing is told as null, code and smsContent of an expired rental are null.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=NEEDS,
    choices={"thuesim.callback-empty": "null", **ONCE},
    covers=["thuesim.callback-empty=null"],
)
async def nulls(thuesim: Driver) -> None:
    await expired_body(thuesim, "null")


@callback_case(
    rule="Nothing is sent while a rental waits, one callback when it ends, and none ever after.",
    sources=["S, fields of callback"],
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=NEEDS,
    choices={**ONCE, **NUMBERS},
    covers=["thuesim.callback-never-waiting", "thuesim.callback-once", "thuesim.callback-retries=none"],
    kills=["thuesim.callback-twice"],
    rows={"message": ("message",), "call": ("call",), "expired": ("nothing",)},
)
async def once(thuesim: Driver, how: str) -> None:
    await take_time(thuesim, callback_url=NOBODY_LISTENS)
    waiting = await rent(thuesim, serviceId="02.97")
    await thuesim.advance("299s")
    expect(await read_code(thuesim, waiting), "waiting_for_message")
    equal(await wait_for_callbacks(thuesim, 0), [], "callbacks while it waits")
    await let_text_arrive(thuesim, waiting)
    await wait_for_callbacks(thuesim)

    rental = await end_rental(thuesim, how)
    await wait_for_callbacks(thuesim, 2)
    for by in ("0s", "301s", "720h"):
        await thuesim.advance(by)
        await read_code(thuesim, rental)

    equal([len(each["attempts"]) for each in await wait_for_callbacks(thuesim, 2)], [1, 1], "attempts of each callback")


@callback_case(
    rule="Without an address nothing is posted; with one, each result goes to the address that is set when it comes.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=NEEDS,
    sends=3,
    covers=["thuesim.callback-setup", "thuesim.callback-one-url"],
)
async def one_address(thuesim: Driver) -> None:
    await take_time(thuesim)
    await end_rental(thuesim, "message")
    await end_rental(thuesim, "nothing")
    equal(await wait_for_callbacks(thuesim, 0), [], "callbacks without an address")

    for place in ("first", "second"):
        await thuesim.account(callback_url=f"{NOBODY_LISTENS}{place}")
        await end_rental(thuesim, "message")

    urls = [each["url"] for each in await wait_for_callbacks(thuesim, 2)]
    equal(urls, [f"{NOBODY_LISTENS}first", f"{NOBODY_LISTENS}second"], "addresses")


@callback_case(
    rule="Where it is tried again, it is sent three times more, a minute apart, and then given up.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=NEEDS,
    choices={"thuesim.callback-retries": "three"},
    covers=["thuesim.callback-retries=three"],
)
async def retries(thuesim: Driver) -> None:
    await thuesim.stop_clock("2031-05-02T05:00:00Z")
    await take_time(thuesim, callback_url=NOBODY_LISTENS)
    await end_rental(thuesim, "message")
    seen = []
    for attempts in (1, 2, 3, 4):
        await thuesim.advance("0s" if attempts == 1 else "1ms")
        (sent,) = await wait_for_callbacks(thuesim, attempts)
        await thuesim.advance("59999ms")
        (later,) = await wait_for_callbacks(thuesim, attempts)
        seen.append((len(sent["attempts"]), len(later["attempts"]), sent["state"]))
    await thuesim.advance("24h")
    (sent,) = await wait_for_callbacks(thuesim, 4)

    equal(seen, [(1, 1, "pending"), (2, 2, "pending"), (3, 3, "pending"), (4, 4, "failed")], "attempts and states")
    equal(len(sent["attempts"]), 4, "attempts in all")
    equal(len({each["request"]["body"] for each in sent["attempts"]}), 1, "different bodies")


@callback_case(
    rule="Any 2xx accepts a callback, and then it is not sent again; anything else does not accept it.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=NEEDS,
    choices={"thuesim.callback-retries": "three"},
    covers=["thuesim.callback-accepted", "thuesim.callback-retries=three"],
    rows={
        "200": (200, True),
        "204": (204, True),
        "299": (299, True),
        "301": (301, False),
        "404": (404, False),
        "500": (500, False),
    },
)
async def accepted(thuesim: Driver, status: int, holds: bool) -> None:  # noqa: FBT001  (a column of the table)
    async with listen("/otp/result", status) as (url, came):
        await take_time(thuesim, callback_url=url)
        await end_rental(thuesim, "message")
        await wait_for_callbacks(thuesim)
        await thuesim.advance("60s")
        (sent,) = await wait_for_callbacks(thuesim, 1 if holds else 2)

        equal(len(came), 1 if holds else 2, "requests")
        equal(sent["state"], "done" if holds else "pending", "state")


@callback_case(
    rule="The receiver gets a POST of JSON without any signature; reading the code works as before.",
    sources=["S, text of callback", "S, sample of callback"],
    tier=Tier.WAITS,
    needs=[*NEEDS, *CLOCK],
    sends=2,
    choices=NUMBERS,
    covers=[
        "thuesim.callback-post",
        "thuesim.callback-body",
        "thuesim.callback-status",
        "thuesim.callback-unsigned",
        "thuesim.callback-and-polling",
        "thuesim:code_received",
        "thuesim:rental_expired",
    ],
    kills=["thuesim.callback-bare-id", "thuesim.callback-sound-boolean"],
)
async def received(thuesim: Driver) -> None:
    async with listen("/otp/result") as (url, came):
        await take_time(thuesim, callback_url=url)
        done = await end_rental(thuesim, "message")
        await wait_for_callbacks(thuesim)
        expired = await end_rental(thuesim, "nothing")
        await wait_for_callbacks(thuesim, 2)

    told = '{{"data":{{"status":{},"requestId":"{}","code":"{}","smsContent":"{}","isSound":"false"}}}}'
    expected = [told.format(1, done.id, "059809", "059809 la ma"), told.format(2, expired.id, "", "")]
    equal([body for _, body in came], expected, "bodies")
    for request, _ in came:
        equal((request.method, request.path_qs), ("POST", "/otp/result"), "method and path")
        matches(request.headers.get("Content-Type"), "application/json(; ?charset=utf-8)?", "content type")
        secrets = [name for name in request.headers if re.search("sign|secret|auth|token|hmac", name, re.IGNORECASE)]
        true(not secrets, "no signature", secrets)
    expect(await read_code(thuesim, done), "code_received")
    expect(await read_code(thuesim, expired), "rental_expired")
