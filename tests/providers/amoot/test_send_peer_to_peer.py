"""SendPeerToPeer of Amoot decides: pairs, campaigns, what fails."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from otp_sandbox.domain.messages import TEXT_MOST
from otp_sandbox.providers.amoot.lists import ENTRIES_MOST

SEND = "SendPeerToPeer"
ONE, TWO, THREE = "09120000000", "09150000000", "09190000000"


def pairs(*each: tuple[Any, Any]) -> str:
    return json.dumps([{"Number": number, "MessageText": text} for number, text in each])


# In the order of the spec: the cause, the fields that make it, the account that makes it.
WRONG: list[tuple[str, Mapping[str, str | None], Mapping[str, Any]]] = [
    ("line_missing", {"LineNumber": None}, {}),
    ("mobiles_empty", {"Input": " [ ] "}, {}),
    ("input_missing", {"Input": None}, {}),
    ("texts_missing", {"Input": pairs((ONE, ""), ("x", None))}, {}),
    ("line_number_not_exist", {"LineNumber": "30009999"}, {}),
    ("input_invalid", {"Input": "9120000000"}, {}),
    ("no_mobile_left", {"Input": pairs(("x", "Test"), (ONE, ""))}, {}),
    ("account_is_demo", {}, {"user": {"demo": True}}),
    ("credit_not_enough", {}, {"credit": 999}),
]
PAIRS = [
    pytest.param(first, second, id=f"{first[0]}-{second[0]}")
    for first, second in itertools.combinations(WRONG, 2)
    if not first[1].keys() & second[1].keys()
]


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
    assert (await lane.messages(), await lane.due()) == ([], [])


@pytest.mark.parametrize(("first", "second"), PAIRS)
async def test_of_two_wrong_things_the_earlier_one_is_answered(lane: Any, first: Any, second: Any) -> None:
    """Line, list, texts; then whether the line exists, somebody is left, the account may and can pay."""
    lane.patch(first[2], second[2])

    assert (await lane.send(SEND, **{**first[1], **second[1]})).cause == first[0]


@pytest.mark.parametrize(
    "text", ['{"Number":"09120000000","MessageText":"x"}', "[1]", '[{"Number":1},"x"]', "[", "[[]]", "null", "[" * 9000]
)
async def test_what_is_no_list_of_objects_is_invalid(lane: Any, text: str) -> None:
    assert (await lane.send(SEND, Input=text)).cause == "input_invalid"


async def test_the_longest_list_with_the_longest_text_is_sent(lane: Any) -> None:
    """To each."""
    lane.patch({"credit": 10**9, "price": 1})
    texts = ["x" * (TEXT_MOST - 4), *["Test"] * (ENTRIES_MOST - 1)]

    verdict = await lane.send(SEND, Input=pairs(*((ONE, text) for text in texts)))

    assert (verdict.cause, verdict.facts["sent"]) == ("success", ENTRIES_MOST)


@pytest.mark.parametrize(
    "texts", [["Test"] * (ENTRIES_MOST + 1), ["Test", "x" * (TEXT_MOST - 3)]], ids=["list", "text"]
)
async def test_too_many_pairs_or_too_long_a_text_is_invalid(lane: Any, texts: list[str]) -> None:
    """Nobody is sent to, and the journal says why."""
    lane.patch({"credit": 10**9, "price": 1})

    verdict = await lane.send(SEND, Input=pairs(*((ONE, text) for text in texts)))

    assert (verdict.cause, await lane.messages()) == ("input_invalid", [])
    assert lane.warnings == [
        "Input holds something else than pairs, more than 1000 of them, or texts of more than 65536 characters together"
    ]


async def test_each_distinct_text_makes_a_campaign(lane: Any) -> None:
    """In the order of their first pair; a number that stands twice is sent to twice."""
    verdict = await lane.send(
        SEND,
        LineNumber="Public",
        Input=pairs((ONE, "a 4821"), (TWO, "b"), ("x", "a 4821"), (THREE, "a 4821"), (ONE, "b"), (TWO, ""), (ONE, "b")),
    )

    facts = verdict.facts
    assert (verdict.cause, facts["sent"], facts["failed"]) == ("success", 5, 2)
    assert [(each["text"], each["parts"]) for each in facts["campaigns"]] == [("a 4821", 1), ("b", 1)]
    assert [[number for _, number in each["numbers"]] for each in facts["campaigns"]] == [
        [9120000000, 9190000000],
        [9150000000, 9120000000, 9120000000],
    ]
    ids = [message_id for each in facts["campaigns"] for message_id, _ in each["numbers"]]
    messages = await lane.messages()
    assert [int(each.id) for each in messages] == ids
    assert len(set(ids)) == 5
    campaigns = [each["campaign_id"] for each in facts["campaigns"]]
    assert [each.details.campaign_id for each in messages] == [campaigns[0]] * 2 + [campaigns[1]] * 3
    assert len(set(campaigns)) == 2
    assert all(10_000_000 <= each <= 99_999_999 for each in campaigns)
    assert [each.code for each in messages] == ["4821"] * 2 + [None] * 3
    assert {(each.sender, each.operation, each.price) for each in messages} == {("Public", SEND, 1000)}
    assert lane.account.credit == 995_000


@pytest.mark.parametrize(
    "item",
    [
        {"Number": 9120000000, "MessageText": "Test"},
        {"number": "+98 912 000 0000", "messagetext": "Test"},
        {"NUMBER": "۰۹۱۲۰۰۰۰۰۰۰", "MessageText": "Test", "Extra": [1]},
    ],
)
async def test_a_number_is_read_like_any_mobile_and_keys_in_any_case(lane: Any, item: Mapping[str, Any]) -> None:
    assert (await lane.send(SEND, Input=json.dumps([item]))).cause == "success"
    assert [(each.to, each.text) for each in await lane.messages()] == [("+989120000000", "Test")]


@pytest.mark.parametrize(
    "item",
    [
        {"Number": ONE},
        {"MessageText": "x"},
        {"Number": None, "MessageText": "x"},
        {"Number": [ONE], "MessageText": "x"},
        {"Number": ONE, "MessageText": {"x": 1}},
        {"Number": True, "MessageText": "x"},
        {},
    ],
)
async def test_a_pair_that_lacks_something_is_counted(lane: Any, item: Mapping[str, Any]) -> None:
    """The others are sent."""
    good = {"Number": TWO, "MessageText": "Test"}

    verdict = await lane.send(SEND, Input=json.dumps([item, good]))

    assert (verdict.facts["sent"], verdict.facts["failed"]) == (1, 1)


async def test_a_blank_text_is_a_text(lane: Any) -> None:
    assert (await lane.send(SEND, Input=pairs((ONE, " ")))).cause == "success"


async def test_the_black_listed_are_counted_or_taken(lane: Any) -> None:
    """By choice."""
    lane.patch({"black_list": [ONE]})
    listed = pairs((ONE, "a"), (TWO, "b"))

    assert (await lane.send(SEND, Input=listed)).facts["failed"] == 1
    assert (await lane.send(SEND, Input=pairs((ONE, "a")))).cause == "no_mobile_left"
    lane.choices = {"amoot.black-list": "delivered-as-black-listed"}
    assert (await lane.send(SEND, Input=listed)).facts["failed"] == 0
    assert [each.details.black_listed for each in await lane.messages()] == [False, True, False]


@pytest.mark.parametrize(("credit", "cause"), [(4999, "credit_not_enough"), (5000, "success")])
async def test_the_credit_covers_all_or_nobody_is_sent_to(lane: Any, credit: int, cause: str) -> None:
    """Two parts for each of two, one for the third, nothing for those who fail."""
    lane.patch({"credit": credit})
    long = "x" * 161

    assert (await lane.send(SEND, Input=pairs((ONE, long), (TWO, long), (THREE, "x"), ("1", long)))).cause == cause
    assert len(await lane.messages()) == (3 if cause == "success" else 0)
    assert lane.account.credit == (0 if cause == "success" else credit)


async def test_a_time_in_the_future_queues_all(lane: Any) -> None:
    """.NET's own spelling of a time."""
    await lane.send(SEND, SendDateTime="2025-10-21T14:30:00.1234567+03:30", Input=pairs((ONE, "a"), (TWO, "b")))

    assert {each.state for each in await lane.messages()} == {"queued"}
    assert {(each.kind, each.at - lane.now) for each in await lane.due()} == {
        ("send", timedelta(hours=2, microseconds=123456))
    }
    assert lane.account.credit == 998_000
