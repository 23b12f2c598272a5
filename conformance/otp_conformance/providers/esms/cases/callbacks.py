"""The delivery callback of eSMS: what it tells, to whom, and how often it is tried."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from otp_conformance.callbacks import NOBODY_LISTENS, list_callbacks, listen
from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, true
from otp_conformance.providers.esms.names import GENCODE, GENCODE_V5, GET_SEND, JSON_SEND, XML_SEND
from otp_conformance.providers.esms.steps import MOVED, NOON, VOICE, fields_of, multi, send_message, sms_id_of

callback_case = partial(case, "esms", "callback")

NEEDS = [*MOVED, Feature.CALLBACKS]
ODD_ID = "a/b c&d"
TELLING = {name: (name,) for name in (JSON_SEND, GET_SEND, XML_SEND)}
COMMON = ["esms.callback", "esms.callback-members", "esms.callback-price", "esms.callback-request-id"]


def write_query(sms_id: str, state: str, price: str, request_id: str = "", kind: int = 2) -> str:
    """Write the query of the callback of a message to the phone of the samples, up to the phone."""
    failed, success = (0, 1) if state == "delivered" else (1, 0)
    return (
        f"SMSID={sms_id}&SendFailed={failed}&SendStatus={4 if state == 'rejected' else 5}&SendSuccess={success}"
        f"&TotalPrice={price}&TotalReceiver=1&TotalSent=1&RequestId={request_id}&TypeId={kind}&telcoid=2"
        "&phonenumber=0901888484"
    )


@callback_case(
    rule="The final state of a customer-care message is told with the published fields, in their order and spelling.",
    needs=NEEDS,
    covers=[*COMMON, "esms.callback-switch"],
    kills=[
        "esms.callback-never",
        "esms.callback-order",
        "esms.callback-short-price",
        "esms.callback-no-switch",
        "esms.callback-no-request-id",
    ],
    rows={name: (name,) for name in TELLING},
)
async def success_is_told(esms: Driver, name: str) -> None:
    sms_id = await send_message(esms, name, CallbackUrl=NOBODY_LISTENS)
    await esms.advance("2s")

    (callback,) = await list_callbacks(esms)
    equal(callback["url"], f"{NOBODY_LISTENS}?{write_query(sms_id, 'delivered', '850.0000')}&switchsmsid=", "address")


@callback_case(
    rule="A failure is told with no success and a price of zero; each state that follows another is told as well.",
    sources=["V2, callback page, customer-care sample"],
    needs=NEEDS,
    covers=[*COMMON, "esms.accepted-not-delivered"],
    kills=["esms.callback-failure-priced", "esms.callback-failure-silent"],
)
async def failures_are_told(esms: Driver) -> None:
    sms_id = await send_message(esms, CallbackUrl=NOBODY_LISTENS, RequestId="a-1")
    states = ("failed", "rejected", "delivered")
    for state in states:
        await esms.bring_into(state, sms_id)

    prices = {"failed": "0.0000", "rejected": "0.0000", "delivered": "850.0000"}
    expected = [f"{NOBODY_LISTENS}?{write_query(sms_id, state, prices[state], 'a-1')}&switchsmsid=" for state in states]
    equal([each["url"] for each in await list_callbacks(esms)], expected, "addresses")


async def tell_odd_id(esms: Driver) -> dict[str, Any]:
    """Send a message whose RequestId has to be encoded in an address; give the callback."""
    sms_id = await send_message(esms, CallbackUrl=NOBODY_LISTENS, RequestId=ODD_ID)
    await esms.bring_into("failed", sms_id)
    return (await list_callbacks(esms))[0]


@callback_case(
    rule="A RequestId comes back as it was sent, whatever is in it.",
    level=Level.SHOULD,
    needs=NEEDS,
    covers=["esms.callback-request-id"],
    kills=["esms.callback-undecodable-id"],
)
async def odd_id_is_told(esms: Driver) -> None:
    equal(dict(fields_of(await tell_odd_id(esms)))["RequestId"], ODD_ID, "RequestId")


@callback_case(
    rule="In the address of a callback a blank is %20, and everything reserved is encoded.",
    level=Level.NOTE,
    needs=NEEDS,
    covers=["esms.callback-request-id"],
    kills=["esms.callback-plus"],
)
async def odd_id_is_encoded(esms: Driver) -> None:
    true("&RequestId=a%2Fb%20c%26d&" in (await tell_odd_id(esms))["url"], "RequestId=a%2Fb%20c%26d")


@callback_case(
    rule="The callback of a call has its own type, and ends with the phone.",
    level=Level.SHOULD,
    needs=NEEDS,
    covers=["esms.callback-type", "esms.callback-switch"],
    kills=["esms.callback-constant-type", "esms.callback-switch-always"],
)
async def call_is_told(esms: Driver) -> None:
    sms_id = await send_message(esms, **VOICE, CallbackUrl=NOBODY_LISTENS)
    await esms.advance("2s")

    (callback,) = await list_callbacks(esms)
    equal(callback["url"], f"{NOBODY_LISTENS}?{write_query(sms_id, 'delivered', '850.0000', kind=8)}", "address")


@callback_case(
    rule="The callback of a Zalo message ends with Zalo's id, what Zalo says, the Official Account and the template.",
    needs=NEEDS,
    covers=["esms.callback-zalo", "esms.callback-members", "esms.callback-type"],
    kills=["esms.callback-no-zalo", "esms.callback-constant-type"],
)
async def zalo_is_told(esms: Driver) -> None:
    sms_id = sms_id_of(await multi(esms, {"CallbackUrl": NOBODY_LISTENS}))
    await esms.bring_into("failed", sms_id)

    (callback,) = await list_callbacks(esms)
    found = fields_of(callback)
    names = ["SMSID", "SendFailed", "SendStatus", "SendSuccess", "TotalPrice", "TotalReceiver", "TotalSent"]
    names += ["RequestId", "TypeId", "telcoid", "phonenumber", "partnerids", "error_info", "oaid", "tempid"]
    equal([name for name, _ in found], names, "fields")
    held = dict(found)
    equal((held["TypeId"], held["oaid"], held["tempid"]), ("25", "4097311281936189049", "205644"), "Zalo's fields")
    true('\\"error\\":-114' in held["error_info"], "Zalo's error", held["error_info"])


@callback_case(
    rule="Nobody is told of what is not final, of messages without an address, or of GENCODE.",
    level=Level.SHOULD,
    needs=NEEDS,
    sends=5,
    covers=["esms.no-callback", "esms.callback"],
    kills=["esms.callback-when-sent"],
)
async def nobody_is_told(esms: Driver) -> None:
    later = "2099-01-01 00:00:00"
    await send_message(esms, CallbackUrl=NOBODY_LISTENS, SendDate=later)
    for name in (GENCODE, GENCODE_V5):
        await send_message(esms, name, CallbackUrl=NOBODY_LISTENS)
    sms_id = await send_message(esms)
    await esms.advance("5s")
    await esms.bring_into("failed", sms_id)
    sms_id = await send_message(esms, CallbackUrl=NOBODY_LISTENS)
    await esms.bring_into("sent", sms_id)

    equal(await list_callbacks(esms), [], "callbacks")


@callback_case(
    rule="The address is called as it is, whatever its scheme; the fields are added to the query that it has.",
    level=Level.SHOULD,
    needs=NEEDS,
    covers=["esms.callback-scheme", "esms.callback-existing-query"],
    kills=["esms.callback-second-question", "esms.callback-https"],
    rows={
        "http": (NOBODY_LISTENS, f"{NOBODY_LISTENS}?SMSID="),
        "https": ("https://127.0.0.1:9/a", "https://127.0.0.1:9/a?SMSID="),
        "query": (f"{NOBODY_LISTENS}?shop=1", f"{NOBODY_LISTENS}?shop=1&SMSID="),
    },
)
async def address_is_kept(esms: Driver, address: str, begin: str) -> None:
    await send_message(esms, CallbackUrl=address)
    await esms.advance("2s")

    (callback,) = await list_callbacks(esms)
    true(callback["url"].startswith(begin), f"an address that begins with {begin}", callback["url"])


@callback_case(
    rule="The receiver gets a GET with everything in the query, without body and without any signature.",
    needs=NEEDS,
    covers=["esms.callback", "esms.callback-unsigned"],
    kills=["esms.callback-post", "esms.callback-signed"],
)
async def received(esms: Driver) -> None:
    async with listen("/webhook/") as (url, came):
        sms_id = await send_message(esms, CallbackUrl=url)
        await esms.advance("2s")
        await list_callbacks(esms)

    ((request, text),) = came
    equal((request.method, request.path, text), ("GET", "/webhook/", ""), "method, path and body")
    equal(request.query_string, f"{write_query(sms_id, 'delivered', '850.0000')}&switchsmsid=", "query")
    secrets = [name for name in request.headers if re.search("sign|secret|auth|token|hmac", name, re.IGNORECASE)]
    true(not secrets, "no signature", secrets)


@callback_case(
    rule="A callback without an answer is tried five times more, and then given up.",
    tier=Tier.WAITS,
    needs=NEEDS,
    covers=["esms.callback-retries"],
    kills=["esms.callback-once", "esms.callback-four-retries"],
)
async def retries(esms: Driver) -> None:
    await send_message(esms, CallbackUrl=NOBODY_LISTENS)
    await esms.advance("24h")

    (callback,) = await list_callbacks(esms)
    equal((len(callback["attempts"]), callback["state"]), (6, "failed"), "attempts and state")
    equal(len({each["request"]["url"] for each in callback["attempts"]}), 1, "different addresses")


@callback_case(
    rule="It is tried again half a minute after each attempt: the sandbox's own figure, as no source has one.",
    level=Level.NOTE,
    tier=Tier.WAITS,
    needs=NEEDS,
    covers=["esms.callback-intervals"],
)
async def intervals(esms: Driver) -> None:
    await esms.stop_clock(NOON)
    await send_message(esms, CallbackUrl=NOBODY_LISTENS)
    seen = []
    for by in ("1s", "29999ms", "1ms", "29999ms", "1ms"):
        await esms.advance(by)
        seen += [len(each["attempts"]) for each in await list_callbacks(esms)]

    equal(seen, [1, 1, 2, 2, 3], "attempts")


@callback_case(
    rule="A callback that gets any answer is not tried again.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=NEEDS,
    covers=["esms.callback-any-answer", "esms.callback"],
    kills=["esms.callback-until-accepted"],
    rows={"200": (200,), "204": (204,), "302": (302,), "404": (404,), "500": (500,)},
)
async def any_answer(esms: Driver, status: int) -> None:
    async with listen("/webhook/", status) as (url, came):
        await send_message(esms, CallbackUrl=url)
        await esms.advance("2s")
        await list_callbacks(esms)
        await esms.advance("24h")

        equal(len(came), 1, "requests")
