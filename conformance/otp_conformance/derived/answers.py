"""What good calls are answered with: the documented members, alike in every way, and what is so at that moment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from otp_conformance.case import Case, Level, Tier
from otp_conformance.derived.making import make_case, operations_of
from otp_conformance.derived.wrongs import take_steps
from otp_conformance.driver import FORM, JSON, Driver
from otp_conformance.expect import Unexpected, equal, expect, matches, true
from otp_conformance.rooms import ROOMS, Step, spec_of
from otp_conformance.transport import COSTLY_ROLES
from otp_specs import Operation, Spec
from otp_specs.lint import find_departure
from otp_specs.refs import resolve

PLAIN_ROLES: Final = ("balance", "read", "history", "catalogue")
"""Roles of operations that only tell something, so that the same call has the same answer again."""


def derive_answers(provider: str) -> Iterator[Case]:
    """Make the cases of good calls."""
    room, spec = ROOMS[provider], spec_of(provider)
    yield from _heads(spec)
    for operation in operations_of(spec):
        if _schema_of(spec, operation) is not None and _successes(spec, operation):
            yield _good_answer(spec, operation, room.calls.ready.get(operation.name))
        if operation.role in PLAIN_ROLES:
            for way in _other_ways(spec, operation):
                yield _other_way(spec, operation, *way)
        changing = room.calls.changing.get(operation.name)
        if changing is not None:
            yield _told_anew(spec, operation, changing)


def _heads(spec: Spec) -> Iterator[Case]:
    """Make the cases about headers whose text no source has."""
    query = next((each.name for each in spec.operations if each.role == "balance"), None)
    wire = ROOMS[spec.provider].wire
    untyped = wire.untyped_under
    told = {"charset": ("Content-Type", "application/json; ?charset=utf-8")}
    if wire.server:
        told["server"] = ("Server", re.escape(wire.server))
    for name, (header, pattern) in told.items() if query is not None else ():

        async def run(driver: Driver, header: str = header, pattern: str = pattern) -> None:
            matches((await driver.call(query or "")).exchange.answer_headers.get(header), pattern, header)

        yield make_case(
            f"{spec.provider}.texts.{name}",
            "No source has the text of this header: another one than ours is noted, and is no failure.",
            run,
            level=Level.NOTE,
            tier=Tier.READS,
            covers=[f"{spec.provider}.server-header"] if name == "server" else [],
            choices={untyped[0]: spec.choices[untyped[0]].default or ""} if untyped is not None else {},
        )


def _schema_of(spec: Spec, operation: Operation) -> Any:
    written = spec.document["paths"]
    item = next(
        item[operation.method.lower()]
        for item in written.values()
        if item.get(operation.method.lower(), {}).get("operationId") == operation.id
    )
    return resolve(spec.document, item["responses"]["200"]).get("content", {}).get(JSON, {}).get("schema")


def _successes(spec: Spec, operation: Operation) -> list[str]:
    return [each.outcome for each in operation.answers if spec.outcomes[each.outcome].success]


def _good_answer(spec: Spec, operation: Operation, ready: Step | None) -> Case:
    steps = [ready] if ready is not None else []

    async def run(driver: Driver) -> None:
        fields = await take_steps(driver, operation, steps)
        answer = expect(await driver.call(operation.name, **fields), *_successes(spec, operation))
        problem = find_departure(spec.document, _schema_of(spec, operation), answer.json)
        if problem is not None:
            raise Unexpected([f"a body of the documented schema ({problem})"], answer.describe())

    return make_case(
        f"{spec.provider}.answers.members[{operation.name}]",
        "A good call succeeds, and its answer has the members of the documented schema: names, order, types.",
        run,
        **_costs(operation, *steps),
        covers=[f"{spec.provider}:{row}" for row in _successes(spec, operation)[-1:]],
        choices=ROOMS[spec.provider].samples.choices,
    )


def _costs(operation: Operation, *steps: Step, calls: int = 1) -> dict[str, Any]:
    """Tell tier, sends and needs of steps with some calls of an operation."""
    sends = sum(step.sends for step in steps) + calls * (operation.role in COSTLY_ROLES)
    changes = operation.role not in PLAIN_ROLES
    return {
        "tier": Tier.SENDS if sends or changes else Tier.READS,
        "sends": max(sends, 1) if sends or changes else 0,
        "needs": {need for step in steps for need in step.needs},
    }


def _told_anew(spec: Spec, operation: Operation, steps: Sequence[Step]) -> Case:
    *ready, changing = steps

    async def run(driver: Driver) -> None:
        fields = await take_steps(driver, operation, ready)
        before = await driver.call(operation.name, **fields)
        await changing.act(driver)
        after = await driver.call(operation.name, **fields)

        true(after.text != before.text, "another answer than before", after.describe())

    return make_case(
        f"{spec.provider}.answers.told_anew[{operation.name}]",
        "A query tells what is so when it is asked: after something has changed it answers otherwise.",
        run,
        **_costs(operation, *steps, calls=2),
    )


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

    return make_case(
        f"{spec.provider}.transports.other_way[{operation.name}-{way}]",
        "A call is answered alike in every way in which the operation takes it.",
        run,
        tier=Tier.READS,
    )
