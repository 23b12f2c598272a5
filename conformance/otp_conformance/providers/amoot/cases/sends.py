"""The sends beside SendOTP: parts, prices, credit, demo accounts, the black list."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, true
from otp_conformance.providers.amoot.cases.send_simple import ONE, SIMPLE, THREE, TWO, join_mobiles
from otp_conformance.providers.amoot.steps import MESSAGES, PEERS, REFUSED

price_of_sends_case = partial(case, "amoot", "price of sends")
black_list_case = partial(case, "amoot", "black list")
access_of_sends_case = partial(case, "amoot", "access of sends")

ALL = ("SendQuickOTP", SIMPLE, "SendWithPattern", "SendWithPatternOWN", PEERS)


@price_of_sends_case(
    rule="160 letters of the GSM alphabet are one part, then 153; with any other letter it is 70 and 67.",
    level=Level.SHOULD,
    covers=["amoot.parts", "amoot.parts-size"],
    kills=["amoot.simple-one-part"],
    rows={
        "gsm-160": ("x" * 160, 1),
        "gsm-161": ("x" * 161, 2),
        "gsm-306": ("x" * 306, 2),
        "gsm-307": ("x" * 307, 3),
        "persian-70": ("م" * 70, 1),
        "persian-71": ("م" * 71, 2),
        "persian-134": ("م" * 134, 2),
        "persian-135": ("م" * 135, 3),
    },
)
async def parts(amoot: Driver, text: str, count: int) -> None:
    equal(expect(await amoot.call(SIMPLE, SMSMessageText=text), "success").json["SMSPagesCount"], count, "parts")


@price_of_sends_case(
    rule="Price is the price of a part times the parts times those who are sent to; so much the credit falls.",
    needs=[Feature.ACCOUNTS],
    covers=["amoot.price", "amoot.price-by-part", "amoot.rows-charge"],
    kills=["amoot.simple-price-of-one", "amoot.simple-free", "amoot.simple-charged-for-all"],
)
async def price(amoot: Driver) -> None:
    await amoot.account(credit=100_000, price=700)

    sent = expect(await amoot.call(SIMPLE, SMSMessageText="م" * 71, Mobiles=join_mobiles(ONE, "x", TWO)), "success")

    equal(sent.json["Price"], 700 * 2 * 2, "Price")
    equal((await amoot.account_now())["credit"], 100_000 - 2_800, "credit")


@price_of_sends_case(
    rule="When the credit does not cover all recipients, nobody is sent to and nothing is charged.",
    sources=["S, status table, 4"],
    needs=[Feature.ACCOUNTS, *MESSAGES],
    choices=REFUSED,
    covers=["amoot:credit_not_enough", "amoot.credit=refused", "amoot.rows-charge"],
    kills=["amoot.simple-half-paid"],
    rows={
        SIMPLE: (SIMPLE, {"Mobiles": join_mobiles(ONE, TWO, THREE)}),
        PEERS: (
            PEERS,
            {
                "Input": [
                    {"Number": str(each), "MessageText": text} for each, text in ((ONE, "a"), (TWO, "a"), (ONE, "b"))
                ]
            },
        ),
    },
)
async def all_or_nobody(amoot: Driver, name: str, changes: Mapping[str, Any]) -> None:
    await amoot.account(credit=2_999, price=1_000)
    expect(await amoot.call(name, **changes), "credit_not_enough")
    equal((len(await amoot.messages()), (await amoot.account_now())["credit"]), (0, 2_999), "messages and credit")

    await amoot.account(credit=3_000)
    expect(await amoot.call(name, **changes), "success")
    equal((len(await amoot.messages()), (await amoot.account_now())["credit"]), (3, 0), "messages and credit")


@price_of_sends_case(
    rule="Each send costs credit and is refused without it; a demo account sends nothing, and this is told first.",
    sources=["S, status table, 2 and 4"],
    needs=[Feature.ACCOUNTS, *MESSAGES],
    choices=REFUSED,
    covers=[
        "amoot:credit_not_enough",
        "amoot:account_is_demo",
        "amoot.credit=refused",
        "amoot.demo-account",
        "amoot.charge",
    ],
    kills=["amoot.quick-free"],
    rows={name: (name,) for name in ALL},
)
async def credit_and_demo(amoot: Driver, name: str) -> None:
    await amoot.account(credit=999, price=1_000)
    expect(await amoot.call(name), "credit_not_enough")
    await amoot.account(user={"demo": True})
    expect(await amoot.call(name), "account_is_demo")
    equal(await amoot.messages(), [], "messages")

    await amoot.account(user={"demo": False}, credit=1_000)
    expect(await amoot.call(name), "success")
    equal((await amoot.account_now())["credit"], 0, "credit")


@price_of_sends_case(
    rule="By choice the messages go out although CreditNotEnough is answered; they cost nothing.",
    sources=["AM O3"],
    level=Level.SHOULD,
    needs=[Feature.ACCOUNTS, Feature.CHOICES, *MESSAGES],
    choices={"amoot.credit": "delivered-anyway"},
    covers=["amoot.credit=delivered-anyway", "amoot:credit_not_enough"],
    rows={name: (name,) for name in ("SendOTP", *ALL)},
)
async def unpaid(amoot: Driver, name: str) -> None:
    await amoot.account(credit=999, price=1_000)

    answer = expect(await amoot.call(name), "credit_not_enough")

    true(not answer.json["Data"], "no data", answer.json)
    (message,) = await amoot.messages()
    equal((message["to"], message["state"]), (f"+98{ONE}", "sent"), "recipient and state")
    equal((await amoot.account_now())["credit"], 999, "credit")


@black_list_case(
    rule="One recipient who is on the black list is answered with Mobile_Invalid, in whatever spelling it is listed.",
    sources=["D, status table, 101"],
    needs=[Feature.ACCOUNTS, Feature.CHOICES, *MESSAGES],
    choices={"amoot.black-list": "refused"},
    covers=["amoot.mobile-black-listed", "amoot.black-list=refused", "amoot:mobile_invalid"],
    rows={name: (name,) for name in ("SendOTP", "SendQuickOTP", "SendWithPattern", "SendWithPatternOWN")},
)
async def black_listed(amoot: Driver, name: str) -> None:
    await amoot.account(black_list=[f"0{ONE}"])

    expect(await amoot.call(name), "mobile_invalid")
    equal(await amoot.messages(), [], "messages")


@black_list_case(
    rule="In a list a recipient on the black list is refused alone: its number is told, its MessageID is 0.",
    sources=["D, status table, 101 and 102"],
    level=Level.SHOULD,
    needs=[Feature.ACCOUNTS, Feature.CHOICES, *MESSAGES],
    choices={"amoot.black-list": "refused"},
    covers=["amoot.black-list=refused", "amoot.rows-invalid", "amoot.peer-failed-count", "amoot:mobiles_invalid"],
)
async def black_listed_rows(amoot: Driver) -> None:
    await amoot.account(black_list=[f"+98{ONE}"])

    sent = expect(await amoot.call(SIMPLE, Mobiles=join_mobiles(ONE, TWO)), "success")
    equal([(row["Mobile"], row["MessageID"] > 0) for row in sent.json["Data"]], [(ONE, False), (TWO, True)], "rows")
    expect(await amoot.call(SIMPLE, Mobiles=str(ONE)), "mobiles_invalid")
    expect(await amoot.call(PEERS), "mobiles_invalid")
    pairs = [{"Number": str(each), "MessageText": "Test"} for each in (ONE, TWO)]
    peers = expect(await amoot.call(PEERS, Input=pairs), "success")
    equal(peers.json["Data"]["FailedCount"], 1, "FailedCount")
    equal([each["to"] for each in await amoot.messages()], [f"+98{TWO}"] * 2, "recipients")


@black_list_case(
    rule="By choice the black-listed are taken like others, charged, and never reached.",
    sources=["D, real deliveries with 35"],
    level=Level.NOTE,
    needs=[Feature.ACCOUNTS, Feature.CHOICES, Feature.CLOCK, *MESSAGES],
    choices={"amoot.black-list": "delivered-as-black-listed"},
    covers=["amoot.black-list=delivered-as-black-listed"],
    kills=["amoot.black-listed-reached"],
    rows={name: (name,) for name in ("SendOTP", *ALL)},
)
async def black_listed_taken(amoot: Driver, name: str) -> None:
    await amoot.account(black_list=[str(ONE)], price=1_000, credit=1_000)

    expect(await amoot.call(name), "success")
    await amoot.advance("5s")

    (message,) = await amoot.messages()
    equal((message["to"], message["state"]), (f"+98{ONE}", "failed"), "recipient and state")
    equal((await amoot.account_now())["credit"], 0, "credit")


@access_of_sends_case(
    rule="A wrong token is told before anything about the fields, in the shape of each method.",
    sources=["D, error samples"],
    tier=Tier.NOTHING,
    covers=["amoot.refusal-shape", "amoot.order-access-before-fields", "amoot.data-null", "amoot:token_invalid"],
    kills=["amoot.peer-refusal-empty", "amoot.simple-refusal-short"],
    rows={
        "SendQuickOTP": ("SendQuickOTP", {"Mobile": None}, None),
        SIMPLE: (SIMPLE, {"Mobiles": None}, []),
        "SendWithPattern": ("SendWithPattern", {"Mobile": None}, []),
        "SendWithPatternOWN": ("SendWithPatternOWN", {"LineNumber": None}, []),
        PEERS: (PEERS, {"Input": None}, None),
    },
)
async def wrong_token(amoot: Driver, name: str, changes: Mapping[str, Any], data: Any) -> None:
    answer = expect(await amoot.call(name, **{**changes, "Token": "x"}), "token_invalid")

    equal(answer.json["Data"], data, "Data")
    equal("SMSPagesCount" in answer.json, data == [], "whether there are pages")


@price_of_sends_case(
    rule="Many calls at once never spend more than the credit, and none is sent in part.",
    sources=["S, status table, 4"],
    level=Level.SHOULD,
    needs=[Feature.ACCOUNTS, Feature.CONCURRENCY, *MESSAGES],
    sends=20,
    choices=REFUSED,
    covers=["amoot.credit=refused", "amoot.rows-charge"],
    kills=["amoot.simple-half-paid"],
)
async def at_once(amoot: Driver) -> None:
    await amoot.account(credit=7_000, price=1_000)

    answers = await amoot.at_once(SIMPLE, 20, Mobiles=join_mobiles(ONE, TWO, THREE))

    sent = [answer for answer in answers if expect(answer, "success", "credit_not_enough").json["Data"]]
    equal((len(sent), (await amoot.account_now())["credit"]), (2, 1_000), "calls that went through, and credit")
    ids = {row["MessageID"] for answer in sent for row in answer.json["Data"]}
    equal((len(ids), len(await amoot.messages())), (6, 6), "messages")
