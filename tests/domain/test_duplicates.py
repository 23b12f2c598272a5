"""An id of the customer's is good for one request, for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from equipment.strict import StrictStore
from otp_sandbox.domain.duplicates import Accepted, accept, duplicate_of, key_of, key_of_repeat
from otp_sandbox.domain.store import Change

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LANE = "default"


@pytest.fixture
async def store() -> StrictStore:
    store = StrictStore()
    await store.begin(LANE)
    return store


async def _found(store: StrictStore, request_id: str, since: datetime) -> Accepted | None:
    change = await store.decide(
        LANE,
        lambda state: Change(duplicate_of(state, "esms", request_id, since)),
        lambda: (key_of("esms", request_id),),
    )
    return change.verdict


async def test_an_id_that_nobody_used_is_free(store: StrictStore) -> None:
    assert await _found(store, "a", NOW) is None


async def test_an_id_is_used_up_until_its_window_is_over(store: StrictStore) -> None:
    """At the very beginning of the window it still is, just after it is free."""
    change: Change[None] = Change(None)
    accept(change, "esms", "a", NOW, "m1")
    await store.decide(LANE, lambda _: change)

    assert await _found(store, "a", NOW) == Accepted(NOW, "m1")
    assert await _found(store, "a", NOW + timedelta(microseconds=1)) is None
    assert await _found(store, "b", NOW) is None


def test_repeats_are_told_apart_by_phone_and_text() -> None:
    """The key says nothing of the text, however long that is."""
    keys = {key_of_repeat("esms", phone, text)[1] for phone in ("+841", "+842") for text in ("a", "b" * 100_000)}

    assert len(keys) == 4
    assert max(map(len, keys)) < 60


@pytest.mark.parametrize(("length", "kept"), [(200, True), (201, False)], ids=["at", "above"])
def test_an_id_of_any_length_takes_little_room(length: int, *, kept: bool) -> None:
    """A million of them are remembered; what is longer than any sensible one is told apart all the same."""
    one, other = ("x" * (length - 1) + end for end in "ab")
    keys = [key_of("esms", each)[1] for each in (one, other)]

    assert (keys[0] == f"esms {one}") == kept
    assert keys[0] != keys[1]
    assert max(map(len, keys)) < 210
