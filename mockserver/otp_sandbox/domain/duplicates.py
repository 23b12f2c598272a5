"""Requests that a provider takes once only, by an id of the customer's; and texts that it has sent just before."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Final

from otp_sandbox.domain.record import Record
from otp_sandbox.domain.store import Change, Key, State, Table


class Accepted(Record):
    """The request that used an id up, and the message that came of it."""

    at: datetime
    message_id: str


ACCEPTED: Final = Table("accepted", Accepted, most=1_000_000)
"""By provider and the customer's id; of one that is longer than any sensible one, a digest."""
_KEPT_AS_IT_IS: Final = 200
REPEATS: Final = Table("repeats", datetime, most=1_000_000)
"""By provider, phone and text: when the text was last sent there."""


def key_of(provider: str, request_id: str) -> Key:
    """Name the record of a customer's id."""
    if len(request_id) > _KEPT_AS_IT_IS:
        request_id = _digest(request_id)
    return (ACCEPTED, f"{provider} {request_id}")


def duplicate_of(state: State, provider: str, request_id: str, since: datetime) -> Accepted | None:
    """Give the request that used an id up at `since` or later, None if the id is free."""
    accepted = state.get(*key_of(provider, request_id))
    return accepted if isinstance(accepted, Accepted) and accepted.at >= since else None


def accept(change: Change[Any], provider: str, request_id: str, now: datetime, message_id: str) -> None:
    """Add to a change that a request uses its id up."""
    change.writes[key_of(provider, request_id)] = Accepted(now, message_id)


def key_of_repeat(provider: str, phone: str, text: str) -> Key:
    """Name the record of a text to a phone."""
    return (REPEATS, f"{provider} {phone} {_digest(text)}")


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
