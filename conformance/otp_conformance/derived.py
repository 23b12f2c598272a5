"""Cases that a spec tells by itself: what can be wrong with a call, alone and two at once, and the ways to make it.

A new operation has them without a line. What a cause of the spec looks like in a call stands once in the provider's
room (`calls.faults`, `calls.malformed`); that a field is missing needs no word.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from otp_conformance.case import Case, Feature, Level, Tier
from otp_conformance.driver import FORM, JSON, Driver
from otp_conformance.expect import equal, expect
from otp_conformance.response import Response
from otp_conformance.rooms import ROOMS, Fault, Room, spec_of
from otp_specs import Operation, Spec

PLAIN_ROLES: Final = ("balance", "read", "history", "catalogue")
"""Roles of operations that only tell something, so that the same call has the same answer again."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that is wrong with a call: its cause, how it comes about, and the row that it is answered with."""

    cause: str
    fault: Fault
    outcome: str


def derive_cases(provider: str) -> Iterator[Case]:
    """Make the cases of all operations of a provider."""
    room, spec = ROOMS[provider], spec_of(provider)
    for operation in {each.name: each for each in reversed(spec.operations)}.values():
        wrongs = list(find_wrongs(operation, room))
        for wrong in wrongs:
            yield _one_wrong(spec, operation, wrong)
        for first, second in _neighbours(wrongs):
            yield _two_wrong(spec, operation, first, second)
        if operation.role in PLAIN_ROLES:
            for way in _other_ways(spec, operation):
                yield _other_way(spec, operation, *way)


def find_wrongs(operation: Operation, room: Room) -> Iterator[Wrong]:
    """Give what can be made wrong with a call of an operation, in the order in which it is checked."""
    for answer in operation.answers:
        for cause in answer.causes:
            fault = _fault_of(operation, room, cause)
            if fault is not None:
                yield Wrong(cause, fault, answer.outcome)


def _fault_of(operation: Operation, room: Room, cause: str) -> Fault | None:
    known = room.calls.faults.get(cause)
    if known is not None:
        return known if all(name in operation.fields for name in known.changes) else None
    for field in operation.fields.values():
        if "path" in field.places:
            continue
        if field.missing == cause:
            return Fault({field.name: None})
        if field.malformed == cause and cause in room.calls.malformed:
            return Fault({field.name: room.calls.malformed[cause]})
    return None


def _neighbours(wrongs: Sequence[Wrong]) -> Iterator[tuple[Wrong, Wrong]]:
    """Pair each with the next that can be wrong at the same time, and is answered with another row."""
    for index, first in enumerate(wrongs):
        for second in wrongs[index + 1 :]:
            if second.outcome != first.outcome and _together(first.fault, second.fault) is not None:
                yield first, second
                break


def _together(first: Fault, second: Fault) -> Fault | None:
    """Give both at once; None where they would undo each other."""
    if first.changes.keys() & second.changes.keys():
        return None
    if (first.by_stranger and second.account) or (second.by_stranger and first.account):
        return None  # nobody's account cannot be changed
    account = _merge(first.account, second.account)
    if account is None:
        return None
    return Fault({**first.changes, **second.changes}, account, by_stranger=first.by_stranger or second.by_stranger)


def _merge(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any] | None:
    merged = dict(one)
    for name, value in other.items():
        if name not in merged:
            merged[name] = value
        elif isinstance(value, Mapping) and isinstance(merged[name], Mapping):
            inner = _merge(merged[name], value)
            if inner is None:
                return None
            merged[name] = inner
        else:
            return None
    return merged


async def commit(driver: Driver, name: str, fault: Fault, *, strangers: Mapping[str, str] | None = None) -> Response:
    """Make a good call with something wrong; `strangers` are choices that matter where a stranger calls."""
    if fault.account:
        await driver.account(**fault.account)
    async with driver.strangers_meet(strangers) if strangers or fault.by_stranger else nullcontext():
        return await driver.call(name, **fault.changes)


def _one_wrong(spec: Spec, operation: Operation, wrong: Wrong) -> Case:
    choices = _choices_about(spec, wrong.cause)

    async def run(driver: Driver) -> None:
        expect(await commit(driver, operation.name, wrong.fault, strangers=choices), wrong.outcome)

    return _case(
        f"{spec.provider}.checks.one_wrong[{operation.name}-{wrong.cause}]",
        "Whatever is wrong with a call is answered with the row that the spec has for it.",
        run,
        wrongs=[wrong],
        choices=choices,
    )


def _two_wrong(spec: Spec, operation: Operation, first: Wrong, second: Wrong) -> Case:
    choices = _choices_about(spec, first.cause)
    fault = _together(first.fault, second.fault) or first.fault

    async def run(driver: Driver) -> None:
        expect(await commit(driver, operation.name, fault, strangers=choices), first.outcome)

    return _case(
        f"{spec.provider}.checks.two_wrong[{operation.name}-{first.cause}-{second.cause}]",
        "Of two things that are wrong at once, the one that the spec has first is told.",
        run,
        wrongs=[first, second],
        choices=choices,
    )


def _choices_about(spec: Spec, cause: str) -> dict[str, str]:
    """Give the default of the choice that is about a cause, if there is one."""
    return {
        choice.id: choice.default or ""
        for choice in spec.choices.values()
        if any(option.cause == cause for option in (choice.options or {}).values())
    }


def _other_ways(spec: Spec, operation: Operation) -> Iterator[tuple[str, str, str | None]]:
    """Give the ways in which an operation takes a call, besides its first: name, method, type of the body."""
    variants = [each for each in spec.operations if each.name == operation.name]
    ways: list[tuple[str, str, str | None]] = []
    for each in variants:
        kinds = [kind for kind in (JSON, FORM) if kind in each.bodies]
        ways += [(kind.rpartition("/")[2], each.method, kind) for kind in kinds] or [("query", each.method, None)]
    yield from ways[1:]


def _other_way(spec: Spec, operation: Operation, way: str, method: str, body_as: str | None) -> Case:
    async def run(driver: Driver) -> None:
        usual = await driver.call(operation.name)
        fields = driver.fields(operation.name, {})
        other = await driver.request(operation.name, fields, method=method, body_as=body_as)

        equal(other.text, usual.text, "body")

    return _case(
        f"{spec.provider}.transports.other_way[{operation.name}-{way}]",
        "A call is answered alike in every way in which the operation takes it.",
        run,
        tier=Tier.READS,
    )


def _case(
    name: str,
    rule: str,
    run: Callable[[Driver], Awaitable[None]],
    *,
    wrongs: Sequence[Wrong] = (),
    choices: Mapping[str, str] | None = None,
    tier: Tier = Tier.NOTHING,
) -> Case:
    provider, family, _ = name.split(".", 2)
    return Case(
        id=name,
        provider=provider,
        family=family,
        rule=rule,
        level=Level.SHOULD,
        tier=tier,
        needs=frozenset({Feature.ACCOUNTS} if any(each.fault.account for each in wrongs) else ()),
        sources=("the operation's answers in the spec",),
        covers=tuple(f"{provider}:{each.outcome}" for each in wrongs[:1]),
        kills=(),
        choices=dict(choices or {}),
        sends=0,
        run=run,
    )


def derive_all() -> list[Case]:
    """Make the cases of all providers."""
    return list(chain.from_iterable(map(derive_cases, ROOMS)))
