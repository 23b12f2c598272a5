"""Banks of Amoot: what an account may hold, and what a large send costs the sandbox."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from otp_sandbox.domain.challenges import SEQUENCES
from otp_sandbox.lanes.accounts import Invalid
from otp_sandbox.providers.amoot.banks import Bank, at_random, in_order, phones_at
from otp_sandbox.providers.amoot.phones import MAGIC


def bank(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "title": "Test", "count": 3, **more}


async def test_a_chain_of_as_many_banks_as_there_may_be_is_written(lane: Any) -> None:
    lane.patch({"banks": [bank(number, parent=number - 1) for number in range(1, 65)]})

    reply = orjson.loads((await lane.answer("GetBankTree")).body)

    depth, banks = 0, reply["Data"]
    while banks:
        depth, banks = depth + 1, banks[0]["Children"]
    assert depth == 64


@pytest.mark.parametrize(
    "banks",
    [
        [bank(number) for number in range(1, 66)],
        [bank(1), bank(1)],
        [bank(0)],
        [bank(1, count=-1)],
        [bank(1, count=100_000_001)],
        [bank(1, parent=-1)],
    ],
    ids=["many", "twice", "zero", "below", "large", "parent"],
)
def test_what_no_bank_can_be_is_refused(lane: Any, banks: list[dict[str, Any]]) -> None:
    with pytest.raises(Invalid):
        lane.patch({"banks": banks})


async def test_a_bank_that_is_part_of_itself_is_nowhere(lane: Any) -> None:
    lane.patch({"banks": [bank(1, parent=1), bank(2, parent=3), bank(3, parent=2), bank(4)]})

    reply = orjson.loads((await lane.answer("GetBankTree")).body)

    assert [each["ID"] for each in reply["Data"]] == [4]


@pytest.mark.parametrize(("first", "count", "size"), [(0, 1, 1), (5, 100, 1000), (0, 1000, 1000), (999, 9, 1000)])
def test_drawn_rows_are_different_ones_of_the_bank(first: int, count: int, size: int) -> None:
    for number in (0, 1, 2**64, 2**64 * 7 + 5, 2**512 - 1):
        rows = at_random(Bank(1, "Test", size), first, count, number)

        assert len(set(rows)) == len(rows) == min(count, size - first)
        assert set(rows) <= set(range(first, size))


def test_the_largest_bank_has_numbers_that_are_no_magic_ones() -> None:
    largest = Bank(1, "Test", 10**8)
    phones = phones_at([*range(1000), *range(10**8 - 1000, 10**8)], largest, 7)

    assert len(set(phones)) == 2000
    assert [MAGIC.code_of(each) for each in phones] == [None] * 2000
    assert list(in_order(largest, 10**8 - 1, 5)) == [10**8 - 1]


async def test_a_send_to_a_bank_keeps_nothing_of_its_recipients(lane: Any) -> None:
    """A thousand numbers that nobody else sends to would only take room, and a store would have to look for each."""
    await lane.send("SendBank", Count="1000")

    messages = await lane.messages()
    assert len({each.id for each in messages}) == len({each.to for each in messages}) == 1000
    assert [await lane.get((SEQUENCES, f"amoot {each.to}")) for each in messages[:3]] == [None] * 3


async def test_more_rows_than_are_sent_to_at_once_are_told_of(lane: Any) -> None:
    verdict = await lane.send("SendBank", Count="1001")

    assert verdict.cause == "count_invalid"
    assert any("1000" in each for each in lane.played.warnings)
