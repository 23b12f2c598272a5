"""An id of the customer's is good for one request, for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from otp_sandbox.domain.duplicates import Accepted, accept, duplicate_of, key_of, key_of_repeat
from otp_sandbox.domain.store import Change
from otp_sandbox.stores.memory import MemoryStore

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LANE = "default"


async def _found(store: MemoryStore, request_id: str, since: datetime) -> Accepted | None:
    return await store.decide(
        LANE, (key_of("esms", request_id),), lambda state: Change(duplicate_of(state, "esms", request_id, since))
    )


async def test_an_id_that_nobody_used_is_free() -> None:
    assert await _found(MemoryStore(strict=True), "a", NOW) is None


async def test_an_id_is_used_up_until_its_window_is_over() -> None:
    """At the very beginning of the window it still is, just after it is free."""
    store = MemoryStore(strict=True)
    change: Change[None] = Change(None)
    accept(change, "esms", "a", NOW, "m1")
    await store.decide(LANE, (), lambda _: change)

    assert await _found(store, "a", NOW) == Accepted(NOW, "m1")
    assert await _found(store, "a", NOW + timedelta(microseconds=1)) is None
    assert await _found(store, "b", NOW) is None


def test_repeats_are_told_apart_by_phone_and_text() -> None:
    """The key says nothing of the text, however long that is."""
    keys = {key_of_repeat("esms", phone, text)[1] for phone in ("+841", "+842") for text in ("a", "b" * 100_000)}

    assert len(keys) == 4
    assert max(map(len, keys)) < 60
