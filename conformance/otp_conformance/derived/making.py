"""How a derived case is put together, and the operations that have some."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from otp_conformance.case import Case, Feature, Level, Tier
from otp_conformance.derived.wrongs import Wrong
from otp_conformance.driver import Driver
from otp_conformance.rooms import Fault
from otp_conformance.transport import COSTLY_ROLES
from otp_specs import Operation, Spec

Run = Callable[[Driver], Awaitable[None]]


def operations_of(spec: Spec) -> list[Operation]:
    """Give each operation once, as its first variant."""
    return list({each.name: each for each in reversed(spec.operations)}.values())


def pinned_choices(spec: Spec, wrongs: Iterable[Wrong]) -> dict[str, str]:
    """Give the choices under which causes are judged: the table's, and the defaults of those that are about one."""
    pinned = {
        choice.id: choice.default or ""
        for wrong in wrongs
        for choice in spec.choices.values()
        if any(option.cause == wrong.cause for option in (choice.options or {}).values())
    }
    for wrong in wrongs:
        pinned.update(wrong.fault.choices)
    return pinned


def needs_of(fault: Fault) -> frozenset[Feature]:
    """Give the powers without which a fault cannot come about."""
    needs = {need for step in fault.before for need in step.needs}
    return frozenset(needs | {Feature.ACCOUNTS} if fault.account else needs)


def make_case(
    name: str,
    rule: str,
    run: Run,
    *,
    level: Level = Level.SHOULD,
    sources: Iterable[str] = ("the operation's answers in the spec",),
    tier: Tier = Tier.NOTHING,
    needs: Iterable[Feature] = (),
    covers: Iterable[str] = (),
    choices: Mapping[str, str] | None = None,
    sends: int = 0,
) -> Case:
    """Make a case; its id says provider, family and row."""
    provider, family, _ = name.split(".", 2)
    return Case(
        id=name,
        provider=provider,
        family=family,
        rule=rule,
        level=level,
        tier=tier,
        needs=frozenset(needs),
        sources=tuple(sources),
        covers=tuple(covers),
        kills=(),
        choices=dict(choices or {}),
        sends=sends,
        run=run,
    )


def make_refusal(
    name: str,
    rule: str,
    run: Run,
    operation: Operation,
    fault: Fault,
    *,
    covers: Iterable[str] = (),
    choices: Mapping[str, str] | None = None,
    **more: Any,
) -> Case:
    """Make the case of a call that is refused: it sends nothing, unless something has to be sent before."""
    before = sum(step.sends for step in fault.before)
    return make_case(
        name,
        rule,
        run,
        tier=Tier.SENDS if before else Tier.NOTHING,
        needs=needs_of(fault),
        covers=covers,
        choices=choices,
        sends=before + (operation.role in COSTLY_ROLES) if before else 0,
        **more,
    )
