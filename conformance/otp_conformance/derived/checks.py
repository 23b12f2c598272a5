"""Whatever is wrong with a call is told, and of two things that are wrong at once the first."""

from __future__ import annotations

from collections.abc import Iterator

from otp_conformance.case import Case
from otp_conformance.derived.making import make_refusal, operations_of, pinned_choices
from otp_conformance.derived.wrongs import Wrong, commit, find_wrongs, neighbours
from otp_conformance.driver import Driver
from otp_conformance.expect import expect
from otp_conformance.rooms import ROOMS, Fault, spec_of
from otp_specs import Operation, Spec


def derive_checks(provider: str) -> Iterator[Case]:
    """Make the cases of everything that can be wrong with a call, alone and with the next."""
    room, spec = ROOMS[provider], spec_of(provider)
    for operation in operations_of(spec):
        wrongs = list(find_wrongs(operation, room))
        for wrong in wrongs:
            yield _one_wrong(spec, operation, wrong)
        for first, second, both in neighbours(wrongs):
            yield _two_wrong(spec, operation, first, second, both)


def _one_wrong(spec: Spec, operation: Operation, wrong: Wrong) -> Case:
    choices = pinned_choices(spec, [wrong])

    async def run(driver: Driver) -> None:
        expect(await commit(driver, operation.name, wrong.fault, strangers=choices), wrong.outcome)

    return make_refusal(
        f"{spec.provider}.checks.one_wrong[{operation.name}-{wrong.cause}]",
        "Whatever is wrong with a call is answered with the row that the spec has for it.",
        run,
        operation,
        wrong.fault,
        covers=[f"{spec.provider}:{wrong.outcome}"],
        choices=choices,
        sources=(),
    )


def _two_wrong(spec: Spec, operation: Operation, first: Wrong, second: Wrong, both: Fault) -> Case:
    choices = pinned_choices(spec, [first, second])

    async def run(driver: Driver) -> None:
        expect(await commit(driver, operation.name, both, strangers=choices), first.outcome)

    return make_refusal(
        f"{spec.provider}.checks.two_wrong[{operation.name}-{first.cause}-{second.cause}]",
        "Of two things that are wrong at once, the one that the spec has first is told.",
        run,
        operation,
        both,
        covers=[f"{spec.provider}:{first.outcome}"],
        choices=choices,
    )
