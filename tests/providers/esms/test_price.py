"""What a message costs: the price of the account for each segment of an SMS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.providers.esms.conftest import GENCODE, GENCODE_V5, JSON_SEND, MULTI_CHANNEL, TRANSPORTS, refusal
from tests.providers.esms.sends import PHONE, channels, force, message_of, multi, multi_sent, send

from otp_sandbox.domain.accounts import PRICE_MOST
from otp_sandbox.domain.challenges import PINS, Pin
from otp_sandbox.domain.messages import TEXT_MOST
from otp_sandbox.domain.segments import segments

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

    from otp_sandbox.domain.messages import Message

POOR = refusal(103, "Balance not enough to send message")
LENGTHS = pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("ạ" * 70, 1),
        ("ạ" * 71, 2),
        ("ạ" * 134, 2),
        ("ạ" * 135, 3),
        ("[" * 80, 1),
        ("[" * 81, 2),
        ("`" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)


@pytest.mark.parametrize("name", TRANSPORTS)
@LENGTHS
async def test_an_sms_costs_by_its_segments(lane: Lane, name: str, text: str, parts: int) -> None:
    """GSM-7 holds 160 characters, 153 in a chain; UCS-2 70 and 67."""
    message = await message_of(lane, await send(lane, name, Brandname="Sandbox", Content=text))

    assert_paid(lane, message, parts)


@pytest.mark.parametrize("length", [6, 20])
@LENGTHS
async def test_gencode_costs_by_its_segments(lane: Lane, length: int, text: str, parts: int) -> None:
    """The code counts with its own length, not with that of its place."""
    text = text[min(length, len(text) - 1) :] if text[0] in "aạ" else text
    message = "{OTP}" + text
    sent = await lane.sent(message=message, NumCharOfCode=str(length))

    assert len(sent.code or "") == length
    assert_paid(lane, sent, parts if text[0] in "aạ" else segments(sent.text).count)


async def test_a_pinned_code_counts_as_it_is(lane: Lane) -> None:
    """One of 20 brackets, which take two units each, needs a second segment."""
    message = "{OTP}" + "a" * 121
    await lane.write({(PINS, PHONE): Pin("[" * 20, 1)})
    lane.patch(balance=1699)
    assert await lane.gencode(message=message) == POOR
    lane.patch(balance=1700)

    assert (await lane.sent(message=message)).price == 1700
    assert lane.account.balance == 0


async def test_every_place_of_the_code_counts(lane: Lane) -> None:
    """As often as {OTP} stands there; a balance that looks ample for the request is not always enough."""
    message = "{OTP}" * 100
    lane.patch(balance=14 * 850 - 1)
    assert await lane.gencode(message=message, NumCharOfCode="20") == POOR
    lane.patch(balance=14 * 850)

    sent = await lane.sent(message=message, NumCharOfCode="20")

    assert (sent.price, len(sent.text), lane.account.balance) == (14 * 850, 2_000, 0)


@pytest.mark.parametrize("name", [*TRANSPORTS, GENCODE])
async def test_the_balance_must_do_for_all_segments(lane: Lane, name: str) -> None:
    """One dong less is refused; the reason tells how the price comes about, and the remedy lets it pass."""
    text = {"Brandname": "Sandbox", "message" if name == GENCODE else "Content": "{OTP}" + "a" * 290}
    lane.patch(balance=1699)

    assert await lane.call(name, **text) == POOR
    assert lane.verdict.reason == "the balance is 1699, the price is 1700: 2 segments at 850"
    assert lane.verdict.remedy == {"balance": 1700}
    lane.patch(**lane.verdict.remedy)
    await lane.call(name, **text)
    assert lane.verdict.cause == "accepted"
    assert lane.verdict.reason == "the price is 1700: 2 segments at 850"
    assert lane.account.balance == 0


@pytest.mark.parametrize("name", [*TRANSPORTS, GENCODE])
async def test_the_price_may_be_one_whatever_the_length(lane: Lane, name: str) -> None:
    """Choice price."""
    lane.choose(price="per-message")
    lane.patch(balance=850)

    await lane.call(name, Brandname="Sandbox", **{"message" if name == GENCODE else "Content": "{OTP}" + "ă" * 700})

    assert (lane.verdict.cause, lane.account.balance) == ("accepted", 0)
    assert lane.verdict.reason == "the price is 850: 850 for a message"
    assert (await lane.messages())[-1].price == 850


async def test_a_call_has_one_price(lane: Lane) -> None:
    """It has no segments."""
    message = await message_of(lane, await send(lane, SmsType="8", Brandname=None, Content="1 " * 300))

    assert (message.price, lane.account.balance) == (850, 1_000_000 - 850)


async def test_a_text_that_is_stripped_costs_as_it_is_sent(lane: Lane) -> None:
    """71 characters of UCS-2 are two segments, without diacritics they are one."""
    lane.choose(is_unicode="stripped")

    message = await message_of(lane, await send(lane, Brandname="Sandbox", Content="ạ" * 71))

    assert (message.text, message.price) == ("a" * 71, 850)


async def test_zalo_has_one_price_and_its_sms_one_by_segments(lane: Lane) -> None:
    """The SMS is charged when it is sent, and the Zalo message paid back."""
    lane.patch(brandnames=[{"name": "Baotrixemay"}], without_zalo=["0901888484"])
    await multi_sent(lane, {}, {"Content": "a" * 161})
    assert lane.account.balance == 1_000_000 - 850
    assert lane.verdict.reason == "the price is 850: 850 for a message"

    await lane.settle(seconds=1)

    [zalo, sms] = await lane.messages()
    assert (zalo.price, sms.price, lane.account.balance) == (850, 1700, 1_000_000 - 1700)


@pytest.mark.parametrize("name", [MULTI_CHANNEL, GENCODE_V5])
async def test_the_balance_must_do_for_the_sms_that_may_follow(lane: Lane, name: str) -> None:
    """Everything of both channels is checked before anything is sent."""
    long = "{OTP}" + "a" * 290
    pair = {"id": "22575", "official_account": "4097311281936189049", "zns_template": "205644"}
    lane.patch(
        brandnames=[{"name": "Baotrixemay"}],
        multi_channel_templates=[{**pair, "brandname": "Baotrixemay", "text": long}],
        balance=1699,
    )
    fields = channels({}, {"Content": long}) if name == MULTI_CHANNEL else None

    async def call() -> str:
        return (await lane.reply(name, fields)).body.decode() if fields is not None else await lane.call(name)

    assert await call() == POOR
    assert lane.verdict.reason == "the balance is 1699, the price is 1700: 2 segments at 850"
    lane.patch(balance=1700)
    await call()
    assert (lane.verdict.cause, lane.account.balance) == ("accepted", 850)


async def test_an_sms_that_is_left_out_needs_no_money(lane: Lane) -> None:
    """Its Sandbox is on."""
    lane.patch(brandnames=[{"name": "Baotrixemay"}], balance=850)

    assert await multi(lane, {}, {"Content": "a" * 161}) == POOR
    await multi_sent(lane, {}, {"Content": "a" * 161, "Sandbox": "1"})


async def test_the_greatest_price_of_the_longest_text_can_be_told(lane: Lane) -> None:
    """It stays within 64 bits, though no balance reaches it."""
    lane.patch(price=PRICE_MOST, balance=10**15)
    text = "ạ" * TEXT_MOST

    await send(lane, Brandname="Sandbox", Content=text)

    assert lane.account.balance == 10**15 - PRICE_MOST * segments(text).count


@pytest.mark.parametrize("charging", ["on-acceptance", "on-success"])
async def test_a_failure_may_be_charged(lane: Lane, charging: str) -> None:
    """Choice charged-once: an SMS and a call that fail at the carrier; a rejected message and Zalo are paid back."""
    lane.choose(charged_once="charged-although-failed", charging=charging)
    ids = [await send(lane), await send(lane, SmsType="8"), await send(lane), await multi_sent(lane)]
    for each, state in zip(ids, ("failed", "failed", "rejected", "failed"), strict=True):
        await force(lane, each, state)  # type: ignore[arg-type]  # states are texts here
    await lane.settle(seconds=2)

    assert lane.account.balance == 1_000_000 - 3 * 850  # the SMS in the place of the Zalo message is the third
    assert '"TotalPrice":0.0000' in await lane.call("GetSendStatus", RefId=ids[0])
    await force(lane, ids[0], "delivered")
    assert lane.account.balance == 1_000_000 - 3 * 850


def assert_paid(lane: Lane, message: Message, parts: int) -> None:
    """The price is that of the segments, and was taken."""
    assert segments(message.text).count == parts
    assert message.price == 850 * parts
    assert lane.account.balance == 1_000_000 - 850 * parts


async def test_tries_say_nothing_of_a_price(lane: Lane) -> None:
    """They cost nothing, though the balance must do."""
    await send(lane, JSON_SEND, Sandbox="1")

    assert "price" not in lane.verdict.reason
