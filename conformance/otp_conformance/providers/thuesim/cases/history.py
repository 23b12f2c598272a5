"""The history: its rows, their order, and what filters them."""

from __future__ import annotations

import re
from functools import partial

from otp_conformance.case import Level, Tier
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, matches
from otp_conformance.providers.thuesim.steps import (
    ACCOUNT,
    ARRIVALS,
    CLOCK,
    NUMBERS,
    PRINTED,
    TIME,
    ask_history,
    let_call_arrive,
    let_text_arrive,
    read_code,
    rent,
    rent_again,
    rental_of,
    service,
    take_time,
    wire_case,
)

history_case = partial(wire_case, "thuesim", "history")

AROUND_MIDNIGHT = [  # in Vietnam, seven hours ahead
    f"2031-05-{moment}Z" for moment in ("01T16:59:59", "01T17:00:00", "02T16:59:59", "02T17:00:00", "03T17:00:00")
]
FILTERED = ["thuesim:success", "thuesim.history-service-filter", "thuesim.history-status-filter"]
DAYS = {"fromDate": "2031-05-02", "toDate": "2031-05-02"}


@history_case(
    rule="A row has the bare id, the number in nine digits, IsSound as text, and what arrived.",
    tier=Tier.WAITS,
    needs=[*ARRIVALS, *CLOCK],
    choices={**NUMBERS, **PRINTED, "thuesim.audio-link": "play"},
    covers=[
        "thuesim:success",
        *(f"thuesim.history-{what}" for what in ("array", "id", "phone", "sound")),
        "thuesim.audio-link=play",
        "thuesim.rental-states",
        "thuesim.call-code",
        "thuesim.call-in-history",
        "thuesim.price-charged",
        "thuesim.status-code-case",
    ],
    kills=["thuesim.history-phone-zero"],
    rows={
        "waiting": ("", 0, "null", "null"),
        "done": ("text", 1, '"059809 la ma"', '"059809"'),
        "call": ("call", 1, "CallFile", '"059809"'),
        "expired": ("time", 2, "null", "null"),
    },
)
async def history_body(thuesim: Driver, what: str, status: int, sms: str, code: str) -> None:
    await take_time(thuesim)
    rental = await rent(thuesim)
    if what == "text":
        await let_text_arrive(thuesim, rental, "059809 la ma")
    elif what == "call":
        await let_call_arrive(thuesim, rental)
        sms = f'"{(await read_code(thuesim, rental)).json["Result"]["CallFile"]}"'
    elif what == "time":
        await thuesim.advance("300s")
    await thuesim.account(services=[service(4, SERVICE_NAME="Yahoo", PRICE=999)])

    answer = await thuesim.call("history")

    sound = "true" if what == "call" else "false"
    matches(
        answer.text,
        r'\{"status_code":200,"success":true,"message":"successful","data":\[\{'
        rf'"ID":{rental.bare_id},"ServiceID":4,"ServiceName":"Yahoo","Status":{status},"Price":470,'
        rf'"Phone":"{rental.nine}","SmsContent":{re.escape(sms)},"IsSound":"{sound}",'
        rf'"CreatedTime":"{TIME}","Code":{code}\}}\]\}}',
        "body",
    )


@history_case(
    rule="Without a rental the history is an empty array.",
    sources=["S, sample of history"],
    tier=Tier.READS,
    needs=ACCOUNT,
    choices=PRINTED,
    covers=["thuesim:success", "thuesim.history-array"],
)
async def empty_history(thuesim: Driver) -> None:
    answer = await thuesim.call("history")

    equal(answer.text, '{"status_code":200,"success":true,"message":"successful","data":[]}', "body")


@history_case(
    rule="Times have up to three digits of fraction, the third 3 or 7, without zeros at the end, in Vietnamese time.",
    sources=["S, sample of history", "V10 O1, observed at a sister"],
    level=Level.SHOULD,
    needs=CLOCK,
    covers=["thuesim.time-history", "thuesim.time-naive", "thuesim.time-zone", "thuesim:success"],
    kills=["thuesim.times-in-utc"],
    rows={
        "none": ("2031-05-01T10:13:24Z", "2031-05-01T17:13:24"),
        "one": ("2031-05-01T10:13:24.5Z", "2031-05-01T17:13:24.5"),
        "two": ("2031-05-01T10:13:24.88Z", "2031-05-01T17:13:24.88"),
        "below-three": ("2031-05-01T10:13:24.002999Z", "2031-05-01T17:13:24"),
        "three": ("2031-05-01T10:13:24.003Z", "2031-05-01T17:13:24.003"),
        "below-seven": ("2031-05-01T10:13:24.506999Z", "2031-05-01T17:13:24.503"),
        "seven": ("2031-05-01T10:13:24.007Z", "2031-05-01T17:13:24.007"),
        "last": ("2031-05-01T10:13:24.999999Z", "2031-05-01T17:13:24.997"),
        "six": ("2031-05-01T10:13:24.123456Z", "2031-05-01T17:13:24.123"),
        "next-day": ("2031-05-01T17:00:00Z", "2031-05-02T00:00:00"),
    },
)
async def time(thuesim: Driver, now: str, expected: str) -> None:
    await thuesim.stop_clock(now)
    rental = await rent(thuesim)

    equal([row["CreatedTime"] for row in await ask_history(thuesim)], [expected], "CreatedTime")
    equal(rental.answer.json["RequestLog"]["CreatedTime"], expected[:19], "CreatedTime of the rent")


@history_case(
    rule="The newest rental comes first, also among those of one moment; a number rented again is a row of its own.",
    level=Level.SHOULD,
    needs=[*ARRIVALS, *CLOCK],
    sends=4,
    covers=["thuesim.history-order", "thuesim:success"],
    kills=["thuesim.oldest-first"],
)
async def newest_first(thuesim: Driver) -> None:
    await take_time(thuesim)
    rentals = [await rent(thuesim), await rent(thuesim, serviceId="02.97")]
    await thuesim.advance("10s")
    rentals.append(await rent(thuesim))
    await let_text_arrive(thuesim, rentals[0])
    rentals.append(rental_of(await rent_again(thuesim, rentals[0])))

    rows = await ask_history(thuesim)

    equal([str(row["ID"]) for row in rows], [rental.bare_id for rental in reversed(rentals)], "ids")
    equal(rows[0]["Phone"], rentals[0].nine, "number of the newest")


async def check_filtered(thuesim: Driver, asked: dict[str, str]) -> str:
    """Make a waiting, an expired and a done rental of two services; name what a filter leaves."""
    await take_time(thuesim, services=[service(97, "02", Time="60"), service(4, Time="60")])
    expired = await rent(thuesim)
    done = await rent(thuesim, serviceId="02.97")
    await let_text_arrive(thuesim, done)
    await thuesim.advance("60s")
    waiting = [await rent(thuesim), await rent(thuesim, serviceId="02.97")]
    names = {waiting[0].bare_id: "a", waiting[1].bare_id: "b", expired.bare_id: "c", done.bare_id: "d"}
    return "".join(sorted(names[str(row["ID"])] for row in await ask_history(thuesim, **asked)))


@history_case(
    rule="service and status filter by bare id and by state, alone or together.",
    sources=["S, parameters of history", "V, names"],
    tier=Tier.WAITS,
    needs=[*ARRIVALS, *CLOCK],
    sends=4,
    covers=[*FILTERED, "thuesim.rental-states"],
    kills=["thuesim.status-filter-ignored"],
    rows={
        "waiting": ({"status": "0"}, "ab"),
        "done": ({"status": "1"}, "d"),
        "expired": ({"status": "2"}, "c"),
        "service": ({"service": "97"}, "bd"),
        "other-service": ({"service": "4"}, "ac"),
        "both": ({"service": "97", "status": "1"}, "d"),
        "both-nothing": ({"service": "97", "status": "2"}, ""),
    },
)
async def filters(thuesim: Driver, asked: dict[str, str], expected: str) -> None:
    equal(await check_filtered(thuesim, asked), expected, "rows")


@history_case(
    rule="An empty filter does not filter; an unknown service or state matches nothing.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=[*ARRIVALS, *CLOCK],
    sends=4,
    covers=FILTERED,
    kills=["thuesim.status-filter-ignored"],
    rows={
        "empty": ({"service": "", "status": ""}, "abcd"),
        "unknown-service": ({"service": "12345"}, ""),
        "unknown-status": ({"status": "3"}, ""),
        "word": ({"status": "done"}, ""),
    },
)
async def odd_filters(thuesim: Driver, asked: dict[str, str], expected: str) -> None:
    equal(await check_filtered(thuesim, asked), expected, "rows")


@history_case(
    rule="limit, fromDate and toDate are taken and change nothing.",
    level=Level.NOTE,
    needs=CLOCK,
    sends=3,
    choices={"thuesim.history-filters": "ignore-extra"},
    covers=["thuesim.history-filters=ignore-extra", "thuesim:success"],
    rows={"limit": ({"limit": "1"},), "days": (DAYS,), "all": ({**DAYS, "limit": "1"},)},
)
async def extra_ignored(thuesim: Driver, asked: dict[str, str]) -> None:
    await take_time(thuesim)
    for now in ("2031-05-01T10:00:00Z", "2031-05-02T10:00:00Z", "2031-05-03T10:00:00Z"):
        await thuesim.stop_clock(now)
        await rent(thuesim)

    equal(len(await ask_history(thuesim, **asked)), 3, "rows")


@history_case(
    rule="Where they are honoured, limit is the most rows and the days are the first and the last, in Vietnam.",
    level=Level.SHOULD,
    needs=CLOCK,
    sends=5,
    choices={"thuesim.history-filters": "honour-extra"},
    covers=["thuesim.history-filters=honour-extra", "thuesim:success"],
    rows={
        "limit": ({"limit": "2"}, "54"),
        "limit-above": ({"limit": "9"}, "54321"),
        "from": ({"fromDate": "2031-05-02"}, "5432"),
        "to": ({"toDate": "2031-05-02"}, "321"),
        "both": (DAYS, "32"),
        "all": ({**DAYS, "limit": "1"}, "3"),
        "none": ({"limit": "", "fromDate": "", "toDate": ""}, "54321"),
        "nothing-then": ({"fromDate": "2032-01-01"}, ""),
    },
)
async def extra_honoured(thuesim: Driver, asked: dict[str, str], expected: str) -> None:
    await take_time(thuesim)
    names = {}
    for number, now in enumerate(AROUND_MIDNIGHT, start=1):
        await thuesim.stop_clock(now)
        names[(await rent(thuesim)).bare_id] = str(number)

    equal("".join(names[str(row["ID"])] for row in await ask_history(thuesim, **asked)), expected, "rows")


async def check_hundred_and_one(thuesim: Driver, listed: int) -> None:
    """Rent 101 numbers; so many of them, the newest, are listed."""
    await take_time(thuesim, waiting_limit=200, balance=1_000_000)
    ids = [(await rent(thuesim)).bare_id for _ in range(101)]

    equal([str(row["ID"]) for row in await ask_history(thuesim)], ids[::-1][:listed], "ids")


@history_case(
    rule="Where the history is not cut, every rental is listed.",
    level=Level.SHOULD,
    needs=ACCOUNT,
    sends=101,
    choices={"thuesim.history-cap": "none"},
    covers=["thuesim.history-cap=none", "thuesim:success"],
)
async def uncut(thuesim: Driver) -> None:
    await check_hundred_and_one(thuesim, 101)


@history_case(
    rule="Where the history is cut, the newest hundred rentals are listed.",
    level=Level.SHOULD,
    needs=ACCOUNT,
    sends=101,
    choices={"thuesim.history-cap": "capped"},
    covers=["thuesim.history-cap=capped", "thuesim:success"],
)
async def cut(thuesim: Driver) -> None:
    await check_hundred_and_one(thuesim, 100)
