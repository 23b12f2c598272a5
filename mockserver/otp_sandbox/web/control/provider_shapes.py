"""The JSON shapes of what a provider is: its operations, its table, what is said of it. `views` builds them."""

from __future__ import annotations

from typing_extensions import TypedDict


class OutcomeShape(TypedDict):
    name: str
    code: str | int
    message: str | None
    condition: str
    evidence: str
    text_evidence: str | None
    source: str
    operations: list[str]


class OutcomesShape(TypedDict):
    outcomes: list[OutcomeShape]
    cursor: str
    more: bool


class BehaviourShape(TypedDict, total=False):
    id: str
    text: str
    evidence: str
    source: str
    options: dict[str, str]
    default: str


class CountsShape(TypedDict):
    documented: int
    observed: int
    assumed: int
    contradicted: int


class EvidenceShape(TypedDict):
    behaviours: CountsShape
    codes: CountsShape
    texts: CountsShape


class BehavioursShape(TypedDict):
    behaviours: list[BehaviourShape]
    evidence: CountsShape
    cursor: str
    more: bool


class SourceShape(TypedDict):
    label: str
    kind: str
    title: str
    date: str
    where: str | None


class ProviderShape(TypedDict):
    name: str
    title: str
    hosts: list[str]
    operations: list[str]
    sources: list[SourceShape]
    evidence: EvidenceShape
    specs: list[str]


class ProvidersShape(TypedDict):
    providers: list[ProviderShape]
    cursor: str
    more: bool


class FieldShape(TypedDict):
    name: str
    places: list[str]


class OperationShape(TypedDict):
    name: str
    id: str
    method: str
    path: str
    role: str
    summary: str
    fields: list[FieldShape]
    outcomes: list[str]


class OperationsShape(TypedDict):
    operations: list[OperationShape]
    cursor: str
    more: bool


class MagicShape(TypedDict):
    provider: str
    field: str
    value: str
    outcome: str


class MagicsShape(TypedDict):
    magic: list[MagicShape]
    cursor: str
    more: bool
