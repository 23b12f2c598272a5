"""VoiceOTP: a call that reads out a code of the caller's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.providers.esms.conftest import VOICE_OTP, refusal
from tests.providers.esms.sends import message_of, send

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane


@pytest.mark.parametrize("code", ["686868", "1", "AB12", "0000000000"])
async def test_the_code_goes_out_by_a_call(lane: Lane, code: str) -> None:
    """As it is given, for one price, and listed as SmsType 8."""
    message = await message_of(lane, await send(lane, VOICE_OTP, Code=code))

    assert (message.channel, message.code, message.text, message.sender) == ("voice", code, code, "")
    assert (message.to, lane.account.balance) == ("+84901888484", 1_000_000 - 850)
    assert message.id in await lane.call("GetSmsSentData_V2", SmsType="8")
    assert '"SendStatus":2' in await lane.call("GetSendStatus", RefId=message.id)


@pytest.mark.parametrize("changes", [{"Speed": None, "Voice": None}, {"Speed": "x", "Voice": "nobody"}, {"Speed": "9"}])
async def test_speed_and_voice_make_no_difference(lane: Lane, changes: dict[str, str | None]) -> None:
    """Missing, or whatever they say."""
    assert (await message_of(lane, await send(lane, VOICE_OTP, **changes))).code == "686868"


async def test_the_same_call_twice_is_two_calls(lane: Lane) -> None:
    """Each has an SMSID of its own."""
    assert await send(lane, VOICE_OTP) != await send(lane, VOICE_OTP)
    assert len(await lane.messages()) == 2


@pytest.mark.parametrize(
    ("changes", "account", "expected"),
    [
        ({"SecretKey": "x", "Phone": "1"}, {"blocked": True}, refusal(101, "Authorize Failed")),
        ({"Phone": "1"}, {"blocked": True}, refusal(143, "Account is locked or not activated")),
        ({"Phone": "1", "Code": None}, {"allowed_ips": []}, refusal(140, "IP address is not allowed")),
        ({"Phone": "1", "Code": None}, {"price": None}, refusal(108, "The phone number 1 is not valid.")),
        ({"Phone": None}, {}, refusal(108, "The phone number  is not valid.")),
        (
            {"Phone": "0901888484,0918238965"},
            {},
            refusal(108, "The phone number 0901888484,0918238965 is not valid."),
        ),
        ({"Code": None}, {"blocked_phones": ["0901888484"]}, refusal(99, "The phone number is blocked")),
        ({"Code": None}, {"price": None}, refusal(102, "No price list")),
        ({"Code": None}, {"balance": 849}, refusal(103, "Balance not enough to send message")),
    ],
)
async def test_what_is_wrong_is_told_in_order(
    lane: Lane, changes: dict[str, str | None], account: dict[str, Any], expected: str
) -> None:
    """Nothing is sent or charged."""
    lane.patch(**account)
    before = lane.account.balance

    assert await lane.call(VOICE_OTP, **changes) == expected
    assert (await lane.messages(), lane.account.balance) == ([], before)


@pytest.mark.parametrize("code", [None, ""])
async def test_a_call_without_a_code_is_one_without_content(lane: Lane, code: str | None) -> None:
    """The last of the checks, so the refusal has an SMSID."""
    body = await lane.call(VOICE_OTP, Code=code)

    assert '"CodeResult":"146"' in body
    assert '"SMSID":"' in body
    assert lane.verdict.cause == "code_missing"
