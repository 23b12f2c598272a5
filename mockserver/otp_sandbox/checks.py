"""What is worked out once for each operation: how its fields are read, and its checks in the order of its spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from otp_sandbox.contract import MISSING, Call, Check, Facts, Fields, Handler, Provider, Reader, Reason
from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_specs import Operation

_NOTHING: Final[frozenset[str]] = frozenset()


class Contradiction(Exception):
    """Spec and provider package do not fit together; the text says where."""


@dataclass(frozen=True, slots=True)
class Checklist:
    """The checks of one operation by cause, in order: who is calling first, magic values between, then the rest.

    `usual` is the rest without the checks of missing and malformed fields, for calls that have none. `reasons` explain.
    """

    account: Key
    readers: tuple[tuple[str, Reader | None, str | None, str | None], ...]  # name, reader, causes: missing, malformed
    credentials: tuple[tuple[str, Check], ...]
    rest: tuple[tuple[str, Check], ...]
    usual: tuple[tuple[str, Check], ...]
    reasons: Mapping[str, Reason]

    def read(self, fields: Fields) -> tuple[dict[str, Any], frozenset[str]]:
        """Make values of the fields; tell the causes of those that are missing or malformed."""
        values: dict[str, Any] = {}
        invalid = []
        for name, reader, missing, malformed in self.readers:
            text = fields.get(name)
            if not text:
                values[name] = MISSING
                if missing is not None:
                    invalid.append(missing)
            elif reader is None:
                values[name] = text
            else:
                value = values[name] = reader(text)
                if value is None and malformed is not None:
                    invalid.append(malformed)
        return values, frozenset(invalid) if invalid else _NOTHING

    def keys(self, handler: Handler, call: Call) -> Sequence[Key]:
        """Name the keys that the decision reads."""
        return (self.account, *handler.keys(call))

    def judge(self, handler: Handler, call: Call, state: State, magic: str | None) -> Change[Verdict]:
        """Judge a call: the first cause that applies, the row that a magic value names, or the action.

        The call has the account as the state has it.
        """
        for cause, check in self.credentials:
            if facts := check(call, state):
                return self._refuse(handler, call, state, _refused(cause, facts))
        if magic is not None:
            return handler.refuse(call, state, Verdict(magic, magic=True))
        for cause, check in self.rest if call.invalid else self.usual:
            if facts := check(call, state):
                return self._refuse(handler, call, state, _refused(cause, facts))
        return handler.perform(call, state)

    def _refuse(self, handler: Handler, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:
        """Refuse, and say why."""
        change = handler.refuse(call, state, verdict)
        reason = self.reasons.get(verdict.cause)
        if reason is not None:
            why = reason(call, state)
            change.verdict = replace(change.verdict, reason=why.text, remedy=why.remedy)
        return change


def _refused(cause: str, facts: bool | Facts) -> Verdict:  # noqa: FBT001  (what a check gives)
    return Verdict(cause, facts) if isinstance(facts, Mapping) else Verdict(cause)


def checklist(provider: Provider, operation: Operation) -> Checklist:
    """Order all checks of an operation as its spec says.

    Raises:
        Contradiction: an operation without handler, a check for a cause that the spec does not answer, or a check of
            credentials that would come after another one.
    """
    handler = provider.handlers.get(operation.name)
    if handler is None:
        raise Contradiction(f"{provider.name}: operation {operation.name} of the spec has no handler")
    causes = operation.causes
    found: dict[str, list[Check]] = {}
    for each in operation.fields.values():
        for cause in filter(None, (each.missing, each.malformed)):
            found[cause] = [_invalid(cause)]
    shared = {cause: check for cause, check in provider.checks.items() if cause in causes}
    own = {**shared, **handler.checks()}
    for cause, check in own.items():
        found.setdefault(cause, []).append(check)
    for cause in found:
        if cause not in causes:
            raise Contradiction(f"{provider.name}: {operation.name} checks {cause}, which its x-answers do not name")
    asked = provider.identity.checks
    ordered = tuple((cause, check) for cause in causes for check in found.get(cause, ()))
    first = [(cause, asked[cause]) for cause in causes if cause in asked]
    for cause, _ in first:
        before = causes[: causes.index(cause)]
        if any(each in found for each in before):
            raise Contradiction(f"{provider.name}: {operation.name} checks {cause} after what is not about credentials")
    usual = tuple((cause, check) for cause, check in ordered if check is own.get(cause))
    return Checklist(
        account=(ACCOUNTS, provider.name),
        readers=tuple(
            (each.name, handler.readers.get(each.name), each.missing, each.malformed)
            for each in operation.fields.values()
        ),
        credentials=tuple(first),
        rest=ordered,
        usual=usual,
        reasons={**provider.reasons, **handler.reasons()},
    )


def _invalid(cause: str) -> Check:
    return lambda call, _: cause in call.invalid


def check_provider(provider: Provider) -> None:
    """Hold a provider package against its spec.

    Raises:
        Contradiction: they do not fit together.
    """
    names = {operation.name for operation in provider.spec.operations}
    for name in provider.handlers:
        if name not in names:
            raise Contradiction(f"{provider.name}: handler {name} has no operation in the spec")
    for operation in provider.spec.operations:
        checklist(provider, operation)
    named = {cause for operation in provider.spec.operations for cause in operation.causes}
    for cause in provider.checks:
        if cause not in named:
            raise Contradiction(f"{provider.name}: no operation names {cause}, which all that name it would check")
