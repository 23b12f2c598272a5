"""What a provider package offers, and what it is handed. The web and the composition root know providers only so."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol, TypeAlias

from otp_sandbox.domain.limits import Limit
from otp_sandbox.domain.record import record
from otp_sandbox.domain.store import Change, Event, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_specs import Operation, Outcome, Spec

Fields: TypeAlias = Mapping[str, str]
Facts: TypeAlias = Mapping[str, object]
Credentials: TypeAlias = Mapping[str, str]


@record
class Reply:
    """An answer as bytes of the provider's own dialect."""

    body: bytes
    content_type: str = "application/json; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Dialect:
    """A spec under the choices of a lane: which row, which number, which option holds."""

    def __init__(self, spec: Spec, choices: Mapping[str, str]) -> None:
        """Work out once what the choices replace."""
        self.spec = spec
        self._options: dict[str, str] = {}
        self._policy = dict(spec.policy)
        self._instead: dict[tuple[str, str | None], str] = {}
        for choice in spec.choices.values():
            options, default = choice.options or {}, choice.default or ""
            chosen = choices.get(choice.id, default)
            self._options[choice.id.partition(".")[2]] = chosen
            old, new = options[default], options[chosen]
            if old.policy is not None and new.policy is not None:
                self._policy[old.policy] = spec.policy[new.policy]
            if old.outcome is not None and new.outcome is not None:
                self._instead[old.outcome, new.cause] = new.outcome
        self._rows: dict[tuple[str, str], Outcome] = {}

    def option(self, choice: str) -> str:
        """Give the option in force; the choice is named without the provider."""
        return self._options[choice]

    def policy(self, number: str) -> int:
        """Give the number in force."""
        return self._policy[number]

    def row(self, operation: Operation, cause: str) -> Outcome:
        """Give the row that answers a cause; a row's own name always finds it (planned and magic outcomes)."""
        row = self._rows.get((operation.name, cause))
        if row is None:
            row = self._rows[operation.name, cause] = self._found(operation, cause)
        return row

    def _found(self, operation: Operation, cause: str) -> Outcome:
        for answer in operation.answers:
            if cause in answer.causes:
                instead = self._instead
                name = instead.get((answer.outcome, cause)) or instead.get((answer.outcome, None)) or answer.outcome
                return self.spec.outcomes[name]
        return self.spec.outcomes[cause]


class Source(Protocol):
    """Where a request came from. Asked only when a rule needs it."""

    @property
    def scheme(self) -> str:
        """`http` or `https`."""
        ...

    @property
    def host(self) -> str:
        """The Host header."""
        ...

    @property
    def remote(self) -> str | None:
        """The caller's address."""
        ...


@dataclass(slots=True)
class Call:
    """One request to one operation, read but not yet judged.

    `values` holds what the readers made of the fields, `invalid` the causes of those that are missing or malformed;
    `unreadable` tells that there was a body which is not what it says. `account` is the lane's account at the
    provider, read anew whenever the decision runs.
    """

    operation: Operation
    fields: Fields
    values: Mapping[str, Any]
    invalid: frozenset[str]
    headers: Mapping[str, str]
    credentials: Credentials
    seed: int
    now: datetime
    dialect: Dialect
    request_id: str
    source: Source
    warnings: list[str] = field(default_factory=list)
    unreadable: bool = False
    account: Any = None

    @property
    def origin(self) -> str:
        """The scheme and host that the request came with."""
        return f"{self.source.scheme}://{self.source.host}"

    @property
    def remote(self) -> str:
        """The caller's address."""
        return self.source.remote or ""

    @property
    def secure(self) -> bool:
        """Whether the request came over HTTPS."""
        return self.source.scheme == "https"

    def text(self, name: str) -> str:
        """Give a field as sent, empty when it is absent."""
        return self.fields.get(name, "")


Check: TypeAlias = Callable[[Call, State], "bool | Facts"]
"""Says whether a cause applies; facts, when there are any, fill the answer."""

Reader: TypeAlias = Callable[[str], Any]
"""Makes a value of a field's text; None says malformed."""


class Handler:
    """An operation, or several that do the same: the keys it reads, its checks, its deed, and how it answers.

    The order of the checks is the order of the causes in the spec's `x-answers`. `operations` are the names that the
    spec has; a class without any is a part of others.
    """

    operations: tuple[str, ...] = ()
    readers: Mapping[str, Reader] = {}

    def checks(self) -> Mapping[str, Check]:
        """Give the checks by cause, other than those for missing and malformed fields."""
        return {}

    def keys(self, call: Call) -> Sequence[Key]:  # noqa: ARG002  (the default for handlers without state)
        """Name the keys that the checks and the deed read."""
        return ()

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Do what the operation is for. It may still refuse."""
        raise NotImplementedError

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:  # noqa: ARG002  (a hook)
        """Give what a refusal changes: nothing, unless the provider keeps something of it."""
        return Change(verdict)

    def body(self, call: Call, row: Outcome, facts: Facts, /) -> Any:
        """Give the answer of a row of the table, success or refusal, as JSON values; the provider's wire writes it."""
        raise NotImplementedError


def handlers_in(package: str) -> dict[str, Handler]:
    """Find the handlers of all modules in a package, by the names of their operations."""
    found: dict[str, Handler] = {}
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        loaded = importlib.import_module(f"{package}.{module.name}")
        for kind in vars(loaded).values():
            own = isinstance(kind, type) and kind.__module__ == loaded.__name__
            if own and issubclass(kind, Handler) and kind.operations:
                handler = kind()
                found.update(dict.fromkeys(kind.operations, handler))
    return found


class EventHandler(Protocol):
    """What happens at a provider when something falls due in a lane."""

    def keys(self, event: Event) -> Sequence[Key]:
        """Name the keys that it reads."""
        ...

    def __call__(self, event: Event, state: State, world: EventContext) -> Change[bool]:
        """Decide. The verdict says whether anything happened."""
        ...


@dataclass(frozen=True, slots=True)
class EventContext:
    """What an event handler may know of its lane."""

    seed: int
    dialect: Dialect


@dataclass(frozen=True, slots=True)
class Reading:
    """How a provider's server reads requests."""

    any_case_paths: bool
    any_case_fields: bool
    join_repeated: str | None  # None: the last one wins
    exact_fields_when: tuple[str, str] | None = None  # a choice and its option that makes names exact


@dataclass(frozen=True, slots=True)
class Magic:
    """Values of a recipient's or a service's field that name an outcome. An operation has one of the fields at most."""

    fields: tuple[str, ...]
    code_of: Callable[[str], str | None]  # the code, as text, that a field's text asks for
    value_of: Callable[[Any], str | None]  # the field's text that asks for a code


@dataclass(frozen=True, slots=True)
class Identity:
    """How a provider's requests say whose they are.

    `fields` are the names of the credentials, `locators` those that find a lane alone, `secrets` the request fields and
    headers that are masked wherever they are shown.
    """

    fields: tuple[str, ...]
    locators: tuple[str, ...]
    secrets: frozenset[str]
    default: Credentials
    mint: Callable[[int], Credentials]
    candidates: Callable[[Fields, Mapping[str, str]], Iterable[str]]
    adopt: Callable[[Fields, Mapping[str, str]], Credentials | None]


@dataclass(frozen=True, slots=True)
class Provider:
    """All that a provider package offers."""

    name: str
    spec: Spec
    title: str
    hosts: tuple[str, ...]
    prefixes: tuple[str, ...]
    handlers: Mapping[str, Handler]
    credential_checks: Mapping[str, Check]
    identity: Identity
    reading: Reading
    magic: Magic
    account_type: type[Any]
    new_account: Callable[[], Any]
    recipient_fields: tuple[str, ...]
    fold: Callable[[str], str | None]
    render: Callable[[Call, Outcome, Verdict], Reply]
    unmatched: Callable[[str, str, tuple[str, ...]], Reply]
    events: Mapping[str, EventHandler] = field(default_factory=dict)
    arrival: Callable[[str, str | None, bool], EventHandler] | None = None  # text, code, whether it is a call
    receives: Callable[[Any, str], str | None] | None = None  # account, line: the line as the account spells it
    limits: Callable[[Any, State, datetime], Iterable[Limit]] = lambda *_: ()
    limit_keys: tuple[Key, ...] = ()

    def recipients(self, fields: Fields) -> tuple[str, ...]:
        """Name whom a request was for: E.164 where the text is a phone, else the text as sent."""
        texts = (text for name in self.recipient_fields for text in re.split(r"[,;|\n]", fields.get(name, "")))
        return tuple(self.fold(text) or text for text in texts if text)


MISSING: Final = object()
"""The value of a field that is absent or empty."""
