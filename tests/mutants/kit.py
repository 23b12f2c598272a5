"""What mistakes are made of: another number, another row, a check left out, another order, another body."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from typing import Any, TypeAlias

import orjson

from otp_sandbox.contract import Call, Check, EventContext, EventHandler, Facts, Handler, Provider, Reader
from otp_sandbox.domain.messages import MESSAGES
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Event, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.play.route import Route
from otp_specs import Answer, Outcome

Mistake: TypeAlias = Callable[[Provider], Provider]
Decided: TypeAlias = Change[Verdict]
Spoil: TypeAlias = Callable[[Call, State, Decided], Decided]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A provider with one mistake: `written`, or of the kind that it is derived by. `forced` choices are in force whatever the lane chooses.

    A `note` is no mistake: it differs in what nobody knows, so that only notes may find it.

    One that is derived may be in the `route` of its `operation` alone. What it `meets` is what a case must meet, one of
    it, to find it: `OPERATION`, `OPERATION CAUSE`, `row ROW`, `policy NUMBER`, `option CHOICE`.
    """

    name: str
    kind: str
    text: str
    mistake: Mistake = lambda provider: provider
    forced: Mapping[str, str] = field(default_factory=dict)
    route: Callable[[Route], Route] = lambda route: route
    operation: str = ""
    meets: frozenset[str] = frozenset()

    def spoilt(self, route: Route) -> Route:
        """Spoil the route of its operation."""
        return self.route(route) if route.operation.name == self.operation else route

    @property
    def provider(self) -> str:
        """The provider that it spoils."""
        return self.name.partition(".")[0]


def maker(provider: str) -> Callable[[str, str, Mistake], Mutant]:
    """Give what makes the mutants of a provider that are written: name, what it says, the mistake."""
    return lambda name, text, mistake: Mutant(f"{provider}.{name}", "written", text, mistake)


class Altered(Handler):
    """A handler with parts replaced."""

    def __init__(
        self,
        inner: Handler,
        *,
        readers: Mapping[str, Reader] | None = None,
        checks: Callable[[dict[str, Check]], Mapping[str, Check]] | None = None,
        call: Callable[[Call], Call] | None = None,
        change: Spoil | None = None,
        refusal: Spoil | None = None,
        keys: Callable[[Call], Sequence[Key]] | None = None,
    ) -> None:
        self.inner = inner
        self.readers = {**inner.readers, **(readers or {})}
        self._checks = checks
        self._call = call
        self._change = change
        self._refusal = refusal
        self._keys = keys

    def call(self, call: Call) -> Call:
        """Give another call instead of the one that came; everything sees it so."""
        if self._call is not None:
            call = self._call(call)
        return self.inner.call(call) if isinstance(self.inner, Altered) else call

    def checks(self) -> Mapping[str, Check]:
        """Give the checks that are left."""
        held = dict(self.inner.checks())
        return self._checks(held) if self._checks is not None else held

    def keys(self, call: Call) -> Sequence[Key]:
        """Name the keys, and more."""
        more = self._keys(call) if self._keys is not None else ()
        return (*self.inner.keys(call), *more)

    def perform(self, call: Call, state: State) -> Decided:
        """Do it, and spoil it."""
        change = self.inner.perform(call, state)
        return self._change(call, state, change) if self._change is not None else change

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Decided:
        """Refuse, and spoil it."""
        change = self.inner.refuse(call, state, verdict)
        return self._refusal(call, state, change) if self._refusal is not None else change

    def body(self, call: Call, row: Outcome, facts: Facts, /) -> Any:
        """Answer as the handler does."""
        return self.inner.body(call, row, facts)


def handler(operation: str, **parts: Any) -> Mistake:
    """Alter the handler of an operation."""
    return lambda provider: replace(
        provider, handlers={**provider.handlers, operation: Altered(provider.handlers[operation], **parts)}
    )


def every(make: Callable[[str], Mistake], *operations: str) -> Mistake:
    """Make one mistake in several operations."""
    return lambda provider: reduce(lambda spoilt, name: make(name)(spoilt), operations, provider)


def on(operations: Iterable[str], **parts: Any) -> Mistake:
    """Alter the handlers of several operations alike."""
    return every(lambda name: handler(name, **parts), *operations)


def instead(operation: str, other: Handler) -> Mistake:
    """Put another handler in place of the one that an operation has."""
    return lambda provider: replace(provider, handlers={**provider.handlers, operation: other})


def without_check(operation: str, *causes: str) -> Mistake:
    """Leave checks out."""
    return handler(
        operation, checks=lambda held: {cause: check for cause, check in held.items() if cause not in causes}
    )


def with_check(operation: str, cause: str, check: Check) -> Mistake:
    """Make a check otherwise."""
    return handler(operation, checks=lambda held: {**held, cause: check})


def credential(cause: str, check: Check) -> Mistake:
    """Make a check of credentials otherwise."""
    return lambda provider: replace(
        provider, identity=replace(provider.identity, checks={**provider.identity.checks, cause: check})
    )


def policy(name: str, number: int) -> Mistake:
    """Put another number in force."""

    def mistake(provider: Provider) -> Provider:
        return replace(provider, spec=replace(provider.spec, policy={**provider.spec.policy, name: number}))

    return mistake


def row(name: str, **changes: Any) -> Mistake:
    """Answer a row otherwise: another code, text or HTTP status."""

    def mistake(provider: Provider) -> Provider:
        spec = provider.spec
        changed: Outcome = replace(spec.outcomes[name], **changes)
        return replace(provider, spec=replace(spec, outcomes={**spec.outcomes, name: changed}))

    return mistake


def order(operation: str, first: str, second: str) -> Mistake:
    """Swap two answers in the order of checks."""

    def mistake(provider: Provider) -> Provider:
        operations = tuple(
            replace(each, answers=_swapped(each.answers, first, second)) if each.name == operation else each
            for each in provider.spec.operations
        )
        return replace(provider, spec=replace(provider.spec, operations=operations))

    return mistake


def _swapped(answers: Sequence[Answer], first: str, second: str) -> tuple[Answer, ...]:
    held = list(answers)
    names = [answer.outcome for answer in held]
    one, other = names.index(first), names.index(second)
    held[one], held[other] = held[other], held[one]
    return tuple(held)


def body(change: Callable[[Any], Any], *operations: str) -> Mistake:
    """Change the JSON of answers, of some operations or all. Numbers lose their spelling: use `wire` where it counts."""
    return wire(
        lambda text: text if text.startswith(b"<") else orjson.dumps(change(orjson.loads(text))),
        *operations,
    )


def wire(change: Callable[[bytes], bytes], *operations: str) -> Mistake:
    """Change the bytes of answers, of some operations or all."""

    def mistake(provider: Provider) -> Provider:
        def render(handler: Handler, call: Call, row: Outcome, verdict: Verdict) -> Any:
            reply = provider.wire.render(handler, call, row, verdict)
            if operations and call.operation.name not in operations:
                return reply
            return replace(reply, body=change(reply.body))

        return replace(provider, wire=replace(provider.wire, render=render))

    return mistake


def of_messages(otherwise: Callable[[Call, Any], Any]) -> Spoil:
    """Send other messages."""

    def spoil(call: Call, _: State, change: Decided) -> Decided:
        for key in written(change, MESSAGES):
            change.writes[key] = otherwise(call, change.writes[key])
        return change

    return spoil


def of_facts(otherwise: Callable[[dict[str, Any]], Mapping[str, object]]) -> Spoil:
    """Tell something else than was done or found."""

    def spoil(_: Call, __: State, change: Decided) -> Decided:
        return replace(change, verdict=replace(change.verdict, facts=otherwise(dict(change.verdict.facts))))

    return spoil


def spelled(pattern: bytes, other: bytes | Callable[[re.Match[bytes]], bytes], *operations: str) -> Mistake:
    """Spell a part of answers otherwise."""
    return wire(partial(re.compile(pattern).sub, other), *operations)


def events(kind: str, change: Callable[[Event, State, EventContext, Change[bool]], Change[bool]]) -> Mistake:
    """Spoil what happens when something falls due."""

    def mistake(provider: Provider) -> Provider:
        held = provider.events[kind]
        return replace(provider, events={**provider.events, kind: _Spoilt(held, change)})

    return mistake


def arrivals(change: Callable[[Event, State, EventContext, Change[bool]], Change[bool]]) -> Mistake:
    """Spoil what happens when a message or a call arrives, by itself or by hand."""

    def mistake(provider: Provider) -> Provider:
        held = provider.inbound.arrival
        if held is None:
            raise LookupError(f"nothing arrives at {provider.name}")
        spoilt = events("arrival", change)(provider)
        arrival = lambda text, code, is_call: _Spoilt(held(text, code, is_call), change)  # noqa: E731
        return replace(spoilt, inbound=replace(spoilt.inbound, arrival=arrival))

    return mistake


@dataclass(frozen=True, slots=True)
class _Spoilt:
    inner: EventHandler
    change: Callable[[Event, State, EventContext, Change[bool]], Change[bool]]

    def keys(self, event: Event) -> Sequence[Key]:
        return self.inner.keys(event)

    def __call__(self, event: Event, state: State, world: EventContext) -> Change[bool]:
        return self.change(event, state, world, self.inner(event, state, world))


def with_fields(call: Call, **texts: str) -> Call:
    """Give a call with other texts in its fields."""
    return replace(call, fields={**call.fields, **texts})


def without_fields(call: Call, *names: str) -> Call:
    """Give a call without some fields."""
    return replace(call, fields={name: text for name, text in call.fields.items() if name not in names})


def with_values(call: Call, **values: Any) -> Call:
    """Give a call whose fields were read otherwise."""
    return replace(call, values={**call.values, **values})


def forgiven(call: Call, *causes: str, **values: Any) -> Call:
    """Take what is missing or malformed, for a value of its own."""
    if not call.invalid & set(causes):
        return call
    return with_values(replace(call, invalid=call.invalid - set(causes)), **values)


def note_of(provider: str, text: str, *mistakes: Mistake) -> Mutant:
    """Make what differs in everything that is assumed of a provider's texts and spellings, and in nothing else."""

    def mistake(played: Provider) -> Provider:
        words = [
            row(each.name, message=_in_other_words(each.message or ""))
            for each in played.spec.outcomes.values()
            if each.text_is_assumed
        ]
        return reduce(lambda spoilt, make: make(spoilt), (*mistakes, *words, _without_charset), played)

    return Mutant(f"{provider}.other-words", "note", text, mistake)


def _without_charset(provider: Provider) -> Provider:
    def render(handler: Handler, call: Call, row: Outcome, verdict: Verdict) -> Any:
        reply = provider.wire.render(handler, call, row, verdict)
        return replace(reply, content_type=reply.content_type.partition(";")[0])

    return replace(provider, wire=replace(provider.wire, render=render))


def _in_other_words(message: str) -> str:
    """Turn a text; the places of facts stay whole."""
    parts = re.split(r"(\{\w+\})", message)
    return "".join(part if part.startswith("{") else part[::-1].swapcase() for part in reversed(parts))


def both(first: Mistake, second: Mistake) -> Mistake:
    """Make one mistake that needs two changes."""
    return lambda provider: second(first(provider))


def written(change: Change[Any], table: Any) -> list[Key]:
    """Name the keys of a table that a change writes."""
    return [key for key in change.writes if key[0] is table]
