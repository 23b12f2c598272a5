"""The customer's own id of a request: how long it blocks, for whom, and what a duplicate is told."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.providers.esms.conftest import FORM_SEND, GET_SEND, JSON_SEND, TRANSPORTS, XML_SEND
from tests.providers.esms.sends import DUPLICATE, MISMATCH, duplicate_of, keep, multi, multi_sent, send

from otp_sandbox.domain.duplicates import ACCEPTED

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

ID = "c82cd356-bf49-4113-9466-65a7f6359c96"
OTHERS = (GET_SEND, FORM_SEND, XML_SEND)


@pytest.mark.parametrize("name", OTHERS)
async def test_a_duplicate_is_refused_without_id_or_state(lane: Lane, name: str) -> None:
    """Tab 124 of the GET and the XML page; it costs nothing."""
    await send(lane, name, RequestId=ID)

    assert await lane.call(name, RequestId=ID) == DUPLICATE
    assert (len(await lane.messages()), lane.account.balance) == (1, 1_000_000 - 850)


async def test_a_duplicate_of_a_json_request_tells_the_state_of_the_first(lane: Lane) -> None:
    """Tab 124 of the JSON page: 2 while it waits, 5 when it is finished."""
    await send(lane, RequestId=ID)
    assert await lane.call(JSON_SEND, RequestId=ID) == duplicate_of(2)

    await lane.settle(seconds=1)

    assert await lane.call(JSON_SEND, RequestId=ID) == duplicate_of(5)


async def test_the_state_is_that_of_the_message_with_the_id(lane: Lane) -> None:
    """Not of the newest one, nor of another provider's with the same number."""
    sms_id = await send(lane, RequestId=ID)
    await lane.settle(seconds=1)
    await send(lane, SendDate="2026-03-02 00:00:00")
    await keep(lane, id=f"{sms_id}x", provider="amoot")

    assert await lane.call(JSON_SEND, RequestId=ID) == duplicate_of(5)


async def test_a_first_message_that_nobody_remembers_counts_as_finished(lane: Lane) -> None:
    """The log of messages is shorter than the memory of ids."""
    await send(lane, RequestId=ID)
    await lane.store.clear("lane", ["messages"])

    assert await lane.call(JSON_SEND, RequestId=ID) == duplicate_of(5)


async def test_the_id_belongs_to_the_account_not_to_the_operation(lane: Lane) -> None:
    """All sends know all ids, whatever else the request says."""
    await send(lane, FORM_SEND, RequestId=ID)

    for name in (GET_SEND, XML_SEND):
        assert await lane.call(name, RequestId=ID, Phone="0918238965", SmsType="8") == DUPLICATE
    assert await lane.call(JSON_SEND, RequestId=ID) == duplicate_of(2)
    assert await multi(lane, {"RequestId": ID}) == DUPLICATE
    assert await multi(lane, {"RequestId": "x"}, {"RequestId": ID}) == DUPLICATE


async def test_both_ids_of_two_channels_are_used_up(lane: Lane) -> None:
    """Whether the SMS was sent or not."""
    await multi_sent(lane, {"RequestId": "for-zalo"}, {"RequestId": "for-sms"})

    assert await lane.call(GET_SEND, RequestId="for-zalo") == DUPLICATE
    assert await lane.call(GET_SEND, RequestId="for-sms") == DUPLICATE


async def test_a_failed_zalo_message_is_told_by_its_sms(lane: Lane) -> None:
    """Both have one SMSID, and the SMS has the last word."""
    lane.patch(without_zalo=["0901888484"])
    await multi_sent(lane, {"RequestId": ID})
    await lane.settle()

    assert await lane.call(JSON_SEND, RequestId=ID) == duplicate_of(2)


@pytest.mark.parametrize("name", TRANSPORTS)
@pytest.mark.parametrize("request_id", ["", None])
async def test_without_an_id_nothing_is_a_duplicate(lane: Lane, name: str, request_id: str | None) -> None:
    """An empty one is none."""
    assert await send(lane, name, RequestId=request_id) != await send(lane, name, RequestId=request_id)


async def test_ids_are_compared_exactly(lane: Lane) -> None:
    """Case and blanks count."""
    await send(lane, RequestId="a")

    for other in ("A", "a ", " a"):
        await send(lane, RequestId=other)


@pytest.mark.parametrize(
    ("hours", "microseconds", "free"), [(23, 0, False), (24, -1, False), (24, 0, True), (25, 0, True)]
)
async def test_an_id_blocks_for_24_hours(lane: Lane, hours: int, microseconds: int, free: bool) -> None:  # noqa: FBT001  (a table)
    """To the instant."""
    await send(lane, GET_SEND, RequestId=ID)
    lane.wait(hours=hours, microseconds=microseconds)

    assert (await lane.call(GET_SEND, RequestId=ID) != DUPLICATE) is free


async def test_a_second_use_blocks_anew(lane: Lane) -> None:
    """The refused ones between do not."""
    await send(lane, GET_SEND, RequestId=ID)
    lane.wait(hours=23)
    await lane.call(GET_SEND, RequestId=ID)
    lane.wait(hours=1)
    await send(lane, GET_SEND, RequestId=ID)
    lane.wait(hours=23)

    assert await lane.call(GET_SEND, RequestId=ID) == DUPLICATE


@pytest.mark.parametrize(("at", "free"), [((16, 59, 59), False), ((17, 0, 0), True)])
async def test_an_id_may_block_until_the_day_ends_in_vietnam(lane: Lane, at: tuple[int, int, int], free: bool) -> None:  # noqa: FBT001  (a table)
    """Choice request-id-window: 17:00 UTC is midnight there."""
    lane.choose(request_id_window="calendar-day")
    lane.now = datetime(2025, 4, 1, 10, 0, tzinfo=UTC)
    await send(lane, GET_SEND, RequestId=ID)
    lane.now = datetime(2025, 4, 1, *at, tzinfo=UTC)

    assert (await lane.call(GET_SEND, RequestId=ID) != DUPLICATE) is free


async def test_the_calendar_day_begins_with_its_first_instant(lane: Lane) -> None:
    """An id that was used at midnight blocks all day."""
    lane.choose(request_id_window="calendar-day")
    lane.now = datetime(2025, 4, 1, 17, 0, tzinfo=UTC)
    await send(lane, GET_SEND, RequestId=ID)
    lane.now += timedelta(hours=24) - timedelta.resolution

    assert await lane.call(GET_SEND, RequestId=ID) == DUPLICATE


@pytest.mark.parametrize(
    "changes",
    [
        {"ApiKey": "x"},
        {"SmsType": "3"},
        {"Phone": "x"},
        {"Brandname": "x"},
        {"Content": "x"},
        {"Phone": "0900000103"},
    ],
)
async def test_a_refused_request_does_not_use_its_id_up(lane: Lane, changes: dict[str, str]) -> None:
    """Only what was accepted does."""
    await lane.call(JSON_SEND, RequestId=ID, **changes)

    await send(lane, RequestId=ID)


async def test_a_duplicate_is_told_before_money_and_text_and_after_the_sender(lane: Lane) -> None:
    await send(lane, GET_SEND, RequestId=ID)
    lane.patch(balance=0)

    assert await lane.call(GET_SEND, RequestId=ID, Content="x") == DUPLICATE
    assert '"104"' in await lane.call(GET_SEND, RequestId=ID, Brandname="x")


async def test_of_equal_requests_at_the_same_time_one_is_accepted(lane: Lane) -> None:
    """The store decides one after the other."""
    bodies = await asyncio.gather(*(lane.call(GET_SEND, RequestId=ID) for _ in range(20)))

    assert sorted(body == DUPLICATE for body in bodies) == [False] + [True] * 19
    assert len(await lane.messages()) == 1


async def test_an_id_that_is_too_long_counts_whole(lane: Lane) -> None:
    """50 characters are documented; longer ones are noted and told apart by their ends."""
    await send(lane, RequestId="x" * 50)
    assert lane.warnings == []

    await send(lane, RequestId="x" * 51)

    assert lane.warnings == ["RequestId is longer than 50 characters: it counts whole"]
    assert await lane.call(GET_SEND, RequestId="x" * 51) == DUPLICATE
    assert await lane.get((ACCEPTED, f"esms {'x' * 51}")) is not None


async def test_a_campaign_that_is_too_long_counts_whole(lane: Lane) -> None:
    """254 characters are documented."""
    await send(lane, campaignid="x" * 254)
    assert lane.warnings == []

    await send(lane, campaignid="x" * 255)

    assert lane.warnings == ["campaignid is longer than 254 characters: it counts whole"]


async def test_a_refused_text_has_an_id_of_its_own_each_time(lane: Lane) -> None:
    """Even with the same RequestId."""
    bodies = [await lane.call(JSON_SEND, RequestId=ID, Content="x") for _ in range(2)]

    assert all(map(MISMATCH.fullmatch, bodies))
    assert len(set(bodies)) == 2
