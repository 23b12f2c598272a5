"""Types that the sends of a text do not document: those of old clients, and advertising without a sender name."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.providers.esms.conftest import TRANSPORTS, refusal
from tests.providers.esms.sends import MISMATCH, force, message_of, send

from otp_sandbox.domain.messages import RENTED
from otp_sandbox.providers.esms.details import Details

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

OTHER_TYPE = refusal(118, "Message type is not supported")
every_transport = pytest.mark.parametrize("name", TRANSPORTS)
OLD = ("3", "4", "6", "7", "13")


@every_transport
@pytest.mark.parametrize("kind", [*OLD, "1"])
async def test_they_are_not_supported(lane: Lane, name: str, kind: str) -> None:
    """With a sender name and without one."""
    for brandname in ("Baotrixemay", None):
        assert await lane.call(name, SmsType=kind, Brandname=brandname) == OTHER_TYPE


@every_transport
@pytest.mark.parametrize("kind", OLD)
async def test_old_types_may_be_customer_care(lane: Lane, name: str, kind: str) -> None:
    """Choice old-types: sender name and template are checked, and the message is one of type 2."""
    lane.choose(old_types="like-2")

    assert '"104"' in await lane.call(name, SmsType=kind, Brandname=None)
    assert MISMATCH.fullmatch(await lane.call(name, SmsType=kind, Content="x"))
    message = await message_of(lane, await send(lane, name, SmsType=kind))
    assert (message.channel, message.sender, message.details) == ("sms", "Baotrixemay", Details(sms_type=2))


@pytest.mark.parametrize("kind", ["0", "5", "8.0", "9", "12", "14", "22", "33", "03"])
async def test_no_other_type_is_taken(lane: Lane, kind: str) -> None:
    """Whatever is chosen."""
    lane.choose(old_types="like-2", type_1_unnamed="lost")

    assert await lane.call(TRANSPORTS[0], SmsType=kind) == OTHER_TYPE


@every_transport
async def test_type_1_without_a_sender_may_be_lost(lane: Lane, name: str) -> None:
    """Choice type-1-unnamed: accepted, charged, and nothing more happens; with a sender name it is refused."""
    lane.choose(type_1_unnamed="lost")
    await lane.write({(RENTED, "+84901888484"): "thuesim 1"})

    sms_id = await send(lane, name, SmsType="1", Brandname=None, Content="a" * 161)
    assert await lane.settle(days=3) == []

    message = await message_of(lane, sms_id)
    assert (message.state, message.sender, message.channel, message.price) == ("sent", "", "sms", 1700)
    assert lane.account.balance == 1_000_000 - 1700
    assert '"SendStatus":2,' in await lane.call("GetSendStatus", RefId=sms_id)
    assert await lane.call(name, SmsType="1") == OTHER_TYPE
    assert '"163"' in await lane.call(name, SmsType="1", Brandname=None, Phone="0901888484,0918238965")
    await force(lane, sms_id, "delivered")
    assert (await message_of(lane, sms_id)).state == "delivered"


async def test_a_lost_message_may_wait_for_its_time_and_its_approval(lane: Lane) -> None:
    """It is sent then, and lost; also where repeated texts fail."""
    lane.choose(type_1_unnamed="lost", send_status_life="one-two-five", repeated_content="fails")
    lane_time = f"{lane.now + timedelta(hours=8):%Y-%m-%d %H:%M:%S}"  # an hour ahead in Vietnam
    unnamed = {"SmsType": "1", "Brandname": None}
    ids = [await send(lane, SendDate=lane_time, **unnamed), await send(lane, **unnamed), await send(lane, **unnamed)]

    await lane.settle(hours=2)

    assert [(await message_of(lane, each)).state for each in ids] == ["sent"] * 3
