"""Messages that phones send to a provider's lines: kept until the customer fetches them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from otp_sandbox.domain.record import Record, replace
from otp_sandbox.domain.store import WHOLE, Change, Key, State, Table

_FIRST: Final = 700_000_001


class Received(Record):
    """An inbound message. `sender` is E.164, `line` as the account spells it; `fetched_at` None: nobody asked yet."""

    id: str
    provider: str
    sender: str
    line: str
    text: str
    received_at: datetime
    fetched_at: datetime | None = None


INBOX: Final = Table("inbox", Received, log=True, weigh=lambda each: 512 + len(each.text))
ARRIVED: Final = Table("arrived", int)
"""How many inbound messages there were, under one key for all providers: an id names one message of a lane."""

_COUNT: Final[Key] = (ARRIVED, "count")


def keys_of_receiving() -> tuple[Key, ...]:
    """Name the keys that `receive` reads."""
    return (_COUNT,)


def receive(state: State, message: Received) -> Change[Received]:
    """Take an inbound message in. It gets its id here, a number that grows."""
    count = (state.get(*_COUNT) or 0) + 1
    numbered = replace(message, id=str(_FIRST + count - 1))
    return Change(numbered, {_COUNT: count, (INBOX, numbered.id): numbered})


def keys_of_fetching() -> tuple[Key, ...]:
    """Name the keys that `fetch_new` and `list_received` read."""
    return ((INBOX, WHOLE),)


def list_received(state: State, provider: str) -> Iterator[Received]:
    """Yield a provider's inbound messages, oldest first."""
    yield from reversed([each for each in state.entries(INBOX) if each.provider == provider])


def fetch_new(change: Change[Any], state: State, provider: str, most: int, now: datetime) -> list[Received]:
    """Add to a change that the oldest messages nobody fetched before are fetched; each is given once."""
    waiting = [each for each in list_received(state, provider) if each.fetched_at is None][:most]
    for each in waiting:
        change.writes[INBOX, each.id] = replace(each, fetched_at=now)
    return waiting
