"""Tries: requests with Sandbox 1."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.providers.esms.conftest import GET_SEND, JSON_SEND, refusal
from tests.providers.esms.sends import MISMATCH, duplicate_of, multi, multi_sent, send

from otp_sandbox.domain.messages import REFUSED

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

ADDRESS = "https://esms.vn/webhook/"
knowing = pytest.mark.parametrize("name", [JSON_SEND, GET_SEND])


@knowing
@pytest.mark.parametrize("on", ["1", " 1 ", "true", "True"])
async def test_a_try_is_answered_and_nothing_of_it_is_kept(lane: Lane, name: str, on: str) -> None:
    """No message, money or callback; each try has an id of its own."""
    first = await send(lane, name, Sandbox=on, CallbackUrl=ADDRESS)
    second = await send(lane, name, Sandbox=on, CallbackUrl=ADDRESS)

    assert first != second
    assert (await lane.messages(), await lane.callbacks(), await lane.due()) == ([], [], [])
    assert lane.account.balance == 1_000_000
    assert '"CodeResponse":"105"' in await lane.call("GetSendStatus", RefId=first)


@knowing
@pytest.mark.parametrize("off", [None, "", "0", "false", "2", "x"])
async def test_anything_else_is_an_ordinary_request(lane: Lane, name: str, off: str | None) -> None:
    """It is sent."""
    await send(lane, name, Sandbox=off)

    assert len(await lane.messages()) == 1


@knowing
@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"SecretKey": "x"}, refusal(101, "Authorize Failed")),
        ({"SmsType": None}, refusal(300, "Message type is missing")),
        ({"Phone": "x"}, refusal(108, "The phone number x is not valid.")),
        ({"Brandname": "x"}, refusal(104, "Brand name code is not exist")),
    ],
)
async def test_a_try_is_checked(lane: Lane, name: str, changes: dict[str, str | None], answer: str) -> None:
    """Like an ordinary request."""
    assert await lane.call(name, Sandbox="1", **changes) == answer


async def test_a_try_is_refused_for_money(lane: Lane) -> None:
    """Although it would cost nothing."""
    lane.patch(balance=0)

    assert await lane.call(JSON_SEND, Sandbox="1") == refusal(103, "Balance not enough to send message")


@knowing
async def test_a_late_refusal_of_a_try_is_not_found_by_its_id(lane: Lane, name: str) -> None:
    """Nothing is kept of tries."""
    lane.choose(sandbox_checks="all")
    body = await lane.call(name, Sandbox="1", Content="x")

    assert MISMATCH.fullmatch(body)
    assert await lane.store.entries("lane", REFUSED) == []


@knowing
async def test_the_text_of_a_try_fits_no_template(lane: Lane, name: str) -> None:
    """It is accepted, and refused as a message (N24); all else counts: a missing text, a blocked word."""
    await send(lane, name, Sandbox="1", Content="khong co mau")

    assert MISMATCH.fullmatch(await lane.call(name, Content="khong co mau"))
    assert MISMATCH.fullmatch(await lane.call(name, Sandbox="1", Content=None))
    lane.patch(blocked_words=["mau"])
    assert '"201"' in await lane.call(name, Sandbox="1", Content="khong co mau")


async def test_the_text_of_a_try_may_have_to_fit(lane: Lane) -> None:
    """Choice sandbox-checks, over one channel and over two."""
    lane.choose(sandbox_checks="all")

    assert MISMATCH.fullmatch(await lane.call(JSON_SEND, Sandbox="1", Content="x"))
    for zalo, sms in (({"Sandbox": "1"}, {}), ({}, {"Sandbox": "1"})):
        assert MISMATCH.fullmatch(await multi(lane, zalo, {**sms, "Content": "x"}))


async def test_over_two_channels_the_text_of_a_try_fits_no_template(lane: Lane) -> None:
    """Whichever channel is the try: the SMS is not sent either way."""
    await multi_sent(lane, {"Sandbox": "1"}, {"Content": "x"})
    await multi_sent(lane, {}, {"Sandbox": "1", "Content": "x"})

    assert MISMATCH.fullmatch(await multi(lane, {}, {"Content": "x"}))


@knowing
async def test_a_try_uses_its_request_id_up(lane: Lane, name: str) -> None:
    """The message with the same id is a duplicate (N24), and so is another try, until the hours are over."""
    await send(lane, name, Sandbox="1", RequestId="r")

    for sandbox in ("0", "1"):
        assert '"124"' in await lane.call(name, Sandbox=sandbox, RequestId="r")
    assert await lane.call(JSON_SEND, RequestId="r") == duplicate_of(5)
    await lane.settle(hours=24)
    await send(lane, name, RequestId="r")


async def test_a_refused_try_does_not_use_its_request_id_up(lane: Lane) -> None:
    """As with messages."""
    await lane.call(JSON_SEND, Sandbox="1", RequestId="r", Brandname="x")

    await send(lane, RequestId="r")


@knowing
async def test_a_try_may_leave_its_request_id_free(lane: Lane, name: str) -> None:
    """Choice sandbox-request-id: it is neither used up nor looked at."""
    lane.choose(sandbox_request_id="free")
    for sandbox in ("1", "1", "0", "1"):
        await send(lane, name, RequestId="r", Sandbox=sandbox)

    assert '"124"' in await lane.call(name, RequestId="r")


async def test_a_try_may_be_told_of(lane: Lane) -> None:
    """Choice sandbox-callback: a second later, as delivered and free."""
    lane.choose(sandbox_callback="sent")
    sms_id = await send(lane, RequestId="r", Sandbox="1", CallbackUrl=ADDRESS)

    [event] = await lane.settle(seconds=1)
    [callback] = await lane.callbacks()
    assert (event.kind, event.id, event.at) == ("callback", callback.id, lane.now)
    told = dict(parse_qsl(urlsplit(callback.url).query, keep_blank_values=True))
    assert (told["SMSID"], told["SendSuccess"], told["TotalPrice"], told["RequestId"]) == (sms_id, "1", "0.0000", "r")
    assert await lane.messages() == []


async def test_a_try_without_address_is_told_to_nobody(lane: Lane) -> None:
    """There is nobody."""
    lane.choose(sandbox_callback="sent")
    await send(lane, Sandbox="1")

    assert await lane.callbacks() == []


async def test_over_two_channels_the_one_of_zalo_makes_it_a_try(lane: Lane) -> None:
    """The SMS would never be sent, so nothing is; by choice no RequestId is used up."""
    lane.patch(without_zalo=["0901888484"])
    lane.choose(sandbox_request_id="free")
    first = await multi_sent(lane, {"Sandbox": "1", "RequestId": "z"}, {"RequestId": "s"})
    second = await multi_sent(lane, {"Sandbox": 1, "RequestId": "z"}, {"RequestId": "s"})

    assert first != second
    assert (await lane.messages(), await lane.due(), lane.account.balance) == ([], [], 1_000_000)


async def test_over_two_channels_the_one_of_the_sms_leaves_it_out(lane: Lane) -> None:
    """Zalo is sent and paid; its failure is followed by nothing."""
    lane.patch(without_zalo=["0901888484"])
    await multi_sent(lane, {"RequestId": "z"}, {"Sandbox": "1", "RequestId": "s"})
    await lane.settle(seconds=5)

    [message] = await lane.messages()
    assert (message.channel, message.state) == ("zalo", "failed")
    assert '"124"' in await multi(lane, {"RequestId": "z"})
    assert '"124"' in await multi(lane, {"RequestId": "z2"}, {"RequestId": "s"})


async def test_over_two_channels_a_try_uses_both_request_ids_up(lane: Lane) -> None:
    """If it is the whole; and that of the SMS alone stays free by choice, if only the SMS is left out."""
    await multi_sent(lane, {"Sandbox": "1", "RequestId": "z"}, {"RequestId": "s"})
    assert ['"124"' in await lane.call(JSON_SEND, RequestId=each) for each in ("z", "s")] == [True, True]

    lane.choose(sandbox_request_id="free")
    await multi_sent(lane, {"RequestId": "z2"}, {"Sandbox": "1", "RequestId": "s2"})

    assert ['"124"' in await lane.call(JSON_SEND, RequestId=each) for each in ("z2", "s2")] == [True, False]


async def test_a_try_over_two_channels_may_be_told_of(lane: Lane) -> None:
    """At the address of Zalo, as a Zalo message."""
    lane.choose(sandbox_callback="sent")
    await multi_sent(lane, {"Sandbox": "1", "CallbackUrl": ADDRESS}, {"CallbackUrl": "https://esms.vn/sms/"})

    [callback] = await lane.callbacks()
    assert callback.url.startswith(f"{ADDRESS}?SMSID=")
    assert "&TypeId=25&" in callback.url
