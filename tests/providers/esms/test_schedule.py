"""When a message goes out, and what becomes of it: SendDate, approval, repeated texts, money."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.providers.esms.conftest import GET_SEND, JSON_SEND, XML_SEND
from tests.providers.esms.sends import PHONE, TEXT, force, message_of, multi_sent, send

from otp_sandbox.domain.duplicates import key_of_repeat

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

NOON = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
"""When a lane begins; noon in Vietnam."""
scheduling = pytest.mark.parametrize("name", [JSON_SEND, GET_SEND, XML_SEND])


async def status_of(lane: Lane, sms_id: str) -> str:
    """Ask for the state by the SMSID."""
    body = await lane.call("GetSendStatus", RefId=sms_id)
    return body.partition('"SendStatus":')[2][:1]


@scheduling
@pytest.mark.parametrize("date", ["2026-03-01 12:00:01", "2026/03/01 12:00:01", " 2026-03-01 12:00:01 "])
async def test_a_message_with_a_date_to_come_waits_and_is_paid(lane: Lane, name: str, date: str) -> None:
    """Vietnamese time; it is sent then, and delivered a second later."""
    sms_id = await send(lane, name, SendDate=date)
    message = await message_of(lane, sms_id)
    assert (message.state, message.created_at, message.since("queued")) == ("queued", NOON, NOON)
    assert (lane.account.balance, lane.warnings) == (1_000_000 - 850, [])
    assert await status_of(lane, sms_id) == "2"

    assert await lane.settle(microseconds=999_999) == []
    [event] = await lane.settle(microseconds=1)

    assert (event.kind, event.at) == ("send", NOON + timedelta(seconds=1))
    assert (await message_of(lane, sms_id)).since("sent") == NOON + timedelta(seconds=1)
    await lane.settle(seconds=1)
    assert (await message_of(lane, sms_id)).state == "delivered"
    assert lane.account.balance == 1_000_000 - 850


@scheduling
@pytest.mark.parametrize("date", ["2026-03-01 12:00:00", "2026-03-01 11:50:00", "", " ", None])
async def test_a_date_that_has_just_passed_counts_as_left_out(lane: Lane, name: str, date: str | None) -> None:
    """Now is not to come either; no warning."""
    assert (await message_of(lane, await send(lane, name, SendDate=date))).state == "sent"
    assert lane.warnings == []


@scheduling
@pytest.mark.parametrize("date", ["tomorrow", "2027-13-01 00:00:00", "2027-01-01", "2027-01-01T00:00:00", "1893456000"])
async def test_a_date_that_cannot_be_read_is_noted(lane: Lane, name: str, date: str) -> None:
    """It counts as left out."""
    assert (await message_of(lane, await send(lane, name, SendDate=date))).state == "sent"
    assert lane.warnings == [f'SendDate="{date}" is not yyyy-MM-dd HH:mm:ss: the message is sent now']


@scheduling
@pytest.mark.parametrize(
    ("date", "state", "warning"),
    [
        ("2026-03-01 11:49:59", "sent", "10 min back: the message is sent now"),
        ("2026-02-28 10:00:00", "sent", "26 h back: the message is sent now"),
        ("2026-03-01 05:00:00", "sent", "7 h back, so the message is sent now: is it UTC, without an offset?"),
        ("2026-03-01 19:05:00", "queued", "7 h ahead: is it the provider's local time, marked as UTC?"),
    ],
)
async def test_a_date_that_is_probably_meant_otherwise_is_noted(
    lane: Lane, name: str, date: str, state: str, warning: str
) -> None:
    """Long ago, or as far from now as Vietnam is from UTC."""
    assert (await message_of(lane, await send(lane, name, SendDate=date))).state == state
    assert lane.warnings == [f"SendDate lies {warning}"]


@scheduling
@pytest.mark.parametrize("date", ["2026-03-01 18:49:59", "2026-03-01 19:10:01", "2026-03-01 12:00:01"])
async def test_a_date_that_is_to_come_is_not_odd(lane: Lane, name: str, date: str) -> None:
    await send(lane, name, SendDate=date)

    assert lane.warnings == []


async def test_a_message_may_await_approval_first(lane: Lane) -> None:
    """Choice send-status-life: 1, then 2, then 5."""
    lane.choose(send_status_life="one-two-five")
    sms_id = await send(lane)
    seen = [await status_of(lane, sms_id)]
    for _ in range(7):
        await lane.settle(seconds=1)
        seen.append(await status_of(lane, sms_id))

    assert seen == ["1", "1", "1", "1", "1", "2", "5", "5"]


async def test_an_approved_message_waits_for_its_date(lane: Lane) -> None:
    """1 until it is approved, 2 until it is sent and reported."""
    lane.choose(send_status_life="one-two-five")
    sms_id = await send(lane, SendDate="2026-03-01 12:01:00")
    seen = []
    for seconds in (4.9, 0.1, 54.9, 0.1, 1):
        await lane.settle(seconds=seconds)
        seen.append((await status_of(lane, sms_id), (await message_of(lane, sms_id)).state))

    assert seen == [("1", "queued"), ("2", "queued"), ("2", "queued"), ("2", "sent"), ("5", "delivered")]


async def test_a_date_before_the_approval_is_the_time_of_the_approval(lane: Lane) -> None:
    """Nothing goes out unapproved."""
    lane.choose(send_status_life="one-two-five")
    sms_id = await send(lane, SendDate="2026-03-01 12:00:02")
    await lane.settle(seconds=10)

    assert (await message_of(lane, sms_id)).since("sent") == NOON + timedelta(seconds=5)


async def test_gencode_awaits_approval_too(lane: Lane) -> None:
    """Its code can be checked meanwhile."""
    lane.choose(send_status_life="one-two-five")
    message = await lane.sent()
    assert await status_of(lane, message.id) == "1"
    await lane.settle(seconds=6)

    assert await status_of(lane, message.id) == "5"
    await lane.checkcode(message.code)
    assert lane.verdict.cause == "code_valid"


@pytest.mark.parametrize(("minutes", "microseconds", "state"), [(5, -1, "failed"), (5, 0, "delivered")])
async def test_the_same_text_may_fail_for_five_minutes(lane: Lane, minutes: int, microseconds: int, state: str) -> None:
    """Choice repeated-content: accepted and paid, then failed and paid back."""
    lane.choose(repeated_content="fails")
    await send(lane)
    await lane.settle(minutes=minutes, microseconds=microseconds)
    sms_id = await send(lane, GET_SEND)
    assert lane.account.balance == 1_000_000 - 1700
    await lane.settle(seconds=1)

    assert (await message_of(lane, sms_id)).state == state
    assert lane.account.balance == 1_000_000 - (850 if state == "failed" else 1700)


async def test_a_text_that_failed_does_not_count_as_sent(lane: Lane) -> None:
    """The time is that since it was really sent."""
    lane.choose(repeated_content="fails")
    await send(lane)
    await lane.settle(minutes=4)
    await send(lane)
    await lane.settle(minutes=1)
    sms_id = await send(lane)
    await lane.settle(seconds=1)

    assert (await message_of(lane, sms_id)).state == "delivered"


@pytest.mark.parametrize(
    "changes",
    [
        {"Phone": "0918238965"},
        {"Content": "1 la ma xac minh dang ky Baotrixemay cua ban"},
        {"SendDate": "2026-03-01 12:00:01"},
    ],
)
async def test_other_texts_phones_and_times_do_not_fail(lane: Lane, changes: dict[str, str]) -> None:
    """What goes out later is no repetition."""
    lane.choose(repeated_content="fails")
    await send(lane)
    sms_id = await send(lane, **changes)
    await lane.settle(seconds=3)

    assert (await message_of(lane, sms_id)).state == "delivered"


async def test_the_spelling_of_a_phone_does_not_hide_a_repetition(lane: Lane) -> None:
    """Phones are compared as they are understood."""
    lane.choose(repeated_content="fails")
    await send(lane)
    sms_id = await send(lane, Phone="+84 901 888 484")
    await lane.settle(seconds=1)

    assert (await message_of(lane, sms_id)).state == "failed"


async def test_by_default_texts_may_be_repeated(lane: Lane) -> None:
    """Nothing is noted of them either."""
    await send(lane)
    sms_id = await send(lane)
    await lane.settle(seconds=1)

    assert (await message_of(lane, sms_id)).state == "delivered"
    assert await lane.get(key_of_repeat("esms", PHONE, TEXT)) is None


async def test_a_repeated_text_that_awaits_approval_fails_after_it(lane: Lane) -> None:
    """Both choices together."""
    lane.choose(repeated_content="fails", send_status_life="one-two-five")
    await send(lane)
    sms_id = await send(lane)
    await lane.settle(seconds=5)
    assert (await message_of(lane, sms_id)).state == "sent"
    await lane.settle(seconds=1)

    assert (await message_of(lane, sms_id)).state == "failed"


async def test_the_sms_of_two_channels_is_a_text_like_others(lane: Lane) -> None:
    """It fails when the text went out just before, and counts as sent when it goes out itself."""
    lane.choose(repeated_content="fails")
    lane.patch(without_zalo=["0901888484"])
    first = await multi_sent(lane)
    await lane.settle(seconds=1)
    second = await multi_sent(lane)
    third = await send(lane)
    await lane.settle(seconds=1)

    assert (await message_of(lane, f"{first}.sms")).state == "delivered"
    assert (await message_of(lane, f"{second}.sms")).state == "failed"
    assert (await message_of(lane, third)).state == "failed"


async def test_the_price_may_be_taken_on_success(lane: Lane) -> None:
    """Choice charging: nothing at acceptance, though the balance must do."""
    lane.choose(charging="on-success")
    sms_id = await send(lane)
    await lane.gencode()
    assert lane.account.balance == 1_000_000
    await lane.settle(seconds=1)
    assert lane.account.balance == 1_000_000 - 1700

    await force(lane, sms_id, "failed")

    assert lane.account.balance == 1_000_000 - 850
    lane.patch(balance=849)
    assert '"103"' in await lane.call(JSON_SEND)


async def test_a_failure_is_paid_back_and_a_late_success_charged_again(lane: Lane) -> None:
    """By reports that somebody asks for."""
    sms_id = await send(lane)
    balances = []
    for state in ("failed", "rejected", "delivered", "failed"):
        await force(lane, sms_id, state)
        balances.append(lane.account.balance)

    assert balances == [1_000_000, 1_000_000, 1_000_000 - 850, 1_000_000]
