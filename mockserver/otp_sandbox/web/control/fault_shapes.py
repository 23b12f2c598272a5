"""What the control API shows of faults."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from typing_extensions import TypedDict


class MatchShape(TypedDict, total=False):
    provider: str
    operation: str
    phone: str
    calls: str
    every: int
    p: float


class HttpShape(TypedDict):
    status: int
    body: str
    content_type: str


class ActionShape(TypedDict, total=False):
    outcome: str | list[str]
    http: HttpShape
    delay: str
    clock: Literal["lane"]
    reset: Literal[True]
    truncate: int
    drip: str
    malformed: Literal[True]
    delivery: Literal["ghost", "late", "duplicate", "reordered", "other-code", "failed"]
    callback: Literal["lost", "twice", "late"]
    by: str


class FaultShape(TypedDict):
    name: str
    match: MatchShape
    when: Literal["before", "after"]
    action: ActionShape
    uses_left: int | None
    expires_at: datetime | None
    fired: int


class FaultsShape(TypedDict):
    faults: list[FaultShape]
    cursor: str
    more: bool


class FiredFaultShape(TypedDict):
    name: str
    at: datetime
    request_id: str
    provider: str | None
    operation: str | None
    told: str
