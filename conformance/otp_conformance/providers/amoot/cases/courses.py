"""Periodic sends: how one is made, when its messages go out, and which lines send them. Statistics, too."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, true
from otp_conformance.providers.amoot.steps import ACCOUNTS, CLOCK, ask_data

courses_case = partial(case, "amoot", "courses")
statistics_case = partial(case, "amoot", "statistics")

SIMPLE, BACKED_UP = "CourseCreateSimple", "CourseCreateWithBackupLine"
LIST, SET_ACTIVE, STATISTICS = "CourseList", "CourseSetActive", "Statistics"
BOTH = {"simple": (SIMPLE,), "backed-up": (BACKED_UP,)}
GREGORIAN = {"amoot.course-calendar": "gregorian"}
STOPS = {**GREGORIAN, "amoot.black-list": "refused", "amoot.credit": "refused"}
PHONE = "9120000000"
EPOCH = {"FromDateTime": "2000-01-01 00:00:00", "ToDateTime": "2099-12-31 23:59:59"}
ALONE = [Feature.LANES, *CLOCK]


async def create(amoot: Driver, name: str = SIMPLE, **fields: Any) -> int:
    """Make a course, and give its number."""
    number: int = expect(await amoot.call(name, **fields), "success").json["CourseID"]
    return number


async def sent(amoot: Driver) -> list[str]:
    """Give when messages went out, in Tehran, the first one first."""
    return [row["SentDateTime"] for row in await ask_data(amoot, "GetMessages", **EPOCH)]


@courses_case(
    rule="A new course is told with its number, a refusal with 0.",
    choices={"amoot.status-format": "name"},
    covers=["amoot.course-shape"],
    rows=BOTH,
)
async def created(amoot: Driver, name: str) -> None:
    made = await amoot.call(name)
    refused = await amoot.call(name, Title=None)

    equal(made.text, f'{{"Status":"Success","CourseID":{made.json["CourseID"]}}}', "body")
    true(made.json["CourseID"] > 0, "a number above zero")
    equal(refused.text, '{"Status":"Title_Empty","CourseID":0}', "body of a refusal")


@courses_case(
    rule="The list has all groups, each with its courses, the oldest first; a course has fourteen keys in their order.",
    needs=[Feature.LANES, *ACCOUNTS],
    choices={"amoot.status-format": "name"},
    covers=["amoot.course-list", "amoot.course-group", "amoot.dates-local"],
    kills=["amoot.course-list-without-empty"],
)
async def listed(amoot: Driver) -> None:
    await amoot.account(course_groups=[{"id": 7, "title": "a"}, {"id": 5, "title": "b"}, {"id": 6, "title": "c"}])
    fields = {"CourseDateTime": "2098-10-28T05:30:00Z", "Title": "t"}
    first = await create(amoot, BACKED_UP, **fields, CourseGroupID="5", CourseType="0", Mobile="+989120000000")
    second = await create(amoot, **fields, CourseGroupID="5", CourseType="wEEKLY", LineNumber="30001234")
    third = await create(amoot, **fields, CourseGroupID="7", CourseType="Monthly")

    def write(number: int, group: int, kind: str, line: str, backup: str | None = None) -> str:
        backed_up = str(backup is not None).lower()
        return (
            f'{{"CourseID":{number},"CourseGroupID":{group},"CourseType":"{kind}","CourseDateTime":"2098-10-28T09:00:00",'
            f'"Title":"t","Mobile":9120000000,"SMSMessageText":"Test","LineNumber":"{line}",'
            f'"MessageType":"{"WithBackupLine" if backup else "Simple"}",'
            f'"BackupLineNumber":{f"{chr(34)}{backup}{chr(34)}" if backup else "null"},"UseAvanakMessage":false,'
            f'"AvanakMessageText":null,"SpeakerType":"female","UseBackupLineNumber":{backed_up}}}'
        )

    groups = (
        f'{{"CourseGroupID":7,"Title":"a","Courses":[{write(third, 7, "Monthly", "Public")}]}},'
        f'{{"CourseGroupID":5,"Title":"b","Courses":[{write(first, 5, "Yearly", "Public", "98")},'
        f'{write(second, 5, "Weekly", "30001234")}]}},{{"CourseGroupID":6,"Title":"c","Courses":[]}}'
    )
    equal((await amoot.call(LIST)).text, f'{{"Status":"Success","Data":[{groups}]}}', "body")


@courses_case(
    rule="A text goes out at its first time, and each day, week, month or year again, never before the call.",
    level=Level.SHOULD,
    needs=ALONE,
    choices=GREGORIAN,
    covers=[
        "amoot.course-times",
        "amoot.course-type",
        "amoot.course-month-end",
        "amoot.course-calendar=gregorian",
        "amoot.course-message",
    ],
    kills=["amoot.course-once", "amoot.course-day-drifts", "amoot.course-catches-up"],
    rows={
        "daily": ("Daily", "05-03 09:00", "3d", ["05-03T09:00:00", "05-04T09:00:00", "05-05T09:00:00"]),
        "daily-number": ("3", "05-03 09:00", "2d", ["05-03T09:00:00", "05-04T09:00:00"]),
        "weekly": ("weekly", "05-04 09:00", "14d", ["05-04T09:00:00", "05-11T09:00:00"]),
        "weekly-number": ("2", "05-04 09:00", "14d", ["05-04T09:00:00", "05-11T09:00:00"]),
        "monthly": ("1", "05-03 09:00", "65d", ["05-03T09:00:00", "06-03T09:00:00", "07-03T09:00:00"]),
        "month-end": (
            "MONTHLY",
            "05-31 09:00",
            "92d",
            ["05-31T09:00:00", "06-30T09:00:00", "07-31T09:00:00"],
        ),
        "now": ("Daily", "05-02 12:00", "1d", ["05-02T12:00:00", "05-03T12:00:00"]),
        "just-before": ("Daily", "05-02 11:59:59", "1d", ["05-03T11:59:59"]),
        "just-after": ("Daily", "05-02 12:00:01", "1d", ["05-02T12:00:01", "05-03T12:00:01"][:1]),
        "long-ago": ("Weekly", "04-04 09:00", "8d", ["05-09T09:00:00"]),
        "month-long-ago": ("Monthly", "01-31 09:00", "60d", ["05-31T09:00:00", "06-30T09:00:00"]),
    },
)
async def times(amoot: Driver, kind: str, begins: str, by: str, wanted: list[str]) -> None:
    await amoot.stop_clock("2031-05-02T08:30:00Z")
    await create(amoot, CourseType=kind, CourseDateTime=f"2031-{begins}")
    await amoot.advance(by)

    equal([each.removeprefix("2031-") for each in await sent(amoot)], wanted, "times")


@courses_case(
    rule="Months and years are those of the calendar that is chosen; a day that is missing is the last one there.",
    level=Level.SHOULD,
    needs=[*ALONE, Feature.CHOICES],
    covers=["amoot.course-calendar=gregorian", "amoot.course-calendar=jalali", "amoot.course-month-end"],
    kills=["amoot.course-day-drifts"],
    rows={
        # The 31st of the second month of 1410; the seventh has 30 days, the twelfth 29.
        "jalali-months": (
            "jalali",
            "2031-05-21",
            "305d",
            "05-21 06-21 07-22 08-22 09-22 10-22 11-21 12-21 01-20 02-19 03-19",
        ),
        # The 30th of the last month of 1408, a leap year.
        "jalali-years": ("jalali", "2030-03-20", "1800d", "03-20 03-20 03-19 03-19 03-20"),
        "gregorian-years": ("gregorian", "2028-02-29", "1800d", "02-29 02-28 02-28 02-28 02-29"),
    },
)
async def calendars(amoot: Driver, calendar: str, begins: str, by: str, wanted: str) -> None:
    await amoot.stop_clock(f"{begins}T05:00:00Z")
    await amoot.choose(course_calendar=calendar)
    await create(amoot, CourseType="Monthly" if by == "305d" else "Yearly", CourseDateTime=f"{begins} 09:00")
    await amoot.advance(by)

    equal([each[5:10] for each in await sent(amoot)], wanted.split(), "days")


@courses_case(
    rule="Each time is a message of its own from the line of the course: it is paid for, and it is delivered.",
    level=Level.SHOULD,
    needs=[*ALONE, Feature.ACCOUNTS, Feature.MESSAGES],
    choices=GREGORIAN,
    covers=["amoot.course-message"],
    kills=["amoot.course-free"],
    rows=BOTH,
)
async def messages(amoot: Driver, name: str) -> None:
    await amoot.stop_clock("2031-05-02T08:30:00Z")
    before = (await amoot.account_now())["credit"]
    await create(amoot, name, CourseDateTime="2031-05-02 12:00:01", LineNumber="30001234", SMSMessageText="x" * 161)
    unpaid = (await amoot.account_now())["credit"]
    await amoot.advance("2d")
    rows, price = await ask_data(amoot, "GetMessages", **EPOCH), (await amoot.account_now())["price"]

    equal([unpaid, (await amoot.account_now())["credit"]], [before, before - 2 * 2 * price], "credit")
    equal(len({row["MessageID"] for row in rows}), 2, "messages with numbers of their own")
    equal({(row["LineNumber"], row["SMSMessageText"], row["Mobile"]) for row in rows}, {("30001234", "x" * 161, PHONE)},
          "line, text and recipient")  # fmt: skip
    delivered = [(await ask_data(amoot, "GetDelivery", MessageID=row["MessageID"]))["DeliveryType"] for row in rows]
    equal(delivered[0], 1, "delivery")


@courses_case(
    rule="Nothing is sent while the credit does not suffice, the recipient wants no messages or the user may not send.",
    level=Level.SHOULD,
    needs=[*ALONE, Feature.ACCOUNTS],
    choices=STOPS,
    covers=["amoot.course-refused"],
    rows={
        "credit": ({"credit": 999}, {"credit": 1000}),
        "black-list": ({"black_list": [PHONE]}, {"black_list": []}),
        "demo": ({"user": {"demo": True}}, {"user": {"demo": False}}),
        "disabled": ({"user": {"disabled": True}}, {"user": {"disabled": False}}),
    },
)
async def stopped(amoot: Driver, closed: dict[str, Any], opened: dict[str, Any]) -> None:
    await amoot.stop_clock("2031-05-02T08:30:00Z")
    await create(amoot, CourseDateTime="2031-05-03 09:00")
    await amoot.account(**closed)
    await amoot.advance("2d")
    await amoot.account(**opened)
    await amoot.advance("1d")

    equal(await sent(amoot), ["2031-05-05T09:00:00"], "times")


@courses_case(
    rule="Where that is chosen, the message goes out without credit, or to the black list in vain.",
    level=Level.SHOULD,
    needs=[*ALONE, Feature.ACCOUNTS, Feature.CHOICES],
    choices=GREGORIAN,
    covers=["amoot.credit=delivered-anyway", "amoot.black-list=delivered-as-black-listed"],
    rows={
        "credit": ({"credit": 5}, {"credit": "delivered-anyway"}, 1),
        "black-list": ({"black_list": [PHONE]}, {"black_list": "delivered-as-black-listed"}, 35),
    },
)
async def chosen(amoot: Driver, closed: dict[str, Any], choices: dict[str, str], delivery: int) -> None:
    await amoot.stop_clock("2031-05-02T08:30:00Z")
    await amoot.choose(**choices)
    await amoot.account(**closed)
    await create(amoot, CourseDateTime="2031-05-03 09:00")
    await amoot.advance("1d")
    rows = await ask_data(amoot, "GetMessages", **EPOCH)

    found = [(await ask_data(amoot, "GetDelivery", MessageID=row["MessageID"]))["DeliveryType"] for row in rows]
    equal(found, [delivery], "deliveries")
    if "credit" in closed:
        equal((await amoot.account_now())["credit"], 5, "credit")


@courses_case(
    rule="Who wants no messages gets them from the backup line, and they arrive; others get them from the line.",
    sources=["R, about sends with a backup line"],
    level=Level.SHOULD,
    needs=[*ALONE, Feature.ACCOUNTS],
    choices={**STOPS, "amoot.backup-delivery": "over-backup-line"},
    covers=["amoot.course-backup-line"],
    kills=["amoot.course-backup-always", "amoot.course-backup-never"],
    rows={"black-listed": ([PHONE], "98", 502), "others": ([], "30001234", 1)},
)
async def backup_line(amoot: Driver, black_list: list[str], line: str, delivered: int) -> None:
    await amoot.stop_clock("2031-05-02T08:30:00Z")
    await amoot.account(black_list=black_list)
    await create(amoot, BACKED_UP, CourseDateTime="2031-05-03 09:00", LineNumber="30001234", BackupLineNumber="98")
    await amoot.advance("1d")
    (row,) = await ask_data(amoot, "GetMessages", **EPOCH)
    delivery = await ask_data(amoot, "GetDelivery", MessageID=row["MessageID"])

    equal([row["LineNumber"], delivery["DeliveryType"]], [line, delivered], "line and delivery")


@courses_case(
    rule="An inactive course sends nothing; active again, it sends at its next time. The answer is a bare status.",
    sources=["W", "I"],
    level=Level.SHOULD,
    needs=ALONE,
    choices={**GREGORIAN, "amoot.status-format": "name"},
    covers=["amoot.course-active", "amoot.course-active-read"],
    kills=["amoot.course-never-rests", "amoot.course-rests-for-ever"],
    rows={"csharp": ("False", "True"), "digits": ("0", "1"), "absent": (None, "true"), "odd": ("maybe", "1")},
)
async def active(amoot: Driver, off: str | None, on: str) -> None:
    await amoot.stop_clock("2031-05-02T08:30:00Z")
    number = await create(amoot, CourseDateTime="2031-05-03 09:00")
    bodies = [(await amoot.call(SET_ACTIVE, CourseID=number, Active=off)).text for _ in range(2)]
    await amoot.advance("2d")
    bodies += [(await amoot.call(SET_ACTIVE, CourseID=number, Active=on)).text for _ in range(2)]
    await amoot.advance("2d")

    equal(bodies, ['"Success"'] * 4, "bodies")
    equal(await sent(amoot), ["2031-05-05T09:00:00", "2031-05-06T09:00:00"], "times")


@courses_case(
    rule="A type or a first time that cannot be used is Failed, and a group or a course that is not there is told.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=[
        "amoot.course-unusable",
        "amoot.course-group",
        "amoot.course-unknown",
        "amoot:course_group_id_invalid",
        "amoot:course_id_invalid",
        "amoot:failed",
    ],
    rows={
        "type-number": ({"CourseType": "4"}, "failed"),
        "type-negative": ({"CourseType": "-1"}, "failed"),
        "time-word": ({"CourseDateTime": "tomorrow"}, "failed"),
        "time-zero": ({"CourseDateTime": "0"}, "failed"),
        "time-unset": ({"CourseDateTime": "0001-01-01T00:00:00"}, "failed"),
        "time-of-no-calendar": ({"CourseDateTime": "9999-12-31 23:59:59"}, "failed"),
        "group-unknown": ({"CourseGroupID": "2"}, "course_group_id_invalid"),
        "group-zero": ({"CourseGroupID": "0"}, "course_group_id_invalid"),
        "group-word": ({"CourseGroupID": "x"}, "course_group_id_invalid"),
        "group-beyond-64-bits": ({"CourseGroupID": "9223372036854775808"}, "course_group_id_invalid"),
        "course-zero": ({"CourseID": "0"}, "course_id_invalid"),
        "course-negative": ({"CourseID": "-1"}, "course_id_invalid"),
    },
)
async def unusable(amoot: Driver, fields: dict[str, str], outcome: str) -> None:
    for name in (SET_ACTIVE,) if "CourseID" in fields else (SIMPLE, BACKED_UP):
        expect(await amoot.call(name, **fields), outcome)


@courses_case(
    rule="Group, title, text, line, backup line and number come first, then type and time, then what does not exist.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["amoot.course-order"],
)
async def order(amoot: Driver) -> None:
    wrong: dict[str, Any] = {"Mobile": "123", "LineNumber": "1", "BackupLineNumber": "1", "CourseDateTime": "x"}
    steps: list[tuple[str, dict[str, Any]]] = [
        ("failed", {}),
        ("mobile_empty", {"Mobile": None}),
        ("backup_line_number_empty", {"BackupLineNumber": None}),
        ("line_number_empty", {"LineNumber": None}),
        ("sms_message_text_empty", {"SMSMessageText": None}),
        ("title_empty", {"Title": None}),
        ("course_group_id_invalid", {"CourseGroupID": "x"}),
    ]
    for outcome, fields in steps:
        wrong |= fields
        expect(await amoot.call(BACKED_UP, **wrong), outcome)
    good: dict[str, Any] = {"CourseDateTime": None, **wrong, "Title": "t", "SMSMessageText": "x", "CourseGroupID": "1"}
    for outcome, fields in [
        ("line_number_not_exist", {"LineNumber": "1", "BackupLineNumber": "1", "Mobile": "1"}),
        ("backup_line_number_not_exist", {"LineNumber": "98"}),
        ("mobile_invalid", {"BackupLineNumber": "98"}),
    ]:
        good |= {"CourseDateTime": "2098-01-01", **fields}
        expect(await amoot.call(BACKED_UP, **good), outcome)


@statistics_case(
    rule="Statistics looks at its days, and is out of service.",
    level=Level.SHOULD,
    tier=Tier.READS,
    choices={"amoot.status-format": "name"},
    covers=["amoot.statistics-closed", "amoot.statistics-days", "amoot:from_date_invalid", "amoot:to_date_invalid"],
    rows={
        "good": ({}, "failed"),
        "one-day": ({"FromDate": "2025-10-21", "ToDate": "2025-10-21"}, "failed"),
        "reversed": ({"FromDate": "2025-10-22", "ToDate": "2025-10-21"}, "from_date_is_after_than_to_date"),
        "no-first": ({"FromDate": None, "ToDate": "x"}, "from_date_invalid"),
        "last-unreadable": ({"ToDate": "x"}, "to_date_invalid"),
    },
)
async def closed(amoot: Driver, fields: dict[str, str | None], outcome: str) -> None:
    answer = expect(await amoot.call(STATISTICS, **fields), outcome)

    equal(answer.text, f'{{"Status":"{answer.json["Status"]}","Data":[]}}', "body")
