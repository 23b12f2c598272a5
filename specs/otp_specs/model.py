"""What a spec says, as plain values. `reader` makes them; nobody changes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

DOCUMENTED: Final = "documented"
OBSERVED: Final = "observed"
ASSUMED: Final = "assumed"
EVIDENCE: Final = (DOCUMENTED, OBSERVED, ASSUMED, "contradicted")
SOURCE_KINDS: Final = ("documentation", "sample", "client", "sister", "second-hand", "data", "none")
ROLES: Final = ("send", "verify", "balance", "catalogue", "rent", "read", "history", "audio", "change", "other")

Code: TypeAlias = str | int
"""A wire code in the wire's own type."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where something is known from; `source` texts begin with its label. `kind` is one of SOURCE_KINDS."""

    label: str
    kind: str
    title: str
    date: str
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """How sure a row is, in the two things that a client sees of it: its code with the HTTP status, and its text.

    `text` is None where the row has none.
    """

    code: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row of a provider's table, success included."""

    name: str
    code: Code
    message: str | None
    condition: str
    evidence: Evidence
    source: str
    success: bool = False
    status: int = 200

    @property
    def text_is_assumed(self) -> bool:
        """Whether its text is one that we made up, so that another one is as good."""
        return self.evidence.text == ASSUMED


@dataclass(frozen=True, slots=True)
class Answer:
    """A row among an operation's answers, with every cause that is answered with it."""

    outcome: str
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter, however it may arrive; `many` is a list of values."""

    name: str
    places: tuple[str, ...]  # "query", "body", "header", "path"
    const: str | None = None
    missing: str | None = None
    malformed: str | None = None
    many: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint. `name` is the operationId without its variant; `hosts` are those that alone have it."""

    id: str
    name: str
    method: str
    path: str
    role: str
    summary: str
    answers: tuple[Answer, ...]
    fields: Mapping[str, Field]
    bodies: tuple[str, ...]
    hosts: tuple[str, ...] = ()

    @property
    def causes(self) -> tuple[str, ...]:
        """All causes in the order in which they are checked: of one row, what is missing or malformed comes first."""
        of_fields = {cause for each in self.fields.values() for cause in (each.missing, each.malformed)}
        return tuple(
            cause for answer in self.answers for cause in sorted(answer.causes, key=lambda each: each not in of_fields)
        )

    @property
    def constants(self) -> dict[str, str]:
        """The fields that tell this operation from others on its path."""
        return {field.name: field.const for field in self.fields.values() if field.const is not None}


@dataclass(frozen=True, slots=True)
class Option:
    """One way in which a contested point may be played."""

    id: str
    text: str
    outcome: str | None = None
    policy: str | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A statement that a client can observe; with options it is a choice."""

    id: str
    text: str
    evidence: str
    source: str
    operations: tuple[str, ...] = ()
    options: Mapping[str, Option] | None = None
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Spec:
    """A provider's contract. `choices` are the behaviours that can be switched, by id.

    `load_document` gives the same each time; most of those who read a spec never need it.
    """

    provider: str
    title: str
    sources: Mapping[str, Source]
    operations: tuple[Operation, ...]
    outcomes: Mapping[str, Outcome]
    policy: Mapping[str, int]
    behaviours: tuple[Behaviour, ...]
    load_document: Callable[[], Mapping[str, Any]] = field(repr=False, compare=False)
    choices: Mapping[str, Behaviour] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort out what is read again and again."""
        choices = {each.id: each for each in self.behaviours if each.options is not None}
        object.__setattr__(self, "choices", choices)

    @property
    def document(self) -> Mapping[str, Any]:
        """The OpenAPI document as written, numbers spelled as in the file."""
        return self.load_document()

    def count_evidence(self) -> dict[str, dict[str, int]]:
        """Count behaviours, and codes and texts of the table, by their evidence: every word of it, in order."""
        rows = [row.evidence for row in self.outcomes.values()]
        told: dict[str, list[str | None]] = {
            "behaviours": [each.evidence for each in self.behaviours],
            "codes": [each.code for each in rows],
            "texts": [each.text for each in rows],
        }
        return {what: {kind: kinds.count(kind) for kind in EVIDENCE} for what, kinds in told.items()}
