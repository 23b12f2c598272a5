"""Viber at eSMS: texts, images and buttons to one phone or several, and the query form."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.callbacks import NOBODY_LISTENS, list_callbacks
from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.esms.names import ADVERT, GET_SEND, PHONE, VIBER, many_phones
from otp_conformance.providers.esms.steps import (
    ACCOUNTS,
    MESSAGES,
    MOVED,
    is_duplicate,
    list_refs,
    read_balance,
    read_message,
    send_message,
)

viber_case = partial(case, "esms", "viber")

NAME = "BAT DONG SAN GIA TOT"
IMAGE = "https://example.com/a.png"
BY_GET = {"SmsType": "23", "Brandname": NAME, "Content": ADVERT}
CONTENTS: dict[str, tuple[dict[str, Any], str]] = {
    "text": ({}, ADVERT),
    "button": ({"OttUrl": "https://example.com", "OttLabel": "Xem"}, ADVERT),
    "image-and-button": ({"OttImgUrl": IMAGE, "OttUrl": "x", "OttLabel": "Xem"}, ADVERT),
    "image": ({"Content": None, "OttImgUrl": IMAGE}, IMAGE),
    "lines": ({"Content": "a\r\nb"}, "a\r\nb"),
}


@viber_case(
    rule="A text, an image, and a text with a button are sent by Viber, under the sender name.",
    needs=MESSAGES,
    covers=["esms:accepted", "esms.viber", "esms.viber-content", "esms.viber-button"],
    kills=["esms.viber-as-sms"],
    rows=CONTENTS,
)
async def contents(esms: Driver, changes: dict[str, Any], text: str) -> None:
    sms_id = await send_message(esms, VIBER, **changes)
    held = await read_message(esms, sms_id)

    equal((held["channel"], held["sender"], held["text"]), ("viber", NAME, text), "channel, sender and text")
    equal(await list_refs(esms, SmsType="23"), [sms_id], "SMSIDs of type 23")


@viber_case(
    rule="Several phones have a message each under one SMSID, each is charged, and at most 5000 are taken.",
    level=Level.SHOULD,
    needs=[*MESSAGES, *ACCOUNTS],
    choices={"esms.charging": "on-acceptance"},
    covers=["esms.viber", "esms.viber-recipients", "esms:accepted", "esms:too_many_recipients"],
    rows={"two": (2, "accepted"), "most": (5_000, "accepted"), "too-many": (5_001, "too_many_recipients")},
)
async def several(esms: Driver, number: int, outcome: str) -> None:
    await esms.account(balance=10_000_000, price=850)
    expect(await esms.call(VIBER, Phones=many_phones(number)), outcome)

    equal(await read_balance(esms), 10_000_000 - 850 * number * (outcome == "accepted"), "balance")


@viber_case(
    rule="A sender name for other messages is none for Viber, in the query form too.",
    sources=["V2, page on sender names"],
    tier=Tier.NOTHING,
    covers=["esms.viber-brandname", "esms:brandname_unknown"],
    kills=["esms.viber-any-name"],
    rows={name: (name,) for name in (VIBER, GET_SEND)},
)
async def named_for_it(esms: Driver, name: str) -> None:
    more = BY_GET if name == GET_SEND else {}
    for brandname in ("Baotrixemay", "QC_ONLINE", None):
        expect(await esms.call(name, **{**more, "Brandname": brandname}), "brandname_unknown")


@viber_case(
    rule="The query form sends a Viber message to one phone, whatever text; it costs one price.",
    needs=[*MESSAGES, *ACCOUNTS],
    choices={"esms.charging": "on-acceptance"},
    covers=["esms.viber-by-get", "esms.viber-brandname", "esms.message-types", "esms:accepted"],
    kills=["esms.viber-get-sms"],
)
async def by_get(esms: Driver) -> None:
    await esms.account(balance=850, price=850)
    sms_id = await send_message(esms, GET_SEND, **{**BY_GET, "Content": "x" * 200}, OTTLabel="Xem", OTTUrl="x")
    held = await read_message(esms, sms_id)

    equal((held["channel"], held["sender"]), ("viber", NAME), "channel and sender")
    equal(await read_balance(esms), 0, "balance")


@viber_case(
    rule="A try is neither sent nor charged; its switch has a name of its own.",
    level=Level.SHOULD,
    needs=[*MESSAGES, *ACCOUNTS],
    covers=["esms.sandbox", "esms:accepted"],
    kills=["esms.viber-try-sent"],
)
async def tries(esms: Driver) -> None:
    await esms.account(balance=1_000)
    answer = expect(await esms.call(VIBER, IsSandBox="1"), "accepted")

    equal([each for each in await esms.messages() if each["id"] == answer.json["SMSID"]], [], "messages")
    equal(await read_balance(esms), 1_000, "balance")


@viber_case(
    rule="A RequestId is used up, and refused elsewhere too.",
    level=Level.SHOULD,
    sends=2,
    covers=["esms:duplicate_request", "esms.request-id-scope"],
)
async def request_id(esms: Driver) -> None:
    used = f"viber {esms.mark}"
    expect(await esms.call(VIBER, RequestId=used), "accepted")

    expect(await esms.call(VIBER, RequestId=used), "duplicate_request")
    equal(await is_duplicate(esms, used), True, "a duplicate elsewhere")


@viber_case(
    rule="Each phone is told of by itself, with type 23, carrier and phone.",
    needs=[*MOVED, Feature.CALLBACKS],
    covers=["esms.viber-callback", "esms.callback-type"],
    kills=["esms.callback-constant-type", "esms.callback-never"],
    rows={"json": (VIBER, 2), "query": (GET_SEND, 1)},
)
async def each_is_told(esms: Driver, name: str, number: int) -> None:
    phones = [PHONE, "0918238965"][:number]
    sent = {"Phones": phones} if name == VIBER else BY_GET
    sms_id = await send_message(esms, name, **sent, CallbackUrl=NOBODY_LISTENS)
    await esms.advance("2s")

    begin = f"{NOBODY_LISTENS}?SMSID={sms_id}&SendFailed=0&SendStatus=5&SendSuccess=1&TotalPrice=850.0000"
    begin += "&TotalReceiver=1&TotalSent=1&RequestId=&TypeId=23"
    carriers = {PHONE: 2, "0918238965": 3}
    wanted = {f"{begin}&telcoid={carriers[each]}&phonenumber={each}" for each in phones}
    equal({each["url"] for each in await list_callbacks(esms)}, wanted, "addresses")
