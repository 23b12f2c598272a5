"""The delivery callback, byte for byte as the published samples have it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.providers.esms.conftest import ESMS
from tests.providers.esms.sends import force, message_of, multi_sent, send

from equipment import messages
from otp_sandbox.contract import Dialect
from otp_sandbox.domain.callbacks import Attempt
from otp_sandbox.domain.messages import Message
from otp_sandbox.domain.record import replace
from otp_sandbox.providers.esms.account import CallbackPolicy
from otp_sandbox.providers.esms.callbacks import delivery_callback
from otp_sandbox.providers.esms.details import Details

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

ADDRESS = "https://yourportal.sms/receivecallback/"
NOW = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
CUSTOMER_CARE = (
    "SMSID=dc712784-9c5f-4c69-b9a8-ea69d56adc9a87&SendFailed=1&SendStatus=5&SendSuccess=0&TotalPrice=0.0000"
    "&TotalReceiver=1&TotalSent=1&RequestId=&TypeId=2&telcoid=1&phonenumber=0397840416&switchsmsid="
)
ZALO = (
    "SMSID=f66545d2-c7e2-4603-984e-d2238c363c8292&SendFailed=1&SendStatus=5&SendSuccess=0&TotalPrice=0.0000"
    "&TotalReceiver=1&TotalSent=0&RequestId=&TypeId=25&telcoid=2&phonenumber=0901888484&partnerids="
    "&error_info=%22{%5C%22error%5C%22%3A-114%2C%5C%22message%5C%22%3A%5C%22User%20is%20inactive%2C%20or%20reject"
    "%20the%20message%2C%20or%20using%20an%20outdated%20Zalo%20version%2C%20or%20other%20internal%20errors%5C%22}%22"
    "&oaid=1397492183140006179&tempid=2056446"
)
VOICE = (
    "SMSID=849fe08c19294b02857cf91687021a50250&SendFailed=0&SendStatus=5&SendSuccess=1&TotalPrice=470.0000"
    "&TotalReceiver=1&TotalSent=1&RequestId=&TypeId=8&telcoid=2&phonenumber=0901888484"
)


def message(**changes: Any) -> Message:
    """A customer-care message that has failed."""
    usual = {
        "id": "dc712784-9c5f-4c69-b9a8-ea69d56adc9a87",
        "provider": "esms",
        "to": "+84397840416",
        "price": 850,
        "details": Details(callback_url=ADDRESS),
    }
    return messages.message(("sent", NOW), ("failed", NOW), **{**usual, **changes})


def query_of(told: Message) -> str:
    """Give what is added to the address."""
    callback = delivery_callback(told, CallbackPolicy(), Dialect(ESMS.spec, {}))
    assert callback is not None
    assert (callback.method, callback.headers, callback.body) == ("GET", {}, "")
    address, _, query = callback.url.partition("?")
    assert address == ADDRESS
    return query


def test_the_sample_of_customer_care() -> None:
    """As published, with the counts of one receiver."""
    assert query_of(message()) == CUSTOMER_CARE


def test_the_sample_of_zalo() -> None:
    """As published."""
    zalo = Details(sms_type=25, callback_url=ADDRESS, official_account="1397492183140006179", template="2056446")
    told = message(id="f66545d2-c7e2-4603-984e-d2238c363c8292", to="+84901888484", channel="zalo", details=zalo)

    assert query_of(told) == ZALO


def test_a_call_is_told_like_the_sample_of_viber() -> None:
    """The same members, the type of calls."""
    told = message(
        id="849fe08c19294b02857cf91687021a50250",
        to="+84901888484",
        state="delivered",
        price=470,
        channel="voice",
        details=Details(sms_type=8, callback_url=ADDRESS),
    )

    assert query_of(told) == VOICE


def test_a_zalo_message_that_arrived() -> None:
    """Zalo's id of it, and its word of success."""
    told = message(id="f6" * 16, state="delivered", channel="zalo", details=Details(sms_type=25, callback_url=ADDRESS))

    assert query_of(told).endswith(
        "&TotalSent=1&RequestId=&TypeId=25&telcoid=1&phonenumber=0397840416&partnerids=f6f6f6f6f6f6f6f6f6f6"
        "&error_info={%22error%22%3A0%2C%22message%22%3A%22Success%22}&oaid=&tempid="
    )


def test_the_sms_of_a_failed_zalo_message_has_the_id_of_the_request() -> None:
    """One SMSID for both; switchsmsid stays empty."""
    assert query_of(message(id="dc712784-9c5f-4c69-b9a8-ea69d56adc9a87.sms")) == CUSTOMER_CARE


def test_a_rejected_message_has_its_own_state() -> None:
    """4, and it cost nothing."""
    assert "&SendStatus=4&SendSuccess=0&TotalPrice=0.0000&" in query_of(message(state="rejected"))


@pytest.mark.parametrize("state", ["queued", "sent"])
def test_nobody_is_told_before_the_end(state: Any) -> None:
    """Only what is final is told."""
    assert delivery_callback(message(state=state), CallbackPolicy(), Dialect(ESMS.spec, {})) is None


@pytest.mark.parametrize(
    ("address", "begin"),
    [
        ("http://a/", "http://a/?SMSID="),
        ("HTTPS://a", "HTTPS://a?SMSID="),
        ("https://a/b?c=d", "https://a/b?c=d&SMSID="),
        ("https://a/b?", "https://a/b?SMSID="),
        ("https://a/b?c&", "https://a/b?c&SMSID="),
        ("https://a/b#c", "https://a/b?SMSID="),
    ],
)
def test_the_fields_are_added_to_the_address(address: str, begin: str) -> None:
    """Whatever scheme and query it has."""
    callback = delivery_callback(
        message(details=Details(callback_url=address)), CallbackPolicy(), Dialect(ESMS.spec, {})
    )

    assert callback is not None
    assert callback.url.startswith(begin)


@pytest.mark.parametrize("address", ["", "ftp://a/", "a/b", "javascript:x"])
def test_what_is_no_address_is_not_called(address: str) -> None:
    """The send was accepted all the same."""
    told = message(details=Details(callback_url=address))

    assert delivery_callback(told, CallbackPolicy(), Dialect(ESMS.spec, {})) is None


async def test_the_end_of_a_message_is_told_once(lane: Lane) -> None:
    """A second after it was sent, with what the send named."""
    sms_id = await send(lane, RequestId="r/1 &", CallbackUrl=ADDRESS)
    assert await lane.callbacks() == []
    fired = await lane.settle(seconds=5)

    [callback] = await lane.callbacks()
    assert [(event.kind, event.id) for event in fired] == [
        ("delivery", sms_id),
        ("callback", callback.id),
    ]
    assert callback.url == (
        f"{ADDRESS}?SMSID={sms_id}&SendFailed=0&SendStatus=5&SendSuccess=1&TotalPrice=850.0000&TotalReceiver=1"
        "&TotalSent=1&RequestId=r%2F1%20%26&TypeId=2&telcoid=2&phonenumber=0901888484&switchsmsid="
    )


async def test_each_state_that_is_forced_is_told(lane: Lane) -> None:
    """Under an id of its own."""
    sms_id = await send(lane, CallbackUrl=ADDRESS)
    await force(lane, sms_id, "failed")
    await force(lane, sms_id, "sent")
    await force(lane, sms_id, "delivered")

    events = [(each.id, each.event) for each in await lane.callbacks()]
    assert [event for _, event in events] == ["failed", "delivered"]
    assert len({name for name, _ in events}) == 2


async def test_both_channels_have_an_address_of_their_own(lane: Lane) -> None:
    """The failure of Zalo at the first, the SMS at the second."""
    lane.patch(without_zalo=["0901888484"])
    sms_id = await multi_sent(
        lane,
        {"CallbackUrl": "https://esms.vn/z", "RequestId": "z"},
        {"CallbackUrl": "https://esms.vn/s", "RequestId": "s"},
    )
    await lane.settle(seconds=2)

    zalo, sms = [each.url for each in await lane.callbacks()]
    assert zalo.startswith(f"https://esms.vn/z?SMSID={sms_id}&SendFailed=1&SendStatus=5&")
    assert "&RequestId=z&TypeId=25&" in zalo
    assert sms.startswith(f"https://esms.vn/s?SMSID={sms_id}&SendFailed=0&SendStatus=5&SendSuccess=1&")
    assert "&RequestId=s&TypeId=2&" in sms


async def test_a_message_without_address_is_told_to_nobody(lane: Lane) -> None:
    """GENCODE never has one."""
    await send(lane)
    await lane.gencode(CallbackUrl=ADDRESS)
    await lane.settle(seconds=2)

    assert await lane.callbacks() == []


async def test_the_published_retries_unless_the_account_says_otherwise(lane: Lane) -> None:
    """Five, and only when no answer comes; the account has the last word."""
    await send(lane, CallbackUrl=ADDRESS)
    await lane.settle(seconds=1)
    lane.patch(callback_policy={"retries": 1, "retry_after": "2s", "timeout": "3s", "retry_answers": True})
    await send(lane, CallbackUrl=ADDRESS)
    await lane.settle(seconds=1)

    usual, own = await lane.callbacks()
    assert (usual.retries, usual.retry_after, usual.timeout) == (5, timedelta(seconds=30), timedelta(seconds=10))
    assert (own.retries, own.retry_after, own.timeout) == (1, timedelta(seconds=2), timedelta(seconds=3))
    refused = Attempt(NOW, 500, None, 1, None)
    unheard = Attempt(NOW, None, "no answer", 1, None)
    assert (usual.after(refused).state, usual.after(unheard).state) == ("failed", "pending")
    assert own.after(refused).state == "pending"


async def test_a_message_of_another_provider_is_not_ours_to_tell(lane: Lane) -> None:
    """The details of its message are of another kind."""
    sms_id = await send(lane, CallbackUrl=ADDRESS)
    kept = await message_of(lane, sms_id)

    assert delivery_callback(replace(kept, details=object()), CallbackPolicy(), Dialect(ESMS.spec, {})) is None
