"""Shapes of what leaves a sandbox as a file, or comes back as one: snapshots, bundles, HAR."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from typing_extensions import TypedDict


class LogEntryShape(TypedDict):
    place: int
    key: str
    entry: dict[str, Any]


class SnapshotShape(TypedDict):
    kind: Literal["otp-sandbox snapshot"]
    format: int
    sandbox: str
    providers: list[str]
    lane: dict[str, Any]
    place: int
    counts: dict[str, int]
    due: list[dict[str, Any]]
    tables: dict[str, dict[str, Any]]
    logs: dict[str, list[LogEntryShape]]


class BundleShape(TypedDict):
    kind: Literal["otp-sandbox bundle"]
    format: int
    sandbox: str
    versions: dict[str, str]
    made_at: datetime
    now: datetime
    beginning: SnapshotShape
    state: SnapshotShape


class HarLogShape(TypedDict):
    version: Literal["1.2"]
    creator: dict[str, str]
    comment: str
    entries: list[dict[str, Any]]


class HarShape(TypedDict):
    log: HarLogShape
