"""Mistakes that nobody has to write: made of the spec, for every operation alike.

| Name | Mistake |
|---|---|
| `OPERATION.without.CAUSE` | a check is left out |
| `OPERATION.swap.ROW.ROW` | a row is checked behind the next one that may apply to the same request |
| `OPERATION.CAUSE.as.ROW` | a cause is answered with the row of its neighbour |
| `OPERATION.body.-MEMBER`, `~MEMBER`, `#MEMBER` | a member is left out, spelt otherwise, of another type |
| `OPERATION.body.+More`, `body.turned` | there is a member more; members come in another order |
| `OPERATION.stale` | a query has the answer that it had the first time, whatever has happened since |
| `row.ROW.code`, `.text`, `.status` | a row has another code, text, HTTP status |
| `policy.NAME+1`, `policy.NAME-1` | a number is another one |
| `choice.ID=OPTION` | an option holds, whatever the lane has chosen |

Which cases may find one is known beforehand: `meets` says what they must meet, so that a run plays no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import orjson

from mutants.kit import Mutant, policy, row
from mutants.members import members, spoilt
from otp_sandbox.checks import checklist
from otp_sandbox.contract import Call, Check, Facts, Handler, Provider, Reply
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.play.route import Route
from otp_specs import Answer, Operation, Outcome, Spec

_Order = tuple[tuple[str, Check], ...]
_TELLING: Final = ("balance", "read", "history", "catalogue")
"""Roles of operations that only tell something."""


def derived(provider: Provider) -> Iterator[Mutant]:
    """Derive the mutants of a provider."""
    spec = provider.spec
    for operation in {each.name: each for each in spec.operations}.values():
        checked = frozenset(cause for cause, _ in _all_checks(provider, operation))
        yield from _without(spec, operation, checked)
        yield from _swaps(spec, operation, checked)
        yield from _aliases(spec, operation)
        yield from _bodies(spec, operation)
        if operation.role in _TELLING:
            yield _stale(spec, operation)
    yield from _rows(spec)
    yield from _numbers(spec)
    yield from _options(spec)


def _all_checks(provider: Provider, operation: Operation) -> _Order:
    found = checklist(provider, operation)
    return (*found.credentials, *found.rest)


# The checks of an operation


def _without(spec: Spec, operation: Operation, checked: frozenset[str]) -> Iterator[Mutant]:
    for cause in filter(checked.__contains__, operation.causes):
        yield Mutant(
            f"{spec.provider}.{operation.name}.without.{cause}",
            "without",
            f"{cause} is not checked",
            route=_reordered(lambda held, cause=cause: [each for each in held if each[0] != cause]),  # type: ignore[misc]  # bound at once
            operation=operation.name,
            meets=frozenset({f"{operation.name} {cause}"}),
        )


def _swaps(spec: Spec, operation: Operation, checked: frozenset[str]) -> Iterator[Mutant]:
    rows = [each for each in operation.answers if checked & set(each.causes)]
    fields = [{each.missing, each.malformed} for each in operation.fields.values()]
    for place, first in enumerate(rows):
        others = (each for each in rows[place + 1 :] if not _exclude(fields, first, each))
        second = next(others, None)
        if second is not None and not _alike(spec.outcomes[first.outcome], spec.outcomes[second.outcome]):
            yield Mutant(
                f"{spec.provider}.{operation.name}.swap.{first.outcome}.{second.outcome}",
                "swap",
                f"{second.outcome} is checked before {first.outcome}",
                route=_reordered(_behind(first, second)),
                operation=operation.name,
                meets=frozenset(f"{operation.name} {cause}" for cause in checked & set(first.causes)),
            )


def _exclude(fields: Iterable[set[str | None]], first: Answer, second: Answer) -> bool:
    """Whether both are about the same field, which cannot be missing and malformed at once."""
    both = {*first.causes, *second.causes}
    return any(both <= each for each in fields)


def _behind(first: Answer, second: Answer) -> Callable[[_Order], Sequence[tuple[str, Check]]]:
    """Let the checks of one row come behind those of the next one."""

    def change(held: _Order) -> Sequence[tuple[str, Check]]:
        late = [each for each in held if each[0] in first.causes]
        others = [each for each in held if each not in late]
        place = max((index for index, each in enumerate(others) if each[0] in second.causes), default=-1) + 1
        return [*others[:place], *late, *others[place:]]

    return change


def _reordered(change: Callable[[_Order], Sequence[tuple[str, Check]]]) -> Callable[[Route], Route]:
    """Change the order of all checks; those of credentials end where the last of them stands then."""

    def spoil(route: Route) -> Route:
        held = route.checklist
        asked = {cause for cause, _ in held.credentials}
        order = tuple(change((*held.credentials, *held.rest)))
        end = max((index for index, (cause, _) in enumerate(order) if cause in asked), default=-1) + 1
        usual = tuple(each for each in order[end:] if each in held.usual or each in held.credentials)
        return replace(route, checklist=replace(held, credentials=order[:end], rest=order[end:], usual=usual))

    return spoil


# The rows that answer


def _aliases(spec: Spec, operation: Operation) -> Iterator[Mutant]:
    for place, answer in enumerate(operation.answers):
        others = [each.outcome for each in (*operation.answers[place + 1 :], *reversed(operation.answers[:place]))]
        other = next((name for name in others if not _alike(spec.outcomes[answer.outcome], spec.outcomes[name])), None)
        for cause in answer.causes if other is not None else ():
            yield Mutant(
                f"{spec.provider}.{operation.name}.{cause}.as.{other}",
                "as",
                f"{cause} is answered with {other}",
                route=_answering(cause, str(other)),
                operation=operation.name,
                meets=frozenset({f"{operation.name} {cause}"}),
            )


def _answering(cause: str, other: str) -> Callable[[Route], Route]:
    def spoil(route: Route) -> Route:
        answers = tuple(
            replace(each, causes=(*each.causes, cause))
            if each.outcome == other
            else replace(each, causes=tuple(one for one in each.causes if one != cause))
            for each in route.operation.answers
        )
        return replace(route, operation=replace(route.operation, answers=answers))

    return spoil


def _alike(first: Outcome, second: Outcome) -> bool:
    return (first.code, first.message, first.status) == (second.code, second.message, second.status)


def _rows(spec: Spec) -> Iterator[Mutant]:
    answered = {answer.outcome for operation in spec.operations for answer in operation.answers} | {
        option.outcome for choice in spec.choices.values() for option in (choice.options or {}).values()
    }
    for each in spec.outcomes.values():
        if each.name not in answered:
            continue  # of operations that are not played
        changes: dict[str, dict[str, Any]] = {
            "code": {"code": each.code + 1 if isinstance(each.code, int) else _other_text(each.code)},
            "status": {"status": 400 if each.status == 200 else 200},
        }
        if each.message:
            changes["text"] = {"message": _other_text(each.message)}
        for what, change in changes.items():
            yield Mutant(
                f"{spec.provider}.row.{each.name}.{what}",
                "row",
                f"{each.name} has another {what}",
                row(each.name, **change),
                meets=frozenset({f"row {each.name}"}),
            )


def _other_text(text: str) -> str:
    """Change the last digit, or the end."""
    return f"{text[:-1]}{(int(text[-1]) + 1) % 10}" if text[-1].isdigit() else f"{text}."


# Numbers and choices


def _numbers(spec: Spec) -> Iterator[Mutant]:
    for name, number in spec.policy.items():
        read = {name} | {
            usual
            for choice in spec.choices.values()
            if name in {option.policy for option in (choice.options or {}).values()}
            and (usual := (choice.options or {})[choice.default or ""].policy) is not None
        }
        for step in (1, -1):
            if number + step >= 0:
                yield Mutant(
                    f"{spec.provider}.policy.{name}{step:+}",
                    "policy",
                    f"{name} is {number + step}",
                    policy(name, number + step),
                    meets=frozenset(f"policy {each}" for each in read),
                )


def _options(spec: Spec) -> Iterator[Mutant]:
    for choice in spec.choices.values():
        name, options = choice.id.partition(".")[2], (choice.options or {}).values()
        meets = {f"option {name}"}
        meets |= {f"row {each.outcome}" for each in options} | {f"policy {each.policy}" for each in options}
        for option in choice.options or ():
            yield Mutant(
                f"{spec.provider}.choice.{name}={option}",
                "choice",
                f"{choice.id} is {option}, whatever is chosen",
                forced={choice.id: option},
                meets=frozenset(meets),
            )


# Bodies


def _bodies(spec: Spec, operation: Operation) -> Iterator[Mutant]:
    for name, text, change in spoilt(members(spec, operation)):
        yield Mutant(
            f"{spec.provider}.{operation.name}.body.{name}",
            "body",
            text,
            route=_answering_with(change),
            operation=operation.name,
            meets=frozenset({operation.name}),
        )


def _stale(spec: Spec, operation: Operation) -> Mutant:
    return Mutant(
        f"{spec.provider}.{operation.name}.stale",
        "stale",
        "what it told first is told again",
        route=_remembering,
        operation=operation.name,
        meets=frozenset({operation.name}),
    )


def _remembering(route: Route) -> Route:
    """Let an operation give the reply that the same caller has had for the same call."""
    wire = route.provider.wire
    told: dict[tuple[object, ...], Reply] = {}

    def render(handler: Handler, call: Call, row: Outcome, verdict: Verdict) -> Reply:
        asked = (*sorted(call.credentials.items()), *sorted(call.fields.items()))
        return told.setdefault(asked, wire.render(handler, call, row, verdict))

    return replace(route, provider=replace(route.provider, wire=replace(wire, render=render)))


def _answering_with(change: Callable[[Any], Any]) -> Callable[[Route], Route]:
    """Change the JSON values of answers before they are written, so that numbers keep their spelling."""

    def spoil(route: Route) -> Route:
        wire = route.provider.wire

        def render(handler: Handler, call: Call, row: Outcome, verdict: Verdict) -> Reply:
            changed = _Changed(handler, change)
            reply = wire.render(changed, call, row, verdict)
            if changed.asked:
                return reply
            return replace(reply, body=orjson.dumps(change(orjson.loads(reply.body))))  # the wire's own body

        return replace(route, provider=replace(route.provider, wire=replace(wire, render=render)))

    return spoil


class _Changed(Handler):
    """A handler whose bodies are changed."""

    def __init__(self, inner: Handler, change: Callable[[Any], Any]) -> None:
        self.inner = inner
        self.change = change
        self.asked = False

    def body(self, call: Call, row: Outcome, facts: Facts, /) -> Any:
        """Give the changed body."""
        self.asked = True
        return self.change(self.inner.body(call, row, facts))
