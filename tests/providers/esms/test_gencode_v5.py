"""GENCODE V5: the code by Zalo, and by SMS if that fails."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.providers.esms.conftest import CHECKCODE, GENCODE_V5, refusal
from tests.providers.esms.sends import ACCEPTED, MISMATCH, PHONE, force, message_of, ref_of

from otp_sandbox.domain.messages import REFUSED
from otp_sandbox.providers.esms.details import Details

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

    from otp_sandbox.domain.messages import Message

OA = "4097311281936189049"
PAIR = {
    "id": "22575",
    "official_account": OA,
    "zns_template": "205644",
    "brandname": "Baotrixemay",
    "text": "{OTP} la ma xac minh dang ky Baotrixemay cua ban",
}
ZNS = {"id": "205644", "text": "Ma: <otp>."}


async def v5(lane: Lane, **changes: str | None) -> str:
    """Send, and give the SMSID."""
    body = await lane.call(GENCODE_V5, **changes)
    found = ACCEPTED.fullmatch(body)
    assert found is not None, body
    return found.group(1)


def with_oa(**changes: Any) -> dict[str, Any]:
    """Give a patch with one Official Account."""
    return {"official_accounts": [{"id": OA, "templates": [ZNS], **changes}]}


async def test_the_code_goes_by_zalo(lane: Lane) -> None:
    """The Official Account sends the text of the Zalo template with the code in it."""
    sms_id = await v5(lane)

    [message] = await lane.messages()
    [challenge] = await lane.codes()
    assert (message.id, message.channel, message.sender, message.to) == (sms_id, "zalo", OA, PHONE)
    assert message.code == challenge.code
    assert message.text == f"Ma xac minh cua ban la {message.code}. Khong chia se ma nay cho bat ky ai."
    assert re.fullmatch("[A-Z0-9]{6}", challenge.code)
    assert challenge.expires_at == lane.now + timedelta(minutes=5)
    details: Details = message.details
    assert (details.sms_type, details.official_account, details.template) == (25, OA, "205644")
    assert lane.account.balance == 1_000_000 - 850


async def test_zalo_reaches_the_phone_and_no_sms_follows(lane: Lane) -> None:
    """One message, one price."""
    sms_id = await v5(lane)
    await lane.settle(seconds=5)

    [message] = await lane.messages()
    assert (message.id, message.state) == (sms_id, "delivered")
    assert lane.account.balance == 1_000_000 - 850


@pytest.mark.parametrize("spelling", ["0901888484", "84901888484", "+84 901.888.484"])
async def test_where_zalo_fails_the_sms_has_the_same_code(lane: Lane, spelling: str) -> None:
    """At once; the price of the failure goes back, that of the SMS is taken."""
    lane.patch(without_zalo=["x", spelling])
    sms_id = await v5(lane)
    await lane.settle()

    zalo, sms = await lane.messages()
    assert (zalo.state, zalo.since("failed")) == ("failed", lane.now)
    assert (sms.id, sms.channel, sms.sender, sms.state) == (f"{sms_id}.sms", "sms", "Baotrixemay", "sent")
    assert sms.code == zalo.code
    assert sms.text == f"{zalo.code} la ma xac minh dang ky Baotrixemay cua ban"
    assert (sms.created_at, sms.details) == (lane.now, Details())
    assert lane.account.balance == 1_000_000 - 850
    await lane.settle(seconds=1)
    assert (await message_of(lane, sms.id)).state == "delivered"


async def test_a_failure_that_is_reported_late_is_followed_by_the_sms_once(lane: Lane) -> None:
    """However often it is reported."""
    sms_id = await v5(lane)
    await lane.settle(seconds=1)
    for state in ("failed", "delivered", "rejected"):
        await force(lane, sms_id, state)  # type: ignore[arg-type]  # a state

    assert [message.channel for message in await lane.messages()] == ["zalo", "sms"]


async def test_the_code_is_accepted_once(lane: Lane) -> None:
    """By CHECKCODE, whichever channel brought it."""
    lane.patch(without_zalo=["0901888484"])
    await v5(lane)
    await lane.settle()
    [zalo, sms] = await lane.messages()
    verdicts = []
    for message in (sms, zalo):
        await lane.call(CHECKCODE, Code=message.code)
        verdicts.append(lane.verdict.cause)

    assert verdicts == ["code_valid", "code_used"]


async def test_type_one_only_makes_the_code(lane: Lane) -> None:
    """Nothing is sent or paid, and nothing is found by the SMSID."""
    lane.patch(balance=0, price=None)
    sms_id = await v5(lane, TypeId="1")

    [challenge] = await lane.codes()
    assert (await lane.messages(), lane.account.balance) == ([], 0)
    await lane.checkcode(challenge.code)
    assert lane.verdict.cause == "code_valid"
    assert '"CodeResponse":"105"' in await lane.call("GetSendStatus", RefId=sms_id)


async def test_money_counts_for_what_is_sent(lane: Lane) -> None:
    """Type 2 pays."""
    lane.patch(price=None)
    assert await lane.call(GENCODE_V5) == refusal(102, "No price list")
    lane.patch(price=850, balance=849)
    assert await lane.call(GENCODE_V5) == refusal(103, "Balance not enough to send message")


async def test_a_pinned_code_is_used(lane: Lane) -> None:
    """Once."""
    await lane.pin(PHONE, "135790")
    await v5(lane)

    assert [message.code for message in await lane.messages()] == ["135790"]
    assert await lane.pinned(PHONE) is None


@pytest.mark.parametrize(
    ("asked", "minutes"), [(None, 5), ("2", 2), ("1", 2), ("10", 10), ("15", 10), ("x", 5), ("", 5)]
)
async def test_lifetimes_are_those_of_gencode(lane: Lane, asked: str | None, minutes: int) -> None:
    """A strict range is a choice about GENCODE alone."""
    lane.choose(lifetime_range="strict")
    await v5(lane, TimeAlive=asked)

    [challenge] = await lane.codes()
    assert challenge.expires_at == lane.now + timedelta(minutes=minutes)


async def test_a_wider_range_of_lifetimes(lane: Lane) -> None:
    """Choice lifetime-range."""
    lane.choose(lifetime_range="two-to-fifteen")
    await v5(lane, TimeAlive="45")

    [challenge] = await lane.codes()
    assert challenge.expires_at == lane.now + timedelta(minutes=15)


@pytest.mark.parametrize(("option", "alive"), [("replace", [False, True]), ("keep-all", [True, True])])
async def test_a_second_code_replaces_the_first(lane: Lane, option: str, alive: list[bool]) -> None:
    """Whichever operation made it."""
    lane.choose(second_code=option)
    await lane.gencode()
    await v5(lane)

    assert [challenge.alive(lane.now) for challenge in await lane.codes()] == alive


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"TypeId": None}, refusal(300, "Message type is missing")),
        ({"TypeId": "3"}, refusal(118, "Message type is not supported")),
        ({"Phone": None}, refusal(108, "The phone number  is not valid.")),
        ({"Phone": "1,2"}, refusal(108, "The phone number 1,2 is not valid.")),
        ({"MultiChannelTempId": None}, refusal(791, "OAID or TemplateId is missing")),
        ({"MultiChannelTempId": "1"}, refusal(789, "TemplateId is not config")),
        ({"ApiKey": "x"}, refusal(101, "Authorize Failed")),
    ],
)
async def test_what_is_refused(lane: Lane, changes: dict[str, str | None], answer: str) -> None:
    """No code, no message, no money."""
    assert await lane.call(GENCODE_V5, **changes) == answer
    assert (await lane.messages(), await lane.codes(), lane.account.balance) == ([], [], 1_000_000)


@pytest.mark.parametrize(
    ("patch", "answer"),
    [
        ({"multi_channel_templates": [{**PAIR, "brandname": "x"}]}, refusal(104, "Brand name code is not exist")),
        ({"multi_channel_templates": [{**PAIR, "official_account": "1"}]}, refusal(204, "OAID not found")),
        (with_oa(active=False), refusal(799, "OAID is not active")),
        (with_oa(templates=[]), refusal(790, "The ZNS template is not valid")),
        (with_oa(templates=[{"id": "205644", "text": "x"}]), refusal(790, "The ZNS template is not valid")),
        (with_oa(templates=[{"id": "205644", "text": "<a> <b>"}]), refusal(790, "The ZNS template is not valid")),
        ({"blocked_phones": ["84901888484"]}, refusal(99, "The phone number is blocked")),
    ],
)
@pytest.mark.parametrize("kind", ["1", "2"])
async def test_what_is_not_registered_is_refused(lane: Lane, kind: str, patch: dict[str, Any], answer: str) -> None:
    """Both channels must be in order before anything is sent."""
    lane.patch(**patch)

    assert await lane.call(GENCODE_V5, TypeId=kind) == answer


@pytest.mark.parametrize("text", ["{OTP} la ma", "123456 la ma xac minh dang ky Baotrixemay cua ban"])
async def test_an_sms_that_fits_no_template_or_has_no_place_is_refused_late(lane: Lane, text: str) -> None:
    """With an SMSID that is found later."""
    lane.patch(multi_channel_templates=[{**PAIR, "text": text}])
    body = await lane.call(GENCODE_V5)

    assert MISMATCH.fullmatch(body)
    assert await lane.get((REFUSED, ref_of(body))) is not None
    assert await lane.codes() == []


async def test_a_pinned_code_must_fit_as_well(lane: Lane) -> None:
    """The place of the template takes eight characters."""
    await lane.pin(PHONE, "123456789")

    assert MISMATCH.fullmatch(await lane.call(GENCODE_V5))


async def test_a_zalo_message_does_not_arrive_at_a_rented_number(lane: Lane) -> None:
    """What a SIM gets is an SMS: here the one that follows."""
    from otp_sandbox.domain.messages import RENTED  # noqa: PLC0415  (only here)

    await lane.write({(RENTED, PHONE): "thuesim 1.2"})
    await v5(lane)
    assert [event.kind for event in await lane.settle(seconds=5)] == ["delivery"]
    lane.patch(without_zalo=["0901888484"])
    sms_id = await v5(lane)

    arrivals = [event.detail for event in await lane.settle(seconds=5) if event.kind == "arrival"]
    assert arrivals == [f"{sms_id}.sms"]


async def test_a_zalo_message_may_await_approval(lane: Lane) -> None:
    """Choice send-status-life; it fails or arrives after it."""
    lane.choose(send_status_life="one-two-five")
    first = await v5(lane)
    lane.patch(without_zalo=["0901888484"])
    second = await v5(lane)
    await lane.settle(seconds=4.9)
    assert {each.state for each in await lane.messages()} == {"queued"}
    await lane.settle(seconds=1.2)

    states: dict[str, Message] = {each.id: each for each in await lane.messages()}
    assert (states[first].state, states[second].state, states[f"{second}.sms"].state) == (
        "delivered",
        "failed",
        "delivered",
    )
