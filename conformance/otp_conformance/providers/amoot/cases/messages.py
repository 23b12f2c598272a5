"""GetMessage and GetMessages: what was sent, and in which period. Periods hold for incoming messages as well."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from otp_conformance.case import Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.amoot.cases.delivery import TIME
from otp_conformance.providers.amoot.names import NOBODYS
from otp_conformance.providers.amoot.steps import (
    CLOCK,
    DAY,
    IN_CLEAR,
    MESSAGE,
    MOVED,
    NEVER,
    NOON,
    PERIOD,
    RECIEVED,
    TEHRAN,
    ask_data,
    send_id,
)

messages_case = partial(case, "amoot", "messages")
periods_case = partial(case, "amoot", "periods")

SUMMER = datetime(2031, 5, 2, 12, 0, tzinfo=TEHRAN)
SPELLINGS = {
    "plain": "%Y-%m-%d %H:%M:%S",
    "no-seconds": "%Y-%m-%d %H:%M",
    "slashes": "%Y/%m/%d %H:%M:%S",
    "american-24": "%m/%d/%Y %H:%M:%S",
    "offset": "%Y-%m-%dT%H:%M:%S+03:30",
    "lost-plus": "%Y-%m-%dT%H:%M:%S 03:30",
    "seven-digits": "%Y-%m-%dT%H:%M:%S.0000000+03:30",
    "jalali": "1410-02-12 %H:%M:%S",
}


async def ask_numbers(amoot: Driver, since: str, until: str) -> list[int]:
    """Ask for a period, and give the numbers of its messages."""
    return [row["MessageID"] for row in await ask_data(amoot, PERIOD, FromDateTime=since, ToDateTime=until)]


@messages_case(
    rule="A message has number, recipient as text, line, text and two local times, in this order.",
    sources=["D, sample", "W"],
    choices={"amoot.status-format": "name", **IN_CLEAR},
    covers=["amoot.message-shape", "amoot.message-mobile", "amoot.messages-shape", "amoot.delivery-any-send"],
    kills=["amoot.message-mobile-with-country", "amoot.message-line-as-sent"],
    rows={"GetMessage": (MESSAGE,), "GetMessages": (PERIOD,)},
)
async def bodies(amoot: Driver, name: str) -> None:
    sent = expect(await amoot.call("SendOTP", SMSMessageText="%code%"), "success").json["Data"]
    answer = await amoot.call(name, **({"MessageID": sent["MessageID"]} if name == MESSAGE else {}))

    row = (
        rf'\{{"MessageID":{sent["MessageID"]},"Mobile":"9120000000","LineNumber":"Public",'
        rf'"SMSMessageText":"{sent["Code"]}","RegDateTime":"{TIME}","SentDateTime":"{TIME}"\}}'
    )
    data = row if name == MESSAGE else rf"\[(\{{.*\}},)?{row}\]"
    matches(answer.text, rf'\{{"Status":"Success","Data":{data}\}}', "body")


@messages_case(
    rule="The text is what was sent, whatever letters it has, and nothing is added to it.",
    level=Level.SHOULD,
    choices=IN_CLEAR,
    covers=["amoot.message-text"],
    kills=["amoot.message-footer"],
)
async def text(amoot: Driver) -> None:
    wanted = 'کد "شما":\n%code% < 100% 😀'
    sent = expect(await amoot.call("SendOTP", SMSMessageText=wanted), "success").json["Data"]
    row = await ask_data(amoot, MESSAGE, MessageID=sent["MessageID"])

    equal(row["SMSMessageText"], wanted.replace("%code%", sent["Code"]), "SMSMessageText")


@messages_case(
    rule="As long as a message waits, its time of sending is the first moment of the year 1.",
    sources=["D, sample"],
    tier=Tier.WAITS,
    needs=CLOCK,
    covers=["amoot.message-not-sent", "amoot.messages-shape"],
    kills=["amoot.message-sent-at-once", "amoot.messages-sent-only"],
)
async def waiting(amoot: Driver) -> None:
    await amoot.stop_clock(NOON)
    number = await send_id(amoot, SendDateTime="2031-05-02 14:00:00")
    before = [await ask_data(amoot, MESSAGE, MessageID=number), *await ask_data(amoot, PERIOD)]
    await amoot.advance("3h")
    after = [await ask_data(amoot, MESSAGE, MessageID=number), *await ask_data(amoot, PERIOD)]

    shown = [(row["RegDateTime"], row["SentDateTime"]) for row in before + after]
    equal(shown, [("2031-05-02T12:00:00", time) for time in (NEVER, NEVER, *["2031-05-02T14:00:00"] * 2)], "times")


@messages_case(
    rule="A number that the account has no message for is answered with MessageID_Invalid and null.",
    tier=Tier.READS,
    choices={"amoot.status-format": "name"},
    covers=["amoot.message-unknown", "amoot:message_id_invalid", "amoot.refusal-shape"],
)
async def unknown(amoot: Driver) -> None:
    equal((await amoot.call(MESSAGE, MessageID=NOBODYS)).text, '{"Status":"MessageID_Invalid","Data":null}', "body")


@messages_case(
    rule="Both ends of a period belong to it, to the millisecond that answers show.",
    level=Level.SHOULD,
    needs=CLOCK,
    covers=["amoot.messages-period"],
    kills=["amoot.messages-end-excluded", "amoot.messages-begin-excluded"],
    rows={
        "exact": ("12:00:00.590", "12:00:00.590", 1),
        "shown": ("12:00:00.59", "12:00:00.59", 1),
        "begins-later": ("12:00:00.591", "13:00:00", 0),
        "ends-earlier": ("11:00:00", "12:00:00.589", 0),
        "ends-at": ("11:00:00", "12:00:00.590", 1),
        "begins-at": ("12:00:00.590", "13:00:00", 1),
        "ends-before-the-fraction": ("11:00:00", "12:00:00", 0),
    },
)
async def ends(amoot: Driver, since: str, until: str, found: int) -> None:
    await amoot.stop_clock("2031-05-02T08:30:00.590Z")
    await send_id(amoot)

    equal(len(await ask_numbers(amoot, f"{DAY} {since}", f"{DAY} {until}")), found, "messages")


@messages_case(
    rule="The oldest call comes first, queued or sent.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=CLOCK,
    sends=3,
    covers=["amoot.messages-period"],
    kills=["amoot.messages-newest-first", "amoot.messages-in-order-of-sending"],
)
async def oldest_first(amoot: Driver) -> None:
    await amoot.stop_clock(NOON)
    made = [await send_id(amoot, SendDateTime="2031-05-02 12:01:00")]
    for _ in range(2):
        await amoot.advance("1s")
        made.append(await send_id(amoot))
    before = await ask_numbers(amoot, DAY, "2031-05-03")
    await amoot.advance("2m")

    equal([before, await ask_numbers(amoot, DAY, "2031-05-03")], [made, made], "numbers")


@periods_case(
    rule="The ends of a period are read in all spellings of a time; without an offset they are Tehran time.",
    level=Level.SHOULD,
    needs=CLOCK,
    covers=[
        "amoot.send-time-iso-offset",
        "amoot.send-time-lost-plus",
        "amoot.send-time-iso-fraction",
        "amoot.send-time-plain",
        "amoot.send-time-us",
        "amoot.send-time-tehran",
        "amoot.send-time-jalali",
        "amoot.send-time-utc",
    ],
    kills=["amoot.period-naive-is-utc", "amoot.period-gregorian-only"],
    rows={**{name: (pattern,) for name, pattern in SPELLINGS.items()}, "utc": (None,)},
)
async def spellings(amoot: Driver, pattern: str | None) -> None:
    await amoot.stop_clock("2031-05-02T08:30:30Z")
    number = await send_id(amoot)

    def spell(at: datetime) -> str:
        return at.strftime(pattern) if pattern else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    one, two, three = (spell(SUMMER + timedelta(minutes=each)) for each in (0, 1, 2))
    equal([await ask_numbers(amoot, one, two), await ask_numbers(amoot, two, three)], [[number], []], "numbers")


@periods_case(
    rule="Missing and unreadable ends have a status each, the beginning first; zero is not now.",
    sources=["S and D, status table, 106, 108"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["amoot.period-invalid", "amoot.period-order", "amoot:from_date_time_invalid", "amoot:to_date_time_invalid"],
    rows={
        "from-missing": ({"FromDateTime": None}, "from_date_time_invalid"),
        "from-empty": ({"FromDateTime": ""}, "from_date_time_invalid"),
        "from-zero": ({"FromDateTime": "0"}, "from_date_time_invalid"),
        "from-garbage": ({"FromDateTime": "2023-02-01-18:50"}, "from_date_time_invalid"),
        "from-no-such-day": ({"FromDateTime": "2023-02-30 00:00:00"}, "from_date_time_invalid"),
        "to-missing": ({"ToDateTime": None}, "to_date_time_invalid"),
        "to-empty": ({"ToDateTime": ""}, "to_date_time_invalid"),
        "to-garbage": ({"ToDateTime": "tomorrow"}, "to_date_time_invalid"),
        "both": ({"FromDateTime": "x", "ToDateTime": "y"}, "from_date_time_invalid"),
        "to-before-order": ({"FromDateTime": "2099-01-01", "ToDateTime": "x"}, "to_date_time_invalid"),
    },
)
async def unreadable(amoot: Driver, fields: dict[str, Any], outcome: str) -> None:
    for name in (PERIOD, RECIEVED):
        expect(await amoot.call(name, **fields), outcome)


@periods_case(
    rule="A beginning after the end is refused with an empty array, whatever their spellings; both alike are a period.",
    sources=["S and D, status table, 110"],
    tier=Tier.READS,
    covers=["amoot.period-reversed", "amoot:from_date_time_is_after_than_to_date_time", "amoot.refusal-shape"],
    kills=["amoot.period-equal-refused"],
    rows={
        "reversed": ("2025-10-22 00:00:00", "2025-10-21 23:59:59", "from_date_time_is_after_than_to_date_time"),
        "by-zone": ("2025-10-22 00:00:00", "2025-10-21T20:29:59Z", "from_date_time_is_after_than_to_date_time"),
        "same": ("2025-10-22 00:00:00", "2025-10-22 00:00:00", "success"),
        "same-by-zone": ("2025-10-22 00:00:00", "2025-10-21T20:30:00Z", "success"),
        "everything": ("0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999", "success"),
    },
)
async def order(amoot: Driver, since: str, until: str, outcome: str) -> None:
    for name in (PERIOD, RECIEVED):
        answer = expect(await amoot.call(name, FromDateTime=since, ToDateTime=until), outcome)
        if outcome != "success":
            matches(answer.text, r'\{"Status":[^,]+,"Data":\[\]\}', "body")


@messages_case(
    rule="A period in which nothing was sent is a success with an empty array.",
    level=Level.SHOULD,
    tier=Tier.READS,
    needs=MOVED,
    covers=["amoot.messages-period"],
    kills=["amoot.messages-empty-is-null"],
)
async def empty(amoot: Driver) -> None:
    answer = expect(await amoot.call(PERIOD, FromDateTime="2001-01-01", ToDateTime="2001-01-02"), "success")

    equal(re.sub(r'"Status":[^,]+', '"Status":0', answer.text), '{"Status":0,"Data":[]}', "body")
