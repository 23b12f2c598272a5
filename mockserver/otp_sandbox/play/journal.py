"""What was asked of a lane: one entry a request, secrets masked before anything is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from otp_sandbox.domain.record import record
from otp_sandbox.domain.store import Table
from otp_specs.model import Code

MASK: Final = "***"
BODY_MOST: Final = 16 * 1024
"""Characters of a field, bytes of an answer: what is longer is cut."""


@record
class Entry:
    """One request and its answer. `operation` and `outcome` are null where no operation was met."""

    id: str
    at: datetime
    provider: str | None
    operation: str | None
    role: str | None
    method: str
    path: str
    fields: Mapping[str, str]
    outcome: str | None
    cause: str | None
    reason: str
    success: bool
    code: Code | None
    status: int
    response: bytes
    duration_ms: float
    warnings: tuple[str, ...]
    magic: bool
    size: int


REQUESTS: Final = Table[Entry]("requests", log=True, weigh=lambda entry: entry.size)


def masked(fields: Mapping[str, str], secrets: frozenset[str], known: tuple[str, ...] | None = None) -> dict[str, str]:
    """Copy fields without secrets and without what is too long to keep.

    Args:
        fields: the fields.
        secrets: names of secrets in lower case.
        known: the only fields that can be secrets, where the caller has made sure of it.
    """
    copy = dict(fields)
    for name in known if known is not None else [each for each in copy if each.lower() in secrets]:
        if name in copy:
            copy[name] = MASK
    for name, value in copy.items():
        if len(value) > BODY_MOST:
            copy[name] = value[:BODY_MOST] + f"… ({len(value)} characters)"
    return copy
