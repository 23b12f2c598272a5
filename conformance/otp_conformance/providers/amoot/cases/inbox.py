"""RecieveMessages and RecieveNewMessages: what phones wrote, as often as asked, or once."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, true
from otp_conformance.providers.amoot.steps import DAY, INBOX, NEW, NOON, RECIEVED, ask_data, ask_texts, let_arrive

incoming_case = partial(case, "amoot", "incoming")


@incoming_case(
    rule="An incoming message has number, sender as text, line, text and time, in this order and this mixed spelling.",
    tier=Tier.READS,
    needs=INBOX,
    choices={"amoot.status-format": "name"},
    covers=["amoot.incoming-shape", "amoot.incoming-new-shape", "amoot.dates-local"],
    rows={"RecieveMessages": (RECIEVED,), "RecieveNewMessages": (NEW,)},
)
async def bodies(amoot: Driver, name: str) -> None:
    await amoot.stop_clock(NOON)
    received = await amoot.control(
        "POST", "/inbound", {"provider": "amoot", "from": "+989120000000", "to": "PUBLIC", "text": "بله"}
    )
    answer = await amoot.call(name)

    row = (
        f'{{"ReceiveMessageID":{received["id"]},"Mobile":"9120000000","LineNumber":"Public",'
        '"SMSMessageText":"بله","RecieveDateTime":"2031-05-02T12:00:00"}'
    )
    equal(answer.text, f'{{"Status":"Success","Data":[{row}]}}', "body")


@incoming_case(
    rule="Nothing is a success with an empty array, and a refusal has one too.",
    sources=["D, sample of a refusal"],
    level=Level.SHOULD,
    tier=Tier.READS,
    needs=[Feature.LANES],
    choices={"amoot.status-format": "name"},
    covers=["amoot.incoming-none", "amoot.refusal-shape"],
    kills=["amoot.refusal-always-null", "amoot.incoming-none-fails"],
    rows={"RecieveMessages": (RECIEVED,), "RecieveNewMessages": (NEW,)},
)
async def nothing(amoot: Driver, name: str) -> None:
    empty, refused = await amoot.call(name), await amoot.call(name, Token="wrong")  # noqa: S106  (wrong on purpose)

    equal(empty.text, '{"Status":"Success","Data":[]}', "body")
    equal(refused.text, '{"Status":"Token_Invalid","Data":[]}', "body")


@incoming_case(
    rule="New messages are handed out once, the oldest first, at most Count of them; the rest stays new.",
    tier=Tier.READS,
    needs=INBOX,
    covers=["amoot.incoming-once", "amoot.incoming-count", "amoot.incoming-rest"],
    kills=[
        "amoot.incoming-again-and-again",
        "amoot.incoming-newest-first",
        "amoot.incoming-count-ignored",
        "amoot.incoming-one-more",
        "amoot.incoming-rest-lost",
    ],
)
async def once(amoot: Driver) -> None:
    await let_arrive(amoot, *"abcde")
    found = [await ask_texts(amoot, NEW, Count=count) for count in (2, 1, 10, 10)]
    await let_arrive(amoot, "f")

    equal([*found, await ask_texts(amoot, NEW, Count=1)], [["a", "b"], ["c"], ["d", "e"], [], ["f"]], "texts")


@incoming_case(
    rule="When many ask at once, each new message goes to one of them.",
    level=Level.SHOULD,
    tier=Tier.READS,
    needs=[*INBOX, Feature.CONCURRENCY],
    covers=["amoot.incoming-once", "amoot.incoming-count"],
    kills=["amoot.incoming-again-and-again", "amoot.incoming-rest-lost"],
)
async def at_once(amoot: Driver) -> None:
    wanted = [f"{number:02}" for number in range(20)]
    await let_arrive(amoot, *wanted)
    got = await asyncio.gather(*(ask_texts(amoot, NEW, Count=3) for _ in range(12)))

    equal(sorted(text for each in got for text in each), wanted, "texts")


@incoming_case(
    rule="Reading a period changes nothing: the same messages come again, stay new, and are there when handed out.",
    tier=Tier.READS,
    needs=INBOX,
    covers=["amoot.incoming-again", "amoot.incoming-rest"],
    kills=["amoot.incoming-reading-marks", "amoot.incoming-handed-out-gone"],
)
async def again(amoot: Driver) -> None:
    await let_arrive(amoot, "a", "b")
    first, second = await ask_texts(amoot, RECIEVED), await ask_texts(amoot, RECIEVED)
    new = await ask_texts(amoot, NEW)

    equal([first, second, new, await ask_texts(amoot, RECIEVED)], [["a", "b"]] * 4, "texts")


@incoming_case(
    rule="A Count that is missing, no whole number or not above zero is Count_Invalid, and takes nothing.",
    sources=["S, status table, 103"],
    level=Level.SHOULD,
    tier=Tier.READS,
    needs=INBOX,
    covers=["amoot.incoming-count-invalid", "amoot:count_invalid"],
    kills=["amoot.incoming-zero-is-none"],
    rows={
        "missing": (None, "count_invalid"),
        "empty": ("", "count_invalid"),
        "zero": ("0", "count_invalid"),
        "negative": ("-1", "count_invalid"),
        "word": ("all", "count_invalid"),
        "fraction": ("1.5", "count_invalid"),
        "one": ("1", "success"),
        "huge": ("9" * 30, "success"),
    },
)
async def counts(amoot: Driver, count: str | None, outcome: str) -> None:
    await let_arrive(amoot, "a")
    expect(await amoot.call(NEW, Count=count), outcome)

    equal(await ask_texts(amoot, NEW), ["a"] if outcome != "success" else [], "texts")


@incoming_case(
    rule="A line, in any case, limits the answer to itself; empty and absent mean all lines.",
    tier=Tier.READS,
    needs=INBOX,
    covers=["amoot.incoming-line"],
    kills=["amoot.incoming-line-ignored", "amoot.incoming-line-exact"],
    rows={
        "absent": (None, ["own", "shared"]),
        "empty": ("", ["own", "shared"]),
        "number": ("30001234", ["own"]),
        "name": ("Public", ["shared"]),
        "any-case": ("pUBLIC", ["shared"]),
        "silent": ("98", []),
    },
)
async def lines(amoot: Driver, line: str | None, found: list[str]) -> None:
    await let_arrive(amoot, "own")
    await let_arrive(amoot, "shared", line="public")

    equal(await ask_texts(amoot, RECIEVED, LineNumber=line), found, "texts")


@incoming_case(
    rule="A line that the account does not have is LineNumber_NotExist, after the period was looked at.",
    level=Level.SHOULD,
    tier=Tier.READS,
    covers=["amoot.incoming-line-unknown", "amoot:line_number_not_exist", "amoot.period-order"],
    rows={
        "unknown": ({}, "line_number_not_exist"),
        "reversed": (
            {"FromDateTime": "2025-10-22", "ToDateTime": "2025-10-21"},
            "from_date_time_is_after_than_to_date_time",
        ),
        "unreadable": ({"ToDateTime": "x"}, "to_date_time_invalid"),
    },
)
async def unknown_line(amoot: Driver, fields: dict[str, Any], outcome: str) -> None:
    expect(await amoot.call(RECIEVED, LineNumber="30009999", **fields), outcome)


@incoming_case(
    rule="A message belongs to the period in which it arrived; both ends are included, the oldest comes first.",
    level=Level.SHOULD,
    tier=Tier.READS,
    needs=INBOX,
    covers=["amoot.incoming-period"],
    kills=["amoot.incoming-end-excluded", "amoot.incoming-newest-first-in-period"],
    rows={
        "whole": ("11:00:00", "13:00:00", ["a", "b"]),
        "ends": ("12:00:00", "12:00:01", ["a", "b"]),
        "first": ("11:00:00", "12:00:00", ["a"]),
        "last": ("12:00:00.001", "13:00:00", ["b"]),
        "between": ("12:00:00.001", "12:00:00.999", []),
    },
)
async def periods(amoot: Driver, since: str, until: str, found: list[str]) -> None:
    await amoot.stop_clock(NOON)
    await let_arrive(amoot, "a")
    await amoot.advance("1s")
    await let_arrive(amoot, "b")
    rows = await ask_data(amoot, RECIEVED, FromDateTime=f"{DAY} {since}", ToDateTime=f"{DAY} {until}")

    equal([row["SMSMessageText"] for row in rows], found, "texts")
    true(all(row["RecieveDateTime"].startswith(f"{DAY}T12:00:0") for row in rows), "local times", rows)
