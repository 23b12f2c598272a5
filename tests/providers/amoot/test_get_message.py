"""GetMessage and GetMessages of Amoot: what was sent, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from equipment import messages
from otp_sandbox.domain.messages import Message, MessageState

CREATED = datetime(2025, 10, 25, 11, 46, 59, 590_000, UTC)


def message(number: int, at: datetime = CREATED, state: MessageState = "sent", **changes: Any) -> Message:
    usual = {"id": str(number), "provider": "amoot", "to": "+989120000000", "sender": "PUBLIC"}
    return messages.message((state, at), **{**usual, **changes})


async def listed(lane: Any, since: str = "2025-10-01", until: str = "2025-11-01") -> list[int]:
    reply = orjson.loads((await lane.answer("GetMessages", FromDateTime=since, ToDateTime=until)).body)
    assert reply["Status"] == "Success"
    return [each["MessageID"] for each in reply["Data"]]


async def test_a_message_that_waits_has_just_these_bytes(lane: Any) -> None:
    """The captured sample with a text of ours; the line stands as the account spells it."""
    lane.patch({"lines": ["Public", "500030005"]})
    await lane.keep(message(600000001, state="queued", sender="500030005"))

    assert (await lane.answer("GetMessage")).body == (
        b'{"Status":"Success","Data":{"MessageID":600000001,"Mobile":"9120000000","LineNumber":"500030005",'
        b'"SMSMessageText":"Test","RegDateTime":"2025-10-25T15:16:59.59","SentDateTime":"0001-01-01T00:00:00"}}'
    )


async def test_the_list_has_the_same_rows(lane: Any) -> None:
    """Sent ones have their time of sending."""
    sent = (("queued", CREATED), ("sent", CREATED + timedelta(milliseconds=530)))
    await lane.keep(message(600000001, timeline=sent))
    single = orjson.loads((await lane.answer("GetMessage")).body)["Data"]

    reply = await lane.answer("GetMessages", FromDateTime="2025-10-25", ToDateTime="2025-10-26")

    assert orjson.loads(reply.body) == {"Status": "Success", "Data": [single]}
    assert list(single) == ["MessageID", "Mobile", "LineNumber", "SMSMessageText", "RegDateTime", "SentDateTime"]
    assert (single["LineNumber"], single["SentDateTime"]) == ("Public", "2025-10-25T15:17:00.12")


async def test_a_line_that_is_gone_stands_as_it_was_sent(lane: Any) -> None:
    lane.patch({"lines": ["98"]})
    await lane.keep(message(600000001))

    assert orjson.loads((await lane.answer("GetMessage")).body)["Data"]["LineNumber"] == "PUBLIC"


async def test_an_unknown_message_has_just_these_bytes(lane: Any) -> None:
    """As captured."""
    assert (await lane.answer("GetMessage")).body == b'{"Status":"MessageID_Invalid","Data":null}'


async def test_the_choice_about_unknown_deliveries_is_not_about_messages(lane: Any) -> None:
    lane.choices = {"amoot.unknown-delivery": "failed"}

    assert (await lane.answer("GetMessage")).body == b'{"Status":"MessageID_Invalid","Data":null}'


async def test_the_text_is_what_was_sent(lane: Any) -> None:
    """With the code in its place, new lines and letters of any script; nothing is added."""
    await lane.pin("+989120000000", "4821")
    await lane.send(SMSMessageText='کد "شما":\n%code% 😀')
    (sent,) = await lane.messages()

    reply = await lane.answer("GetMessage", MessageID=sent.id)

    assert orjson.loads(reply.body)["Data"]["SMSMessageText"] == 'کد "شما":\n4821 😀'
    assert "کد".encode() in reply.body


@pytest.mark.parametrize(
    ("since", "until", "within"),
    [
        ("2025-10-25 15:16:59.590", "2025-10-25 15:16:59.590", True),
        ("2025-10-25T15:16:59.59", "2025-10-25T15:16:59.59", True),
        ("2025-10-25 15:16:59.591", "2025-10-26", False),
        ("2025-10-25", "2025-10-25 15:16:59.589", False),
        ("2025-10-25", "2025-10-25 15:16:59", False),
        ("2025-10-25 15:16:59", "2025-10-25 15:17:00", True),
        ("2025-10-25T11:46:59.590Z", "2025-10-25T11:46:59.590Z", True),
        ("1404/08/03 15:16:59", "1404/08/03 15:17:00", True),
        ("10/25/2025 3:16:59 PM", "10/25/2025 3:17:00 PM", True),
        ("2025-10-25T15:16:59 03:30", "2025-10-25T15:17:00 03:30", True),
        ("0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999", True),
    ],
)
async def test_both_ends_of_a_period_belong_to_it(lane: Any, since: str, until: str, *, within: bool) -> None:
    """In every spelling of a time."""
    await lane.keep(message(600000001))

    assert await listed(lane, since, until) == ([600000001] if within else [])


async def test_a_time_that_an_answer_shows_finds_its_message(lane: Any) -> None:
    """Although the answer shows no microseconds."""
    await lane.keep(message(600000001, CREATED + timedelta(microseconds=777)))
    shown = orjson.loads((await lane.answer("GetMessage")).body)["Data"]["RegDateTime"]

    assert await listed(lane, shown, shown) == [600000001]


async def test_a_period_has_the_oldest_first_by_the_time_of_the_call(lane: Any) -> None:
    """A message that was queued long stands where it was asked for; those of one call keep their order."""
    later = CREATED + timedelta(minutes=1)
    queued = message(600000009, state="queued")
    await lane.keep(queued, message(600000005, later), message(600000002, later), message(600000007, later, "failed"))
    await lane.keep(queued.now_in("sent", later))

    assert await listed(lane) == [600000009, 600000005, 600000002, 600000007]


async def test_a_period_has_what_is_queued_too_and_nothing_of_others(lane: Any) -> None:
    """What is not sent yet says so in its row."""
    await lane.keep(message(600000001, state="queued"), message(600000002, provider="esms"))

    assert await listed(lane) == [600000001]


async def test_an_empty_period_is_a_success(lane: Any) -> None:
    assert (await lane.answer("GetMessages")).body == b'{"Status":"Success","Data":[]}'
