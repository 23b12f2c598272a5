"""Messages come in, and are fetched once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from otp_sandbox.domain.inbox import (
    INBOX,
    Received,
    fetch_new,
    keys_of_fetching,
    keys_of_receiving,
    receive,
    received,
)
from otp_sandbox.domain.store import Change, State
from otp_sandbox.stores.memory import MemoryStore

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LANE = "default"


def message(text: str = "x", provider: str = "amoot") -> Received:
    return Received("", provider, "+989120000000", "30001234", text, NOW)


async def come_in(store: MemoryStore, *messages: Received) -> list[Received]:
    return [await store.decide(LANE, keys_of_receiving(), partial(receive, message=each)) for each in messages]


async def fetch(store: MemoryStore, most: int, provider: str = "amoot") -> list[str]:
    def decide(state: State) -> Change[list[Received]]:
        change: Change[Any] = Change([])
        change.verdict = fetch_new(change, state, provider, most, NOW)
        return change

    return [each.text for each in await store.decide(LANE, keys_of_fetching(), decide)]


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(strict=True)


async def test_ids_are_numbers_that_grow(store: MemoryStore) -> None:
    came = await come_in(store, message("a"), message("b"))

    assert int(came[1].id) == int(came[0].id) + 1
    assert [each.entry for each in await store.entries(LANE, INBOX)] == came


async def test_the_oldest_are_fetched_first_and_each_once(store: MemoryStore) -> None:
    await come_in(store, *map(message, "abc"))

    assert await fetch(store, 2) == ["a", "b"]
    assert await fetch(store, 2) == ["c"]
    assert await fetch(store, 2) == []


async def test_a_fetched_message_is_marked_and_stays(store: MemoryStore) -> None:
    await come_in(store, message("a"))
    await fetch(store, 10)

    def decide(state: State) -> Change[Iterable[Received]]:
        return Change(list(received(state, "amoot")))

    (kept,) = await store.decide(LANE, keys_of_fetching(), decide)
    assert (kept.text, kept.fetched_at) == ("a", NOW)


async def test_providers_have_inboxes_of_their_own(store: MemoryStore) -> None:
    await come_in(store, message("a"), message("b", provider="other"))

    assert await fetch(store, 10, "other") == ["b"]
    assert await fetch(store, 10) == ["a"]
