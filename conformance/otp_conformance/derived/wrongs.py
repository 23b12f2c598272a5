"""What can be wrong with a call: found in the spec and in the provider's table, put together, and done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from otp_conformance.driver import Driver
from otp_conformance.good_calls import good_fields
from otp_conformance.response import Response
from otp_conformance.rooms import Fault, Room, Step
from otp_specs import Operation


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that is wrong with a call: its cause, how it comes about, and the row that it is answered with."""

    cause: str
    fault: Fault
    outcome: str


def find_wrongs(operation: Operation, room: Room) -> Iterator[Wrong]:
    """Give what can be made wrong with a call of an operation, in the order in which it is checked."""
    for answer in operation.answers:
        for cause in answer.causes:
            fault = _fault_of(operation, room, cause)
            if fault is not None:
                yield Wrong(cause, fault, answer.outcome)


def _fault_of(operation: Operation, room: Room, cause: str) -> Fault | None:
    faults = room.calls.faults
    own, shared = faults.get(f"{operation.name} {cause}"), faults.get(cause)
    if own is not None:
        return own
    if shared is not None and _is_possible(shared, operation):
        return shared
    for field in operation.fields.values():
        if "path" in field.places:
            continue
        if field.missing == cause:
            return Fault({field.name: None})
        if field.malformed == cause and cause in room.calls.malformed:
            return Fault({field.name: room.calls.malformed[cause]})
    return None


def _is_possible(fault: Fault, operation: Operation) -> bool:
    if fault.body is not None and fault.body[0] not in operation.bodies:
        return False
    return all(name.partition(".")[0] in operation.fields for name in fault.changes)


def neighbours(wrongs: Sequence[Wrong]) -> Iterator[tuple[Wrong, Wrong, Fault]]:
    """Pair each with the next that can be wrong at the same time, and is answered with another row."""
    for index, first in enumerate(wrongs):
        for second in wrongs[index + 1 :]:
            both = together(first.fault, second.fault) if second.outcome != first.outcome else None
            if both is not None:
                yield first, second, both
                break


def together(first: Fault, second: Fault) -> Fault | None:
    """Give both at once; None where they would undo each other."""
    if any(_overlap(one, other) for one in first.changes for other in second.changes):
        return None
    if (first.by_stranger and second.account) or (second.by_stranger and first.account):
        return None  # nobody's account cannot be changed
    if (first.body and (second.changes or second.body)) or (second.body and first.changes):
        return None  # it stands in place of the fields
    if _is_state(first) and _is_state(second):
        return None  # nothing is in two states
    account, choices = _merge(first.account, second.account), _merge(first.choices, second.choices)
    if account is None or choices is None:
        return None
    return Fault(
        {**first.changes, **second.changes},
        account,
        by_stranger=first.by_stranger or second.by_stranger,
        before=tuple(dict.fromkeys((*first.before, *second.before))),
        body=first.body or second.body,
        choices=choices,
    )


def _is_state(fault: Fault) -> bool:
    """Whether nothing is wrong with the call, but with what it is about."""
    return bool(fault.before) and not fault.changes and not fault.account


def _overlap(one: str, other: str) -> bool:
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


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
        elif merged[name] != value:
            return None
    return merged


async def take_steps(driver: Driver, operation: Operation, steps: Iterable[Step]) -> dict[str, Any]:
    """Do what comes before a call, and give the fields of the operation that follow from it."""
    fields: dict[str, Any] = {}
    for step in steps:
        fields |= await step.act(driver)
    return {name: value for name, value in fields.items() if name in operation.fields}


async def commit(driver: Driver, name: str, fault: Fault, *, strangers: Mapping[str, str] | None = None) -> Response:
    """Make a good call with something wrong; `strangers` are choices that matter where a stranger calls."""
    prepared = await take_steps(driver, driver.operation(name), fault.before)
    if fault.account:
        await driver.account(**fault.account)
    async with driver.strangers_meet(strangers) if fault.by_stranger else nullcontext():
        if fault.body is not None:
            kind, text = fault.body
            return await driver.request(name, {}, raw_body=text, headers={"Content-Type": kind})
        return await driver.call(name, **{**prepared, **_spoilt(driver, name, fault.changes)})


def _spoilt(driver: Driver, name: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Give the fields that are changed, whole."""
    spoilt: dict[str, Any] = {}
    for path, value in changes.items():
        field, *inside = path.split(".")
        sent = value(driver) if callable(value) else value
        if inside:
            held = spoilt.setdefault(field, deepcopy(good_fields(driver.spec, name)[field]))
            _put(held, inside, sent)
        else:
            spoilt[field] = sent
    return spoilt


def _put(held: Any, path: Sequence[str], value: Any) -> None:
    """Put a value into objects and lists, or leave a member out."""
    *outer, last = path
    for part in outer:
        held = held[int(part) if isinstance(held, list) else part]
    if value is None:
        held.pop(last, None)
    else:
        held[last] = value
