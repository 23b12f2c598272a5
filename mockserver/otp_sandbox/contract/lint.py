"""What is wrong with a client: rules over all that it asked of a lane, each with its reasons and its source.

This is imported when somebody asks, and never at the start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, Protocol, TypeAlias

from otp_sandbox.contract.dialect import Dialect
from otp_sandbox.contract.provider import Provider
from otp_sandbox.domain.record import Record

Severity: TypeAlias = Literal["high", "medium", "info"]
SEVERITIES: Final[tuple[Severity, ...]] = ("high", "medium", "info")
"""The worst first."""
Kind: TypeAlias = Literal["rentals", "codes", "messages", "requests", "callbacks"]
KINDS: Final[tuple[Kind, ...]] = ("rentals", "codes", "messages", "requests", "callbacks")
"""What a rule may look at, in the order in which it is shown: the entries of one kind in their own order."""


class Asked(Protocol):
    """A request as the journal has kept it: under the provider's names, with its secrets masked.

    `operation`, `role` and `outcome` are None where no operation was met. `came` says how it came (`contract.came`).
    """

    @property
    def id(self) -> str: ...  # noqa: D102  (the journal's entry documents them, from here on)
    @property
    def at(self) -> datetime: ...  # noqa: D102
    @property
    def operation(self) -> str | None: ...  # noqa: D102
    @property
    def role(self) -> str | None: ...  # noqa: D102
    @property
    def method(self) -> str: ...  # noqa: D102
    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def fields(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def outcome(self) -> str | None: ...  # noqa: D102
    @property
    def cause(self) -> str | None: ...  # noqa: D102
    @property
    def success(self) -> bool: ...  # noqa: D102
    @property
    def status(self) -> int: ...  # noqa: D102
    @property
    def came(self) -> int: ...  # noqa: D102
    @property
    def host(self) -> str: ...  # noqa: D102
    @property
    def scheme(self) -> str: ...  # noqa: D102


class Found(Record):
    """What is wrong, for whoever reads it, and with which requests; without any it is the one that is looked at.

    Those of one text are told together, so it holds nothing that differs from request to request.
    """

    detail: str
    requests: tuple[str, ...] = ()


Look: TypeAlias = Callable[[Any], "Found | str | None"]
"""Looks at the next entry: a request (`Asked`), or a record of the domain. Says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. Its page says what is found, why that is wrong, and how to mend it.

    `source` is what it rests on: a label of the provider's spec, or a public standard. Where it is empty, the rule is
    assumed, and its severity is `info`.

    `begin` begins a look at a lane: what it gives is called with each entry of its `kinds`. It may remember what it has
    seen, and decides by nothing else. `roles` and `operations` name the requests that it wants, all where both are
    empty.
    """

    id: str
    severity: Severity
    title: str
    what: str
    why: str
    mend: str
    source: str
    begin: Callable[[Subject], Look]
    kinds: tuple[Kind, ...] = ("requests",)
    roles: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()

    def wants(self, operation: str | None, role: str | None) -> bool:
        """Whether it looks at requests of an operation."""
        return not (self.roles or self.operations) or role in self.roles or operation in self.operations


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound of a field: names of the spec's policy numbers, for the number that it is or the length that it has."""

    field: str
    most: str
    least: str | None = None
    read: Callable[[str], int | None] = len


@dataclass(frozen=True, slots=True)
class Lint:
    """What a provider says of its clients.

    `rules` are its own. What the common rules need to know of it: `request_ids` are fields with an id of the client's
    by which a repeated send is refused, `bodies` names for operations with secrets in their address those that do the
    same with a body, `bounds` are those that the provider documents.
    """

    rules: tuple[Rule, ...] = ()
    request_ids: tuple[str, ...] = ()
    bodies: Mapping[str, str] = field(default_factory=dict)
    bounds: tuple[Bound, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose calls are looked at: a provider as the lane plays it, the lane's account there, and what it offers here."""

    provider: Provider
    dialect: Dialect
    account: Any
    lint: Lint


def lint_of(provider: Provider) -> Lint:
    """Give what a provider says of its clients."""
    return provider.lint() if provider.lint is not None else Lint()
