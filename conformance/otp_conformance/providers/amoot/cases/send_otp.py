"""SendOTP: the code, the text around it, recipients, lines, times, money, the answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches, true
from otp_conformance.providers.amoot.steps import IN_CLEAR, MESSAGES, REFUSED, SEND, TEHRAN, latest_message

code_case = partial(case, "amoot", "code")
message_text_case = partial(case, "amoot", "message text")
recipient_case = partial(case, "amoot", "recipient")
line_case = partial(case, "amoot", "line")
send_time_case = partial(case, "amoot", "send time")
money_case = partial(case, "amoot", "money")


@code_case(
    rule="The code has as many digits as CodeLength asks for, from 4 to 8, is text, and does not begin with 0.",
    sources=["S, CodeLength", "W"],
    sends=12,
    covers=[
        "amoot:success",
        "amoot.code-length-bounds",
        "amoot.code-exact-length",
        "amoot.code-is-text",
        "amoot.code-first-digit",
        "amoot.code-returned=clear",
        "amoot.code-length-spelling",
    ],
    choices=IN_CLEAR,
    kills=["amoot.code-length-plus-one", "amoot.code-from-zero"],
    rows={"4": ("4", 4), "8": ("8", 8), "persian": ("۵", 5), "leading-zero": ("06", 6)},
)
async def length(amoot: Driver, asked: str, expected: int) -> None:
    for _ in range(12):
        sent = expect(await amoot.call(SEND, CodeLength=asked), "success")
        matches(sent.json["Data"]["Code"], rf"[1-9][0-9]{{{expected - 1}}}", "Code")


@code_case(
    rule="A length below 4, missing or no number is Length_Invalid; above 8 it is Length_Exceeded.",
    sources=["S, status table, 120 and 121"],
    tier=Tier.NOTHING,
    covers=["amoot:length_invalid", "amoot:length_exceeded", "amoot.code-length-invalid", "amoot.code-length-exceeded"],
    rows={
        "3": ("3", "length_invalid"),
        "9": ("9", "length_exceeded"),
        "0": ("0", "length_invalid"),
        "-4": ("-4", "length_invalid"),
        "word": ("four", "length_invalid"),
        "fraction": ("4.5", "length_invalid"),
        "missing": (None, "length_invalid"),
        "empty": ("", "length_invalid"),
        "huge": ("99999999999999999999", "length_exceeded"),
    },
)
async def length_outside(amoot: Driver, asked: str | None, outcome: str) -> None:
    expect(await amoot.call(SEND, CodeLength=asked), outcome)


@code_case(
    rule="The code in the answer is the one in the message, and each call makes another with another MessageID.",
    needs=MESSAGES,
    choices=IN_CLEAR,
    covers=["amoot:success", "amoot.code-returned=clear", "amoot.code-fresh", "amoot.code-by-provider"],
    kills=["amoot.other-code-told", "amoot.constant-code", "amoot.constant-id", "amoot.caller-code"],
)
async def code_is_handed_back(amoot: Driver) -> None:
    seen, ids = set(), set()
    for _ in range(3):
        sent = expect(await amoot.call(SEND, CodeLength="8", OptionalCode="1234", Code="1234"), "success")
        data = sent.json["Data"]
        message = await latest_message(amoot)
        equal(message["code"], data["Code"], "code of the message")
        true(str(data["Code"]) in str(message["text"]), "the code in the text", message["text"])
        seen.add(data["Code"])
        ids.add(data["MessageID"])

    equal((len(seen), len(ids)), (3, 3), "different codes and ids")


@code_case(
    rule="Nothing expires and nothing is superseded: the caller compares as long as it likes.",
    level=Level.SHOULD,
    needs=[Feature.CLOCK, *MESSAGES],
    covers=["amoot.no-verification", "amoot.no-lifetime", "amoot.no-rate-limit"],
    kills=["amoot.codes-expire"],
)
async def codes_stay(amoot: Driver) -> None:
    await amoot.call(SEND)
    await amoot.call(SEND)
    await amoot.advance("48h")

    codes = (await amoot.control("GET", "/codes"))["codes"]
    equal([code["state"] for code in codes], ["active", "active"], "states")


@message_text_case(
    rule="%code% is replaced by the code wherever it stands; a text without it is followed by the code on a new line.",
    level=Level.SHOULD,
    needs=MESSAGES,
    choices=IN_CLEAR,
    covers=["amoot.text-placeholder", "amoot.text-appended", "amoot.text-free", "amoot.utf8-text"],
    kills=["amoot.placeholder-kept", "amoot.not-appended", "amoot.appended-with-blank", "amoot.first-placeholder-only"],
    rows={
        "placeholder": ("your code %code%!", "your code {}!"),
        "twice": ("%code% or %code%", "{0} or {0}"),
        "none": ("پیامک تستی من", "پیامک تستی من\n{}"),
        "other-case": ("%CODE%", "%CODE%\n{}"),
    },
)
async def text(amoot: Driver, text: str, expected: str) -> None:
    sent = expect(await amoot.call(SEND, SMSMessageText=text), "success")

    equal((await latest_message(amoot))["text"], expected.format(sent.json["Data"]["Code"]), "text")


@message_text_case(
    rule="A missing or empty text is SMSMessageText_Empty.",
    sources=["S, status table, 14"],
    tier=Tier.NOTHING,
    covers=["amoot:sms_message_text_empty", "amoot.text-empty"],
    rows={"missing": (None,), "empty": ("",)},
)
async def text_missing(amoot: Driver, text: str | None) -> None:
    expect(await amoot.call(SEND, SMSMessageText=text), "sms_message_text_empty")


@recipient_case(
    rule="A mobile is taken in every spelling, and comes back as the ten digits of a number.",
    sources=["S, sample"],
    covers=[
        "amoot.mobile-national",
        "amoot.mobile-leading-zero",
        "amoot.mobile-country-code",
        "amoot.mobile-folding",
        "amoot.mobile-echo-number",
        "amoot.mobile-echo-national",
    ],
    kills=["amoot.mobile-echoed-as-sent", "amoot.persian-digits-refused"],
    rows={
        "ten-digits": ("9120000000",),
        "zero": ("09120000000",),
        "98": ("989120000000",),
        "+98": ("+989120000000",),
        "0098": ("00989120000000",),
        "blanks": (" 0912 000 0000 ",),
        "persian": ("۰۹۱۲۰۰۰۰۰۰۰",),
        "arabic": ("٠٩١٢٠٠٠٠٠٠٠",),
    },
)
async def mobile(amoot: Driver, spelling: str) -> None:
    sent = expect(await amoot.call(SEND, Mobile=spelling), "success")

    equal(sent.json["Data"]["Mobile"], 9120000000, "Mobile")


@recipient_case(
    rule="What is no Iranian mobile, a list too, is Mobile_Invalid; a missing one is Mobile_Empty.",
    sources=["S, status table, 16 and 101"],
    tier=Tier.NOTHING,
    covers=[
        "amoot:mobile_invalid",
        "amoot:mobile_empty",
        "amoot.mobile-malformed",
        "amoot.mobile-list",
        "amoot.mobile-empty",
    ],
    kills=["amoot.first-of-list"],
    rows={
        "short": ("912000000", "mobile_invalid"),
        "long": ("91200000001", "mobile_invalid"),
        "landline": ("2188776655", "mobile_invalid"),
        "word": ("mobile", "mobile_invalid"),
        "list": ("9120000000,9120000001", "mobile_invalid"),
        "missing": (None, "mobile_empty"),
        "empty": ("", "mobile_empty"),
    },
)
async def mobile_outside(amoot: Driver, spelling: str | None, outcome: str) -> None:
    expect(await amoot.call(SEND, Mobile=spelling), outcome)


@line_case(
    rule="The shared, the service and the advertising line may send, in any case.",
    sources=["S, sample"],
    covers=["amoot.line-public", "amoot.line-service", "amoot.line-98", "amoot.line-case", "amoot:success"],
    kills=["amoot.line-exact-case"],
    rows={"public": ("public",), "Public": ("Public",), "service": ("service",), "98": ("98",)},
)
async def line(amoot: Driver, name: str) -> None:
    expect(await amoot.call(SEND, LineNumber=name), "success")


@line_case(
    rule="A line that the account does not have is LineNumber_NotExist; a missing one is LineNumber_Empty.",
    sources=["S, status table, 5 and 12"],
    tier=Tier.NOTHING,
    covers=["amoot:line_number_not_exist", "amoot:line_number_empty", "amoot.line-unknown", "amoot.line-empty"],
    rows={
        "unknown": ("500030009", "line_number_not_exist"),
        "missing": (None, "line_number_empty"),
        "empty": ("", "line_number_empty"),
    },
)
async def line_outside(amoot: Driver, name: str | None, outcome: str) -> None:
    expect(await amoot.call(SEND, LineNumber=name), outcome)


@line_case(
    rule="A line of the account's own may send.",
    needs=[Feature.ACCOUNTS],
    covers=["amoot.line-own"],
)
async def own_line(amoot: Driver) -> None:
    await amoot.account(lines=["500030005"])

    expect(await amoot.call(SEND, LineNumber="500030005"), "success")
    expect(await amoot.call(SEND, LineNumber="public"), "line_number_not_exist")


@send_time_case(
    rule="An empty, missing, unreadable or past SendDateTime means now, and is never an error.",
    sources=["AM O2, a missing one", "C", "I"],
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

    equal((await latest_message(amoot))["state"], "sent", "state")


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


@send_time_case(
    rule="A future SendDateTime, in every spelling, queues the message; without an offset it is Tehran time.",
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
    queued = (await latest_message(amoot))["state"]
    await amoot.control("POST", "/clock/advance", {"to": (at - timedelta(seconds=1)).isoformat()})
    before = (await latest_message(amoot))["state"]
    await amoot.advance("1s")

    equal((queued, before, (await latest_message(amoot))["state"]), ("queued", "queued", "sent"), "states")


@money_case(
    rule="A send costs the price of each segment: 70 characters of Persian text make one, 71 two.",
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


@money_case(
    rule="A credit of exactly the cost is enough, one rial less is CreditNotEnough and sends nothing.",
    sources=["S, status table, 4"],
    needs=[Feature.ACCOUNTS, *MESSAGES],
    choices=REFUSED,
    covers=["amoot:credit_not_enough", "amoot.credit=refused", "amoot.charge"],
    kills=["amoot.credit-off-by-one", "amoot.one-price-for-all"],
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
