"""Relays of Amoot: what an account may hold, and numbers that are used up."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from otp_sandbox.lanes.accounts import Invalid

KINDS = {"RelayMessageDelivery": "delivery_relays", "RelayRecieveMessage": "receive_relays"}


@pytest.mark.parametrize("held", KINDS.values())
@pytest.mark.parametrize(
    "relays",
    [
        [{"id": number, "url": "http://127.0.0.1/"} for number in range(1, 22)],
        [{"id": 1, "url": "http://127.0.0.1/"}, {"id": 1, "url": "http://127.0.0.1/a"}],
        [{"id": 0, "url": "http://127.0.0.1/"}],
        [{"id": 1, "url": "ftp://127.0.0.1/"}],
        [{"id": 1, "url": "http://a:b@127.0.0.1/"}],
        [{"id": 1, "url": "http://127.0.0.1/", "registered_at": "2025-10-21T00:00:00"}],
    ],
    ids=["many", "twice", "zero", "ftp", "user", "no-zone"],
)
def test_what_no_relay_can_be_is_refused(lane: Any, held: str, relays: list[dict[str, Any]]) -> None:
    with pytest.raises(Invalid):
        lane.patch({held: relays})


@pytest.mark.parametrize(("kind", "held"), KINDS.items())
async def test_after_the_highest_number_comes_the_lowest_free_one(lane: Any, kind: str, held: str) -> None:
    lane.patch({held: [{"id": number, "url": f"http://127.0.0.1/{number}"} for number in (1, 2, 10**9)]})

    reply = orjson.loads((await lane.answer(f"{kind}Create")).body)

    assert reply[f"{kind}ID"] == 3


async def test_blanks_around_an_address_do_not_count(lane: Any) -> None:
    await lane.answer("RelayMessageDeliveryCreate", URLAddress=" http://127.0.0.1:9/relay ")

    assert [each.url for each in lane.account.delivery_relays] == ["http://127.0.0.1:9/relay"]
