"""GetDelivery and GetDeliveries of Amoot: what became of messages, over time, and whose messages count."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from equipment import messages
from otp_sandbox.domain.messages import Message, MessageState
from otp_sandbox.providers.amoot.details import Details
from otp_sandbox.providers.amoot.lists import ENTRIES_MOST

CREATED = datetime(2025, 10, 25, 11, 46, 59, 590_000, UTC)
NEVER = "0001-01-01T00:00:00"


def message(*timeline: tuple[MessageState, datetime], number: str = "600000001", **changes: Any) -> Message:
    usual = {"id": number, "provider": "amoot", "to": "+989120000000"}
    return messages.message(*(timeline or (("sent", CREATED),)), **{**usual, **changes})


async def kind(lane: Any, **changes: Any) -> int:
    """Ask for the delivery type of the message."""
    reply = orjson.loads((await lane.answer("GetDelivery", **changes)).body)
    found: int = reply["Data"]["DeliveryType"]
    assert (
        orjson.loads((await lane.answer("GetDeliveries", ListMessageID="600000001")).body)["Data"][0]["DeliveryType"]
        == found
    )
    return found


async def test_a_delivery_has_just_these_bytes(lane: Any) -> None:
    """The captured sample, but that zeros at the end of a fraction are trimmed, as in all other samples."""
    await lane.keep(message(("sent", CREATED), ("failed", CREATED), number="123456789"))

    reply = await lane.answer("GetDelivery", MessageID="123456789")

    assert reply.body == (
        b'{"Status":"Success","Data":{"MessageID":123456789,"DeliveryType":2,"Cost":0,'
        b'"RegDateTime":"2025-10-25T15:16:59.59","SendDateTime":"2025-10-25T15:16:59.59"}}'
    )


async def test_rows_of_deliveries_have_just_these_bytes(lane: Any) -> None:
    """The captured sample, and a row for a number that nobody has."""
    created = datetime(2025, 10, 7, 7, 56, 26, 310_000, UTC)
    sent = datetime(2025, 10, 7, 8, 1, 34, 510_000, UTC)
    await lane.keep(message(("queued", created), ("sent", sent), ("delivered", sent), number="123456789"))

    reply = await lane.answer("GetDeliveries", ListMessageID="123456789,5")

    assert reply.body == (
        b'{"Status":"Success","Data":[{"MessageID":123456789,"DeliveryType":1,"Cost":0,'
        b'"RegDateTime":"2025-10-07T11:26:26.31","SendDateTime":"2025-10-07T11:31:34.51","Status":"Success"},'
        b'{"MessageID":5,"DeliveryType":100,"Cost":0,'
        b'"RegDateTime":"0001-01-01T00:00:00","SendDateTime":"0001-01-01T00:00:00","Status":"MessageID_Invalid"}]}'
    )


@pytest.mark.parametrize(
    ("after", "expected"),
    [(0, 400), (249.999, 400), (250, 0), (499.999, 0), (500, 8), (999.999, 8), (3_600_000, 8)],
)
async def test_a_sent_message_goes_through_the_stages(lane: Any, after: float, expected: int) -> None:
    """In the sending list, to the operator, at the operator, until its fate is known; a stage begins at its instant."""
    await lane.keep(message())
    lane.now = CREATED + timedelta(milliseconds=after)

    assert await kind(lane) == expected


@pytest.mark.parametrize(
    ("timeline", "expected"),
    [
        (["queued"], 900),
        (["sent", "delivered"], 1),
        (["sent", "failed"], 2),
        (["sent", "rejected"], 35),
        (["sent", "delivered", "failed"], 2),
        (["queued", "sent", "delivered"], 1),
    ],
)
async def test_a_fate_is_a_type(lane: Any, timeline: list[MessageState], expected: int) -> None:
    """However long ago; the last report counts."""
    await lane.keep(message(*((state, CREATED + timedelta(seconds=n)) for n, state in enumerate(timeline))))
    for passed in (timedelta(), timedelta(days=400)):
        lane.now = CREATED + passed
        assert await kind(lane) == expected


@pytest.mark.parametrize(
    ("timeline", "expected"),
    [
        (["queued"], 900),
        (["sent"], 35),
        (["sent", "failed"], 35),
        (["sent", "rejected"], 35),
        (["sent", "delivered"], 1),
    ],
)
async def test_the_black_list_tells_from_the_sending_on(lane: Any, timeline: list[MessageState], expected: int) -> None:
    """Unless somebody reports a delivery all the same."""
    await lane.keep(message(*((each, CREATED) for each in timeline), details=Details(12345678, black_listed=True)))
    lane.now = CREATED

    assert await kind(lane) == expected


async def test_the_stages_of_a_queued_message_begin_when_it_is_sent(lane: Any) -> None:
    """SendDateTime is RegDateTime until then."""
    sent = CREATED + timedelta(hours=2)
    await lane.keep(message(("queued", CREATED)))
    lane.now = sent - timedelta(seconds=1)
    waiting = orjson.loads((await lane.answer("GetDelivery")).body)["Data"]
    await lane.keep(message(("queued", CREATED), ("sent", sent)))
    lane.now = sent + timedelta(milliseconds=300)
    going = orjson.loads((await lane.answer("GetDelivery")).body)["Data"]

    assert waiting["SendDateTime"] == waiting["RegDateTime"] == going["RegDateTime"] == "2025-10-25T15:16:59.59"
    assert going["SendDateTime"] == "2025-10-25T17:16:59.59"
    assert (waiting["DeliveryType"], going["DeliveryType"]) == (900, 0)


async def test_a_report_that_sets_a_message_back_does_not_send_it_again(lane: Any) -> None:
    """The time of sending stays, and it is still at the operator."""
    await lane.keep(message(("sent", CREATED), ("delivered", CREATED), ("sent", CREATED + timedelta(hours=1))))
    lane.now = CREATED + timedelta(hours=1)

    data = orjson.loads((await lane.answer("GetDelivery")).body)["Data"]

    assert (data["DeliveryType"], data["SendDateTime"]) == (8, "2025-10-25T15:16:59.59")


@pytest.mark.parametrize("text", ["600000001", " 600000001 ", "+600000001", "0600000001", "۶۰۰۰۰۰۰۰۱"])
async def test_a_number_is_read_in_any_digits(lane: Any, text: str) -> None:
    await lane.keep(message())

    assert (await lane.send("GetDelivery", MessageID=text)).cause == "success"
    assert (await lane.send("GetMessage", MessageID=text)).cause == "success"
    assert orjson.loads((await lane.answer("GetDeliveries", ListMessageID=text)).body)["Data"][0]["Status"] == "Success"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (None, "message_id_missing"),
        ("", "message_id_missing"),
        (" ", "message_id_invalid"),
        ("0", "message_id_invalid"),
        ("-600000001", "message_id_invalid"),
        ("600000001.0", "message_id_invalid"),
        ("600_000_001", "message_id_invalid"),
        ("abc", "message_id_invalid"),
        ("true", "message_id_invalid"),
        ("600000001,600000002", "message_id_invalid"),
        ("9223372036854775808", "message_id_invalid"),
        pytest.param("9" * 5000, "message_id_invalid", id="very-large"),
        ("1", "unknown"),
        ("600000002", "unknown"),
        ("9223372036854775807", "unknown"),
    ],
)
async def test_a_number_that_is_none_or_nobodys_is_refused(lane: Any, text: str | None, cause: str) -> None:
    """A number that may be one is only unknown, up to the last of 64 bits."""
    await lane.keep(message())

    delivery = await lane.send("GetDelivery", MessageID=text)
    wanted = await lane.send("GetMessage", MessageID=text)

    assert delivery.cause == ("message_unknown" if cause == "unknown" else cause)
    assert wanted.cause == ("message_not_found" if cause == "unknown" else cause)


@pytest.mark.parametrize("name", ["GetDelivery", "GetMessage"])
async def test_a_message_of_another_provider_is_unknown_here(lane: Any, name: str) -> None:
    """Even if its id looks like one of ours."""
    await lane.keep(message(provider="esms"))

    assert (await lane.send(name)).cause in {"message_unknown", "message_not_found"}
    assert orjson.loads((await lane.answer("GetDeliveries")).body)["Data"][0]["Status"] == "MessageID_Invalid"


@pytest.mark.parametrize(
    ("choices", "body"),
    [
        ({}, b'{"Status":"Failed","Data":null}'),
        ({"amoot.unknown-delivery": "message_id_invalid"}, b'{"Status":"MessageID_Invalid","Data":null}'),
        ({"amoot.status-format": "number"}, b'{"Status":0,"Data":null}'),
        (
            {"amoot.unknown-delivery": "message_id_invalid", "amoot.status-format": "number"},
            b'{"Status":111,"Data":null}',
        ),
    ],
)
async def test_an_unknown_delivery_is_answered_as_chosen(lane: Any, choices: dict[str, str], body: bytes) -> None:
    """The choice is about unknown numbers only: an unusable one has its own status anyway."""
    lane.choices = choices

    assert (await lane.answer("GetDelivery")).body == body
    unusable = orjson.loads((await lane.answer("GetDelivery", MessageID="0")).body)
    assert unusable["Status"] in {"MessageID_Invalid", 111}


async def test_statuses_of_rows_are_numbers_when_that_is_chosen(lane: Any) -> None:
    lane.choices = {"amoot.status-format": "number"}
    await lane.keep(message())

    reply = orjson.loads((await lane.answer("GetDeliveries")).body)

    assert (reply["Status"], [each["Status"] for each in reply["Data"]]) == (1, [1, 111])


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("600000001", [600000001]),
        ("600000001,600000002", [600000001, 600000002]),
        ("600000002;600000001", [600000002, 600000001]),
        ("600000001|600000002", [600000001, 600000002]),
        ("600000001\n600000002\r\n5", [600000001, 600000002, 5]),
        (" 600000001 , ,600000002,; ", [600000001, 600000002]),
        ("[600000001, 600000002]", [600000001, 600000002]),
        ('["600000001", "600000002,5"]', [600000001, 600000002, 5]),
        ("600000001,600000001", [600000001, 600000001]),
        ("0,-5", [0, -5]),
        ("9223372036854775807,-9223372036854775808", [9223372036854775807, -9223372036854775808]),
    ],
)
async def test_a_list_has_a_row_for_each_number_in_its_order(lane: Any, text: str, asked: list[int]) -> None:
    """Whatever separates them; a number twice has two rows, and one that cannot be a message has one too."""
    await lane.keep(message(), message(number="600000002"))

    reply = orjson.loads((await lane.answer("GetDeliveries", ListMessageID=text)).body)

    assert [each["MessageID"] for each in reply["Data"]] == asked
    assert [each["Status"] for each in reply["Data"]] == [
        "Success" if each in {600000001, 600000002} else "MessageID_Invalid" for each in asked
    ]
    assert {each["RegDateTime"] for each in reply["Data"] if each["DeliveryType"] == 100} <= {NEVER}


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (None, "list_missing"),
        ("", "list_missing"),
        (" ", "list_invalid"),
        (",;|", "list_invalid"),
        ("abc", "list_invalid"),
        ("600000001,abc", "list_invalid"),
        ("600000001 600000002", "list_invalid"),
        ("1.5", "list_invalid"),
        ("[]", "list_invalid"),
        ('[{"MessageID":600000001}]', "list_invalid"),
        ("[[600000001]]", "list_invalid"),
        ("600000001,9223372036854775808", "list_invalid"),
    ],
)
async def test_a_list_that_is_none_is_refused_with_an_empty_list(lane: Any, text: str | None, cause: str) -> None:
    """The captured refusal."""
    assert (await lane.send("GetDeliveries", ListMessageID=text)).cause == cause
    assert (await lane.answer("GetDeliveries", ListMessageID=text)).body == b'{"Status":"Failed","Data":[]}'


async def test_a_long_list_is_no_trouble(lane: Any) -> None:
    """No limit is documented; the sandbox has one."""
    listed = json.dumps(list(range(1, ENTRIES_MOST + 1)))

    assert len(orjson.loads((await lane.answer("GetDeliveries", ListMessageID=listed)).body)["Data"]) == ENTRIES_MOST


async def test_a_longer_list_than_is_taken_is_no_list(lane: Any) -> None:
    """It is answered like one that holds what is no number."""
    listed = ",".join(map(str, range(1, ENTRIES_MOST + 2)))

    assert (await lane.answer("GetDeliveries", ListMessageID=listed)).body == b'{"Status":"Failed","Data":[]}'
    assert lane.played.verdict.cause == "list_invalid"


@pytest.mark.parametrize("name", ["SendOTP", "SendQuickOTP", "SendSimple", "SendWithPattern", "SendPeerToPeer"])
async def test_every_send_can_be_asked_for(lane: Any, name: str) -> None:
    """By the id of its message."""
    await lane.send(name)
    sent = (await lane.messages())[0]

    assert (await lane.send("GetDelivery", MessageID=sent.id)).cause == "success"
    assert (await lane.send("GetMessage", MessageID=sent.id)).cause == "success"
