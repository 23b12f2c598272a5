"""SendOTP: times, money, the answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.amoot.steps import MESSAGES, SEND, TEHRAN, latest


@case(
    "amoot",
    "send time",
    rule="An empty, missing, unreadable or past SendDateTime means now, and is never an error.",
    sources=["2.3", "5.2-14"],
    level=Level.SHOULD,
    needs=MESSAGES,
    covers=[
        "amoot.send-time-optional",
        "amoot.send-time-empty",
        "amoot.send-time-zero",
        "amoot.send-time-garbage",
        "amoot.send-time-past",
    ],
    kills=["amoot.bad-time-refused", "amoot.always-queued"],
    rows={
        "empty": ("",),
        "missing": (None,),
        "zero": ("0",),
        "garbage": ("2023-02-01-18:50",),
        "past": ("2020-01-01 00:00:00",),
        "past-american": ("7/23/2023 1:40:00 PM",),
        "past-jalali": ("1402/05/01 13:40:00",),
    },
)
async def now(amoot: Driver, when: str | None) -> None:
    expect(await amoot.call(SEND, SendDateTime=when), "success")

    equal((await latest(amoot))["state"], "sent", "state")


def _jalali(at: datetime) -> str:
    """Write a time of Tehran in the calendar of Iran (good for the years 1400 to 1408)."""
    start = datetime(2021, 3, 21, tzinfo=TEHRAN)
    days, year = (at - start).days, 1400
    while days >= (366 if year in (1403, 1408) else 365):
        days -= 366 if year in (1403, 1408) else 365
        year += 1
    month, day = (days // 31, days % 31) if days < 186 else (6 + (days - 186) // 30, (days - 186) % 30)
    return f"{year}-{month + 1:02}-{day + 1:02} {at:%H:%M:%S}"


SPELLINGS = {
    "iso-offset": lambda at: at.isoformat(),
    "lost-plus": lambda at: at.isoformat().replace("+", " "),
    "utc": lambda at: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    "seven-digits": lambda at: at.strftime("%Y-%m-%dT%H:%M:%S.0000000+03:30"),
    "plain": lambda at: at.strftime("%Y-%m-%d %H:%M:%S"),
    "no-seconds": lambda at: at.strftime("%Y-%m-%d %H:%M"),
    "american": lambda at: (
        f"{at.month}/{at.day}/{at.year} {at.hour % 12 or 12}:{at:%M:%S} {'PM' if at.hour > 11 else 'AM'}"
    ),
    "american-24": lambda at: at.strftime("%m/%d/%Y %H:%M:%S"),
    "jalali": _jalali,
}


@case(
    "amoot",
    "send time",
    rule="A future SendDateTime, in every spelling, queues the message; without an offset it is Tehran time.",
    sources=["2.3"],
    level=Level.SHOULD,
    needs=[Feature.CLOCK, *MESSAGES],
    covers=[
        "amoot.send-time-future",
        "amoot.send-time-iso-offset",
        "amoot.send-time-lost-plus",
        "amoot.send-time-utc",
        "amoot.send-time-iso-fraction",
        "amoot.send-time-plain",
        "amoot.send-time-us",
        "amoot.send-time-tehran",
        "amoot.send-time-jalali",
    ],
    kills=["amoot.never-queued", "amoot.naive-is-utc", "amoot.always-queued"],
    rows={name: (name,) for name in SPELLINGS},
)
async def later(amoot: Driver, name: str) -> None:
    clock = await amoot.control("GET", "/clock")
    at = datetime.fromisoformat(clock["now"]).astimezone(TEHRAN).replace(second=0, microsecond=0) + timedelta(hours=2)
    expect(await amoot.call(SEND, SendDateTime=SPELLINGS[name](at)), "success")
    queued = (await latest(amoot))["state"]
    await amoot.control("POST", "/clock/advance", {"to": (at - timedelta(seconds=1)).isoformat()})
    before = (await latest(amoot))["state"]
    await amoot.advance("1s")

    equal((queued, before, (await latest(amoot))["state"]), ("queued", "queued", "sent"), "states")


@case(
    "amoot",
    "money",
    rule="A send costs the price of each segment: 70 characters of Persian text make one, 71 two.",
    sources=["4.A.1, charge one send"],
    level=Level.SHOULD,
    needs=[Feature.ACCOUNTS],
    covers=["amoot.charge", "amoot:success"],
    kills=["amoot.free", "amoot.double-charge", "amoot.one-price-for-all"],
    rows={
        "latin": ("Test", 1_000),
        "seventy": ("م" * 65, 1_000),
        "seventy-one": ("م" * 66, 2_000),
        "latin-160": ("x" * 155, 1_000),
        "latin-161": ("x" * 156, 2_000),
    },
)
async def charge(amoot: Driver, text: str, cost: int) -> None:
    await amoot.account(credit=10_000, price=1_000)

    expect(await amoot.call(SEND, SMSMessageText=text), "success")

    equal((await amoot.account_now())["credit"], 10_000 - cost, "credit")


@case(
    "amoot",
    "money",
    rule="A credit of exactly the cost is enough, one rial less is CreditNotEnough and sends nothing.",
    sources=["S, 4"],
    needs=[Feature.ACCOUNTS, *MESSAGES],
    covers=["amoot:credit_not_enough", "amoot.credit", "amoot.charge"],
    kills=["amoot.credit-off-by-one", "amoot.credit-ignored", "amoot.one-price-for-all"],
    rows={
        "enough": (1_000, "Test", "success"),
        "one-less": (999, "Test", "credit_not_enough"),
        "two-segments": (1_999, "م" * 80, "credit_not_enough"),
    },
)
async def credit(amoot: Driver, held: int, text: str, outcome: str) -> None:
    await amoot.account(credit=held, price=1_000)

    expect(await amoot.call(SEND, SMSMessageText=text), outcome)

    left = (await amoot.account_now())["credit"]
    equal(left, 0 if outcome == "success" else held, "credit")
    equal(len(await amoot.messages()), int(outcome == "success"), "messages")


@case(
    "amoot",
    "answer",
    rule="Success: Status by name, Data one object of Mobile, MessageID, Code and Status, in this order, nothing else.",
    sources=["S", "W", "5.2-1, 5.2-2, 5.2-17"],
    choices={"amoot.status-format": "name"},
    covers=[
        "amoot:success",
        "amoot.status-format=name",
        "amoot.status-names",
        "amoot.no-explanation",
        "amoot.no-wrapper",
        "amoot.data-object",
        "amoot.data-order",
        "amoot.data-status",
        "amoot.no-extras",
        "amoot.message-id-number",
        "amoot.message-id-size",
        "amoot.message-id-meaning",
        "amoot.content-type",
        "amoot.http-200",
    ],
    kills=[
        "amoot.key-order",
        "amoot.status-as-number",
        "amoot.data-as-list",
        "amoot.extra-title",
        "amoot.wrapped",
        "amoot.id-as-text",
        "amoot.inner-status-missing",
    ],
)
async def success_body(amoot: Driver) -> None:
    sent = await amoot.call(SEND)

    matches(
        sent.text,
        r'\{"Status":"Success","Data":\{"Mobile":9120000000,"MessageID":[1-9][0-9]{8},"Code":"[1-9][0-9]{3}","Status":"Success"\}\}',
        "body",
    )
    matches(sent.exchange.answer_headers.get("Content-Type"), r"application/json; ?charset=utf-8", "content type")
    equal(sent.status, 200, "HTTP status")


@case(
    "amoot",
    "answer",
    rule="A refusal has its status by name and Data null, with HTTP 200.",
    sources=["D", "5.2-8"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    choices={"amoot.status-format": "name"},
    covers=["amoot.data-null", "amoot.http-200", "amoot:mobile_invalid"],
    kills=["amoot.data-missing", "amoot.data-empty-list", "amoot.http-400"],
)
async def refusal_body(amoot: Driver) -> None:
    refused = await amoot.call(SEND, Mobile="1")

    equal(refused.text, '{"Status":"Mobile_Invalid","Data":null}', "body")
    equal(refused.status, 200, "HTTP status")


@case(
    "amoot",
    "answer",
    rule="Where statuses are numbers, both places have the number.",
    sources=["5.2-1"],
    level=Level.SHOULD,
    needs=[Feature.CHOICES],
    choices={"amoot.status-format": "number"},
    sends=3,
    covers=["amoot.status-format=number"],
    kills=["amoot.status-choice-ignored"],
)
async def numbers(amoot: Driver) -> None:
    sent, refused = await amoot.call(SEND), await amoot.call(SEND, Mobile="1")

    equal((sent.json["Status"], sent.json["Data"]["Status"]), (1, 1), "statuses")
    equal(refused.text, '{"Status":101,"Data":null}', "body")
