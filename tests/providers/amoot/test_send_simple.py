"""SendSimple of Amoot decides: recipients and their rows, numbers, prices, time."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from otp_sandbox.domain.messages import MESSAGES, RENTED
from otp_sandbox.domain.store import Event
from otp_sandbox.providers.amoot.lists import ENTRIES_MOST

ONE, TWO, THREE = "9120000000", "9150000000", "9190000000"
SEND = "SendSimple"

# In the order of the spec: the cause, the fields that make it, the account that makes it.
WRONG: list[tuple[str, Mapping[str, str | None], Mapping[str, Any]]] = [
    ("text_missing", {"SMSMessageText": None}, {}),
    ("line_missing", {"LineNumber": None}, {}),
    ("mobiles_empty", {"Mobiles": " , ;"}, {}),
    ("mobiles_missing", {"Mobiles": None}, {}),
    ("line_number_not_exist", {"LineNumber": "30009999"}, {}),
    ("no_mobile_left", {"Mobiles": "1,2"}, {}),
    ("account_is_demo", {}, {"user": {"demo": True}}),
    ("credit_not_enough", {}, {"credit": 1999}),
]
PAIRS = [
    pytest.param(first, second, id=f"{first[0]}-{second[0]}")
    for first, second in itertools.combinations(WRONG, 2)
    if not first[1].keys() & second[1].keys()
]


def mobiles(count: int) -> str:
    return ",".join(str(9_120_000_000 + number) for number in range(count))


def rows(verdict: Any) -> list[tuple[int, bool]]:
    return [(mobile, message_id > 0) for mobile, message_id in verdict.facts["rows"]]


@pytest.mark.parametrize(("cause", "fields", "account"), WRONG, ids=[each[0] for each in WRONG])
async def test_each_thing_that_is_wrong_has_its_own_cause(
    lane: Any, cause: str, fields: Mapping[str, Any], account: Mapping[str, Any]
) -> None:
    """A refusal sends nothing, charges nothing and leaves nothing on the schedule."""
    lane.patch(account)
    before = lane.account

    verdict = await lane.send(SEND, **fields)

    assert verdict.cause == cause
    assert lane.account == before
    assert await lane.messages() == []
    assert await lane.due() == []


@pytest.mark.parametrize(("first", "second"), PAIRS)
async def test_of_two_wrong_things_the_earlier_one_is_answered(lane: Any, first: Any, second: Any) -> None:
    """Text, line, list; then whether the line exists, somebody is left, the account may and can pay."""
    lane.patch(first[2], second[2])

    assert (await lane.send(SEND, **{**first[1], **second[1]})).cause == first[0]


@pytest.mark.parametrize(
    "mobiles",
    [
        f"{ONE},{TWO}",
        f"{ONE};{TWO}",
        f"{ONE}|{TWO}",
        f"{ONE}\n{TWO}",
        f"{ONE}\r\n{TWO}\r\n",
        f" 0{ONE} , +98 {TWO} ,, ",
        f'["{ONE}","{TWO}"]',
        f"[{ONE}, {TWO}]",
        f'["{ONE}", null, "", "0098{TWO}"]',
        f'["{ONE};{TWO}"]',
        "۹۱۲۰۰۰۰۰۰۰|٩١٥٠٠٠٠٠٠٠",
    ],
)
async def test_a_list_may_be_written_in_many_ways(lane: Any, mobiles: str) -> None:
    """Separators, JSON, spellings of numbers; empty entries are none."""
    verdict = await lane.send(SEND, Mobiles=mobiles)

    assert rows(verdict) == [(9120000000, True), (9150000000, True)]
    assert [each.to for each in await lane.messages()] == ["+989120000000", "+989150000000"]


@pytest.mark.parametrize("mobiles", ["[]", " [ ] ", "[null]", '["",""]', ",", ";|\n", " "])
async def test_a_list_without_entries_is_empty(lane: Any, mobiles: str) -> None:
    assert (await lane.send(SEND, Mobiles=mobiles)).cause == "mobiles_empty"


@pytest.mark.parametrize("mobiles", ["[9120000000", "{}", "[[9120000000]]", '[{"a":1}]', "[true]", "[9.12e9]", "x"])
async def test_a_list_of_what_is_no_number_has_nobody_left(lane: Any, mobiles: str) -> None:
    assert (await lane.send(SEND, Mobiles=mobiles)).cause == "no_mobile_left"


async def test_a_deeply_nested_list_is_refused_like_any_other(lane: Any) -> None:
    """It is neither written again nor walked through."""
    assert (await lane.send(SEND, Mobiles="[" * 900 + "]" * 900)).cause == "no_mobile_left"
    assert (await lane.send(SEND, Mobiles="[" * 90_000)).cause == "no_mobile_left"


async def test_a_recipient_that_cannot_be_sent_to_has_a_row_all_the_same(lane: Any) -> None:
    """The rows keep the order of the call; what cannot be read is zero."""
    lane.patch({"black_list": [f"0{TWO}"]})

    verdict = await lane.send(SEND, Mobiles=f"1,{TWO},{ONE},x")

    assert verdict.cause == "success"
    assert rows(verdict) == [(0, False), (9150000000, False), (9120000000, True), (0, False)]
    assert (verdict.facts["price"], lane.account.credit) == (1000, 999_000)
    assert [each.to for each in await lane.messages()] == ["+989120000000"]


async def test_a_list_of_the_black_listed_alone_has_nobody_left(lane: Any) -> None:
    """Unless they are taken, by choice."""
    lane.patch({"black_list": ["+98 912 000 0000", "nobody", "00989150000000"]})
    assert (await lane.send(SEND)).cause == "no_mobile_left"

    lane.choices = {"amoot.black-list": "delivered-as-black-listed"}
    assert (await lane.send(SEND)).cause == "success"
    assert [each.details.black_listed for each in await lane.messages()] == [True, True]
    assert lane.account.credit == 998_000


async def test_a_black_listed_message_is_sent_in_vain_now_or_later(lane: Any) -> None:
    """It fails after as long as delivery takes, and reaches no rented number."""
    lane.patch({"black_list": [ONE]})
    lane.choices = {"amoot.black-list": "delivered-as-black-listed"}
    await lane.write({(RENTED, "+989120000000"): "thuesim 88237016.02"})
    second, hour = timedelta(seconds=1), timedelta(hours=1)

    await lane.send(SEND, Mobiles=ONE)
    now = await lane.due()
    await lane.send(SEND, Mobiles=ONE, SendDateTime=(lane.now + hour).isoformat())
    later = await lane.due()

    assert [(each.kind, each.detail, each.at) for each in now] == [
        ("delivery", "+989120000000 failed", lane.now + second)
    ]
    assert [(each.kind, each.at) for each in later] == [
        ("send", lane.now + hour),
        ("delivery", lane.now + hour + second),
    ]


async def test_a_number_that_stands_twice_gets_two_messages(lane: Any) -> None:
    """Each entry has its row, its number and its price."""
    verdict = await lane.send(SEND, Mobiles=f"{ONE},0{ONE},{ONE}")

    ids = [message_id for _, message_id in verdict.facts["rows"]]
    assert len(set(ids)) == 3
    assert [int(each.id) for each in await lane.messages()] == ids
    assert lane.account.credit == 997_000


async def test_a_message_tells_what_it_belongs_to(lane: Any) -> None:
    """One campaign for all, eight digits; a number of nine digits for each."""
    verdict = await lane.send(SEND, SMSMessageText="code 4821", LineNumber="PUBLIC")

    one, two = await lane.messages()
    campaign = verdict.facts["campaign_id"]
    assert 10_000_000 <= campaign <= 99_999_999
    assert {one.details.campaign_id, two.details.campaign_id} == {campaign}
    assert all(100_000_000 <= message_id <= 999_999_999 for _, message_id in verdict.facts["rows"])
    assert (one.provider, one.operation, one.sender, one.channel) == ("amoot", SEND, "PUBLIC", "sms")
    assert (one.text, one.code, one.price, one.state) == ("code 4821", "4821", 1000, "sent")
    assert await lane.codes() == []


async def test_each_call_has_a_campaign_of_its_own_and_the_seed_decides(lane: Any) -> None:
    """The same again with the same seed."""
    first = [(await lane.send(SEND)).facts for _ in range(20)]
    await lane.store.forget("lane")
    again = [(await lane.send(SEND)).facts for _ in range(20)]

    assert again == first
    assert len({each["campaign_id"] for each in first}) == 20
    assert len({message_id for each in first for _, message_id in each["rows"]}) == 40


async def test_sends_of_all_kinds_share_the_sequence_of_a_recipient(lane: Any) -> None:
    """No number comes twice, whichever operation draws it."""
    for _ in range(5):
        await lane.send()
        await lane.send("SendQuickOTP")
        await lane.send(SEND)
        await lane.send("SendWithPattern")
        await lane.send("SendPeerToPeer")

    messages = await lane.messages()
    assert len(messages) == len({each.id for each in messages}) == 30


@pytest.mark.parametrize(
    ("text", "parts"),
    [("x" * 160, 1), ("x" * 161, 2), ("x" * 306, 2), ("x" * 307, 3), ("س" * 70, 1), ("س" * 71, 2), ("س" * 135, 3)],
)
async def test_the_price_is_parts_times_recipients(lane: Any, text: str, parts: int) -> None:
    """Of those who are sent to."""
    verdict = await lane.send(SEND, SMSMessageText=text, Mobiles=f"{ONE},{TWO},x")

    assert (verdict.facts["parts"], verdict.facts["price"]) == (parts, parts * 2000)
    assert lane.account.credit == 1_000_000 - parts * 2000


@pytest.mark.parametrize(("credit", "cause"), [(2999, "credit_not_enough"), (3000, "success")])
async def test_the_credit_covers_all_or_nobody_is_sent_to(lane: Any, credit: int, cause: str) -> None:
    """Nothing is half done."""
    lane.patch({"credit": credit})

    assert (await lane.send(SEND, Mobiles=f"{ONE},{TWO},{THREE},x")).cause == cause
    assert len(await lane.messages()) == (3 if cause == "success" else 0)
    assert lane.account.credit == (0 if cause == "success" else credit)


async def test_the_text_is_sent_as_it_is(lane: Any) -> None:
    """Variables mean nothing here, blanks are a text."""
    await lane.send(SEND, SMSMessageText=" %code% ", Mobiles=ONE)

    assert [each.text for each in await lane.messages()] == [" %code% "]


async def test_a_time_in_the_future_queues_all(lane: Any) -> None:
    """They are charged at once and sent together."""
    at = lane.now + timedelta(hours=2)
    await lane.send(SEND, SendDateTime=at.isoformat())

    messages = await lane.messages()
    assert [each.state for each in messages] == ["queued", "queued"]
    assert lane.account.credit == 998_000
    assert await lane.due() == [Event(at, "send", "amoot", each.id, each.to) for each in messages]


async def test_many_calls_at_once_never_overdraw(lane: Any) -> None:
    """Of ten calls for two, with credit for five messages, two go through."""
    lane.patch({"credit": 5000})
    verdicts = await asyncio.gather(*(lane.send(SEND) for _ in range(10)))

    assert sum(each.cause == "success" for each in verdicts) == 2
    assert lane.account.credit == 1000


async def test_a_call_to_very_many_sends_to_each(lane: Any) -> None:
    """Each has a number of its own."""
    lane.patch({"credit": 10**9})

    verdict = await lane.send(SEND, Mobiles=mobiles(ENTRIES_MOST))

    ids = {str(message_id) for _, message_id in verdict.facts["rows"]}
    assert len(ids) == ENTRIES_MOST
    assert await lane.get((MESSAGES, next(iter(ids)))) is not None


@pytest.mark.parametrize("shape", [",{}", "{}\r\n", '["{}"]'])
async def test_a_longer_list_than_is_taken_is_invalid(lane: Any, shape: str) -> None:
    """Nobody of it is sent to, and the journal says why."""
    lane.patch({"credit": 10**9})
    before = lane.account

    verdict = await lane.send(SEND, Mobiles=shape.format(mobiles(ENTRIES_MOST + 1)))

    assert verdict.cause == "mobiles_invalid"
    assert (lane.account, await lane.messages()) == (before, [])
    assert lane.warnings == [f"Mobiles has more than {ENTRIES_MOST} entries: the sandbox takes no more in one call"]


async def test_separators_alone_do_not_make_a_list_too_long(lane: Any) -> None:
    """What is dropped does not count."""
    assert (await lane.send(SEND, Mobiles=f"{ONE}\r\n" + ",;" * 3000)).cause == "success"
