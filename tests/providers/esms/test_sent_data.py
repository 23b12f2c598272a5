"""The messages of a period, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest
from tests.providers.esms.conftest import INVALID_REQUEST
from tests.providers.esms.sends import REF, keep, keep_refused

from otp_sandbox.providers.esms.details import SMS_LEG, Details

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

    from otp_sandbox.domain.messages import MessageState

SENT_DATA = "GetSmsSentData_V2"
NOTHING = '{"CodeResult":"100","CountTotal":0,"SentData":[]}'
NOON = 1_772_341_200_000
"""The lane's now in milliseconds: 2026-03-01, twelve o'clock in Vietnam."""


async def listed(lane: Lane, **changes: str | None) -> dict[str, Any]:
    """List, and give the body as values."""
    body: dict[str, Any] = orjson.loads(await lane.call(SENT_DATA, **changes))
    assert body["CodeResult"] == "100"
    return body


async def refs(lane: Lane, **changes: str | None) -> list[str]:
    """List, and give the SMSIDs."""
    return [row["ReferenceId"] for row in (await listed(lane, **changes))["SentData"]]


async def test_a_row_has_what_the_sample_has(lane: Lane) -> None:
    """Tab 100, byte for byte but for the numbers of the portal: two messages, the newer one first, which failed."""
    first = await keep(lane, "delivered", id="0aac72e0-ba9b-4348-8530-d18d105778db18", price=790)
    lane.wait(seconds=1)
    await keep(lane, "failed", price=345, text="Xin chào", details=Details(campaign="Chiến dịch 02/10/2023"))

    body = await lane.call(SENT_DATA)

    numbers = [row["SmsId"] for row in orjson.loads(body)["SentData"]]
    assert body == (
        '{"CodeResult":"100","CountTotal":2,"SentData":['
        '{"Campaign":"Chiến dịch 02/10/2023","Content":"Xin chào","Phone":"0901888484",'
        f'"ReferenceId":"{REF}","SellPrice":345.0000,"SendResult":0,"SendStatus":5,'
        f'"SentTime":"/Date({NOON + 1100}+0700)/","SmsId":{numbers[0]},"SmsType":2}},'
        '{"Campaign":"","Content":"Cam on quy khach","Phone":"0901888484",'
        f'"ReferenceId":"{first.id}","SellPrice":790.0000,"SendResult":1,"SendStatus":5,'
        f'"SentTime":"/Date({NOON + 100}+0700)/","SmsId":{numbers[1]},"SmsType":2}}]}}'
    )
    assert all(isinstance(number, int) and 10**7 <= number < 2**31 for number in numbers)


@pytest.mark.parametrize(
    ("state", "status", "result", "after"),
    [
        ("queued", 2, 2, 0),
        ("sent", 2, 2, 100),
        ("delivered", 5, 1, 100),
        ("failed", 5, 0, 100),
        ("rejected", 4, 0, 100),
    ],
)
async def test_each_state_has_its_result(lane: Lane, state: MessageState, status: int, result: int, after: int) -> None:
    """9.1; the time is that of sending, or of creation until then; the price is there whatever became of it."""
    await keep(lane, state)

    (row,) = (await listed(lane))["SentData"]

    assert (row["SendStatus"], row["SendResult"], row["SellPrice"]) == (status, result, 850)
    assert row["SentTime"] == f"/Date({NOON + after}+0700)/"


async def test_a_message_may_await_approval(lane: Lane) -> None:
    """Status 1."""
    await keep(lane, "queued", details=Details(awaiting_approval=True))

    assert (await listed(lane))["SentData"][0]["SendStatus"] == 1


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("2026-03-01 12:00:00", "2026-03-01 12:00:00", True),
        ("2026-03-01 11:59:59", "2026-03-01 12:00:01", True),
        ("2026-03-01 12:00:01", "2026-03-01 13:00:00", False),
        ("2026-03-01 11:00:00", "2026-03-01 11:59:59", False),
        ("2026-03-01 05:00:00", "2026-03-01 05:00:00", False),
        ("2026-03-01 13:00:00", "2026-03-01 11:00:00", False),
        ("0001-01-01 00:00:00", "9999-12-31 23:59:59", True),
        (" 2026-03-01 12:00:00 ", " 2026-03-01 12:00:00 ", True),
    ],
)
@pytest.mark.parametrize("milliseconds", [0, 999])
async def test_both_ends_belong_to_the_period(
    lane: Lane,
    first: str,
    last: str,
    found: bool,  # noqa: FBT001
    milliseconds: int,
) -> None:
    """In Vietnamese time, to the second: a message made at 12:00:00.999 belongs to 12:00:00. Any span is good."""
    lane.wait(milliseconds=milliseconds)
    await keep(lane)

    assert bool(await refs(lane, From=first, To=last)) == found


async def test_the_day_of_creation_counts_and_not_that_of_sending(lane: Lane) -> None:
    """A message that was made today and goes out tomorrow is one of today."""
    message = await keep(lane, "queued")
    lane.wait(days=1)
    await keep(lane, timeline=(*message.timeline, ("sent", lane.now)), created_at=message.created_at, state="sent")

    (row,) = (await listed(lane))["SentData"]

    assert row["SentTime"] == f"/Date({NOON + 86_400_000}+0700)/"
    assert await refs(lane, From="2026-03-02 00:00:00", To="2026-03-02 23:59:59") == []


async def test_the_newest_comes_first_by_creation(lane: Lane) -> None:
    """A scheduled message, whose turn came later, keeps its place; of one instant the last one comes first."""
    ids = ["a" * 32, "b" * 32, "c" * 32, "d" * 32]
    scheduled = await keep(lane, "queued", id=ids[0])
    lane.wait(seconds=1)
    await keep(lane, id=ids[1])
    await keep(lane, id=ids[2])
    lane.wait(seconds=1)
    await keep(lane, id=ids[3])
    await keep(lane, "sent", id=ids[0], created_at=scheduled.created_at)

    assert await refs(lane) == [ids[3], ids[2], ids[1], ids[0]]


async def test_only_the_type_asked_for_is_listed(lane: Lane) -> None:
    """A Zalo message and the SMS in its place are two rows of two types under one SMSID; GENCODE is customer care."""
    gencode = await lane.sent()
    await keep(lane, "failed", channel="zalo", details=Details(sms_type=25))
    await keep(lane, "delivered", id=REF + SMS_LEG)
    await keep(lane, "delivered", id="e" * 32, channel="voice", details=Details(sms_type=8))

    found = {kind: await refs(lane, SmsType=kind) for kind in ("1", "2", "8", "23", "24", "25", "26")}

    assert found == {"1": [], "2": [REF, gencode.id], "8": ["e" * 32], "23": [], "24": [], "25": [REF], "26": []}
    (zalo,), sms = (await listed(lane, SmsType="25"))["SentData"], (await listed(lane))["SentData"]
    assert (zalo["SmsType"], sms[0]["SmsType"]) == (25, 2)
    assert zalo["SmsId"] != sms[0]["SmsId"]


async def test_what_was_not_sent_here_is_not_listed(lane: Lane) -> None:
    """No refusals, no messages of other providers."""
    await keep_refused(lane)
    await keep(lane, id="5001", provider="amoot")

    assert await lane.call(SENT_DATA) == NOTHING
    assert lane.verdict.cause == "sent_data_told"


async def test_the_number_of_the_portal_stays(lane: Lane) -> None:
    """It is another one than the SMSID, and hangs on nothing that changes."""
    await keep(lane, "queued")
    first = (await listed(lane))["SentData"][0]["SmsId"]
    await keep(lane, "delivered")

    assert (await listed(lane))["SentData"][0]["SmsId"] == first


@pytest.mark.parametrize(
    ("page", "size", "found"),
    [
        ("1", "2", "ed"),
        ("2", "2", "cb"),
        ("3", "2", "a"),
        ("4", "2", ""),
        ("1", "5", "edcba"),
        ("1", "4", "edcb"),
        ("2", "4", "a"),
        ("2", "5", ""),
        ("999999999999999999999", "2", ""),
        ("1", "999999999999999999999", "edcba"),
        (" 2 ", " 2 ", "cb"),
    ],
)
async def test_a_list_comes_page_by_page(lane: Lane, page: str, size: str, found: str) -> None:
    """Pages count from 1; the total counts all of them."""
    for letter in "abcde":
        await keep(lane, id=letter)
        lane.wait(seconds=1)

    body = await listed(lane, Page=page, PageSize=size)

    assert "".join(row["ReferenceId"] for row in body["SentData"]) == found
    assert body["CountTotal"] == 5
    assert not lane.warnings


@pytest.mark.parametrize("asked", [None, "", "0", "-1", "x", "1.5", "null", "true"])
async def test_a_page_that_makes_no_sense_is_the_first(lane: Lane, asked: str | None) -> None:
    """And what was asked for is told to whoever reads the journal."""
    await keep(lane)

    assert await refs(lane, Page=asked, PageSize=asked) == [REF]
    assert lane.warnings == (
        ["PageSize is no positive number: 500 holds", "Page is no positive number: 1 holds"] if asked else []
    )


@pytest.mark.parametrize(("size", "found"), [("499", 499), ("500", 500), ("501", 500), (None, 500)])
async def test_a_page_has_at_most_five_hundred_rows(lane: Lane, size: str | None, found: int) -> None:
    """The second page begins where the first one ends."""
    for number in range(501):
        await keep(lane, id=f"{number:032}")

    body, second = await listed(lane, PageSize=size), await refs(lane, PageSize=size, Page="2")

    assert (len(body["SentData"]), body["CountTotal"]) == (found, 501)
    assert second == [f"{number:032}" for number in reversed(range(501 - found))]


async def test_nothing_sent_may_be_not_found(lane: Lane) -> None:
    """Choice nothing-sent: only when no page has anything."""
    lane.choose(nothing_sent="not-found")
    assert await lane.call(SENT_DATA) == '{"CodeResult":"105","ErrorMessage":"Message not found"}'
    assert lane.verdict.cause == "nothing_sent"

    await keep(lane)

    assert await lane.call(SENT_DATA, Page="2") == '{"CodeResult":"100","CountTotal":1,"SentData":[]}'


@pytest.mark.parametrize("name", ["From", "To"])
@pytest.mark.parametrize("text", [None, "", "2026-03-01", "2026/03/01 12:00:00", "2026-02-30 12:00:00", "now", "0"])
async def test_a_period_needs_two_dates(lane: Lane, name: str, text: str | None) -> None:
    """Else the request is of no use: HTTP 400, and no code."""
    assert await lane.call(SENT_DATA, **{name: text}) == INVALID_REQUEST
    assert lane.verdict.cause == f"{name.lower()}_{'invalid' if text else 'missing'}"


FAULTS: list[tuple[dict[str, str | None], dict[str, Any], str]] = [
    ({"SecretKey": "x"}, {}, '{"CodeResult":"101","ErrorMessage":"Authorize Failed."}'),
    ({}, {"blocked": True}, '{"CodeResult":"143","ErrorMessage":"Account is locked or not activated"}'),
    ({}, {"allowed_ips": []}, '{"CodeResult":"140","ErrorMessage":"IP address is not allowed"}'),
    ({"SmsType": None}, {}, '{"CodeResult":"300","ErrorMessage":"Message type is missing"}'),
    ({"SmsType": "27"}, {}, '{"CodeResult":"118","ErrorMessage":"Message type is not supported"}'),
    ({"From": None}, {}, INVALID_REQUEST),
]


@pytest.mark.parametrize("at", range(len(FAULTS)))
async def test_the_first_of_several_faults_is_told(lane: Lane, at: int) -> None:
    """Each alone, and with all that come after it; tab 101 ends with a full stop."""
    fields, account, body = FAULTS[at]
    lane.patch(**account)
    assert await lane.call(SENT_DATA, **fields) == body

    later = [fault for index, fault in enumerate(FAULTS[at:]) if not (index and fault[0].keys() & fields.keys())]
    for more, also, _ in later:
        lane.patch(**also)
        fields = {**more, **fields}

    assert await lane.call(SENT_DATA, **fields) == body
