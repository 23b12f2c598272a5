"""Messages come in, and are fetched once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from equipment.strict import StrictStore
from otp_sandbox.domain.inbox import (
    INBOX,
    Received,
    fetch_new,
    keys_of_fetching,
    keys_of_receiving,
    list_received,
    receive,
)
from otp_sandbox.domain.store import Change, State

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LANE = "default"


def message(text: str = "x", provider: str = "amoot") -> Received:
    return Received("", provider, "+989120000000", "30001234", text, NOW)


async def come_in(store: StrictStore, *messages: Received) -> list[Received]:
    changes = [await store.decide(LANE, partial(receive, message=each), keys_of_receiving) for each in messages]
    return [each.verdict for each in changes]


async def fetch(store: StrictStore, most: int, provider: str = "amoot") -> list[str]:
    def decide(state: State) -> Change[list[Received]]:
        change: Change[Any] = Change([])
        change.verdict = fetch_new(change, state, provider, most, NOW)
        return change

    return [each.text for each in (await store.decide(LANE, decide, keys_of_fetching)).verdict]


@pytest.fixture
async def store() -> StrictStore:
    store = StrictStore()
    await store.begin(LANE)
    return store


async def test_ids_are_numbers_that_grow(store: StrictStore) -> None:
    came = await come_in(store, message("a"), message("b"))

    assert int(came[1].id) == int(came[0].id) + 1
    assert [each.entry for each in await store.entries(LANE, INBOX)] == came


async def test_the_oldest_are_fetched_first_and_each_once(store: StrictStore) -> None:
    await come_in(store, *map(message, "abc"))

    assert await fetch(store, 2) == ["a", "b"]
    assert await fetch(store, 2) == ["c"]
    assert await fetch(store, 2) == []


async def test_a_fetched_message_is_marked_and_stays(store: StrictStore) -> None:
    await come_in(store, message("a"))
    await fetch(store, 10)

    def decide(state: State) -> Change[Iterable[Received]]:
        return Change(list(list_received(state, "amoot")))

    (kept,) = (await store.decide(LANE, decide, keys_of_fetching)).verdict
    assert (kept.text, kept.fetched_at) == ("a", NOW)


async def test_providers_have_inboxes_of_their_own(store: StrictStore) -> None:
    await come_in(store, message("a"), message("b", provider="other"))

    assert await fetch(store, 10, "other") == ["b"]
    assert await fetch(store, 10) == ["a"]
