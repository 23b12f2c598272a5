"""What the control API shows of the lint of a client."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict


class FindingShape(TypedDict):
    rule: str
    severity: Literal["high", "medium", "info"]
    title: str
    detail: str
    requests: list[str]
    count: int
    help: str


class FindingsShape(TypedDict):
    findings: list[FindingShape]
    cursor: str
    more: bool


class RuleShape(TypedDict):
    id: str
    severity: Literal["high", "medium", "info"]
    title: str
    what: str
    why: str
    mend: str
    source: str
    assumed: bool
    help: str


class RulesShape(TypedDict):
    rules: list[RuleShape]
    cursor: str
    more: bool
