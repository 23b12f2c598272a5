"""Blocked phones, blocked words and carriers that do not know a sender name, on every send."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.providers.esms.conftest import FIELDS, GENCODE, GENCODE_V5, MULTI_CHANNEL, TRANSPORTS, refusal
from tests.providers.esms.sends import channels, ref_of

from otp_sandbox.domain.messages import REFUSED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.providers.esms.conftest import Lane

SENDS: Mapping[str, Mapping[str, str]] = {
    **{name: FIELDS[name] for name in (*TRANSPORTS, GENCODE_V5)},
    GENCODE: {
        **FIELDS[GENCODE],
        "Brandname": "Baotrixemay",
        "message": "{OTP} la ma xac minh dang ky Baotrixemay cua ban",
    },
    MULTI_CHANNEL: channels(),
}
every_send = pytest.mark.parametrize("name", SENDS)


async def body_of(lane: Lane, name: str) -> str:
    """Make a good call and give the answer."""
    return (await lane.reply(name, SENDS[name])).body.decode()


async def check_late_refusal(lane: Lane, name: str, code: str) -> None:
    """It has an SMSID, which is remembered, and costs nothing."""
    body = await body_of(lane, name)
    sms_id = ref_of(body)
    assert f'"CodeResult":"{code}"' in body
    assert f'"SMSID":"{sms_id}"' in body
    assert await lane.get((REFUSED, sms_id)) is not None
    assert (await lane.messages(), await lane.codes(), lane.account.balance) == ([], [], 1_000_000)


@every_send
async def test_a_good_call_is_accepted(lane: Lane, name: str) -> None:
    """The lists are empty at first."""
    await body_of(lane, name)

    assert lane.verdict.cause == "accepted"


@every_send
@pytest.mark.parametrize("spelling", ["0901888484", "84901888484", "+84 901 888 484"])
async def test_a_blocked_phone(lane: Lane, name: str, spelling: str) -> None:
    """In any spelling; before sender names and money."""
    lane.patch(blocked_phones=["no phone", spelling], brandnames=[], balance=0)

    assert await body_of(lane, name) == refusal(99, "The phone number is blocked")


@every_send
async def test_a_phone_that_is_not_blocked(lane: Lane, name: str) -> None:
    """What is no phone blocks nobody."""
    lane.patch(blocked_phones=["0918238965", "", "x"])
    await body_of(lane, name)

    assert lane.verdict.cause == "accepted"


@every_send
@pytest.mark.parametrize("word", ["xac minh", "XAC MINH", "ac mi", "baotrixemay"])
async def test_a_blocked_word(lane: Lane, name: str, word: str) -> None:
    """In any case, and within other words."""
    lane.patch(blocked_words=["casino", word])

    await check_late_refusal(lane, name, "201")


@every_send
async def test_words_that_do_not_stand_in_the_text(lane: Lane, name: str) -> None:
    """An empty one stands nowhere."""
    lane.patch(blocked_words=["casino", "", " "])
    await body_of(lane, name)

    assert lane.verdict.cause == "accepted"


@every_send
async def test_a_carrier_that_does_not_know_the_sender_name(lane: Lane, name: str) -> None:
    """090 is Mobifone."""
    lane.patch(brandnames=[{"name": "Baotrixemay", "carriers": ["Viettel", "Vinaphone"]}])

    await check_late_refusal(lane, name, "177")


@pytest.mark.parametrize(
    ("phone", "network"),
    [
        ("0981888484", "Viettel"),
        ("0918238965", "VinaPhone"),
        ("0901888484", "Mobifone"),
        ("0591888484", "Gtel"),
        ("0561888484", "Vietnammoile"),
        ("0871888484", "Itel"),
        ("0551888484", "Reddi"),
    ],
)
async def test_the_refusal_names_the_carrier(lane: Lane, phone: str, network: str) -> None:
    """Two of them otherwise than the list of receivers does, one with a slip."""
    lane.patch(brandnames=[{"name": "Sandbox", "carriers": []}])

    body = await lane.gencode(Phone=phone)

    assert f'"ErrorMessage":"The Network {network} have not registry."' in body


@every_send
async def test_a_carrier_that_knows_the_sender_name(lane: Lane, name: str) -> None:
    """One is enough."""
    lane.patch(brandnames=[{"name": "Baotrixemay", "carriers": ["Mobifone"]}])
    await body_of(lane, name)

    assert lane.verdict.cause == "accepted"


@every_send
async def test_the_order_of_the_late_refusals(lane: Lane, name: str) -> None:
    """Template, word, carrier."""
    reach = {"name": "Baotrixemay", "templates": ["x"], "carriers": []}
    lane.patch(brandnames=[reach], blocked_words=["minh"])
    seen = []
    for patch in ({}, {"brandnames": [{**reach, "templates": None}]}, {"blocked_words": []}):
        lane.patch(**patch)
        await body_of(lane, name)
        seen.append(lane.verdict.cause)

    assert seen == ["template_mismatch", "keyword_blocked", "carrier_not_registered"]


@every_send
async def test_an_advertising_name_sends_no_customer_care(lane: Lane, name: str) -> None:
    """A sender name is registered for a type."""
    lane.patch(brandnames=[{"name": "Baotrixemay", "type": 1}])

    assert await body_of(lane, name) == refusal(104, "Brand name code is not exist")


@every_send
async def test_who_may_call(lane: Lane, name: str) -> None:
    """A locked account, then an address that is not on the list."""
    lane.patch(blocked=True, allowed_ips=["10.0.0.0/8"])
    assert await body_of(lane, name) == refusal(143, "Account is locked or not activated")
    lane.patch(blocked=False)
    assert await body_of(lane, name) == refusal(140, "IP address is not allowed")
